import TensorCore

/// Mean and covariance of feature vectors, gathered batch by batch in double precision.
public struct FeatureStatistics: Sendable {
  /// How the covariance is scaled.
  public enum Normalization: Sendable {
    /// Divided by `N - 1` (pytorch-fid).
    case unbiased
    /// Divided by `N` (stylegan2-ada-pytorch).
    case biased
  }

  /// Length of the feature vectors.
  public let length: Int
  /// How many vectors were added.
  public private(set) var count = 0
  // Differences from the first vector are summed: their squares do not swamp the variance.
  private var origin: [Double]
  private var sums: [Double]
  /// Upper triangle of the sums of products, rows of `length`.
  private var products: [Double]

  /// No vectors yet.
  public init(length: Int) {
    check(length > 0, "feature statistics: length \(length)")
    self.length = length
    origin = [Double](repeating: 0, count: length)
    sums = origin
    products = [Double](repeating: 0, count: length * length)
  }

  /// Adds features `[N, D]`.
  ///
  /// - Throws: `EvaluationError.featureLengthMismatch`, `.notFinite`.
  public mutating func add(_ features: Tensor) throws(EvaluationError) {
    check(features.shape.rank == 2, "feature statistics: features \(features.shape)")
    guard features.shape[1] == length else {
      throw .featureLengthMismatch(first: length, second: features.shape[1])
    }
    guard features.isFinite else { throw .notFinite(measure: "feature statistics") }
    for row in 0..<features.shape[0] {
      add(vector: (0..<length).map { Double(features.pointer[row * length + $0]) })
    }
  }

  /// Adds one feature vector of `length` finite numbers.
  public mutating func add(vector: [Double]) {
    check(vector.count == length, "feature statistics: \(vector.count) of \(length) numbers")
    if count == 0 { origin = vector }
    count += 1
    let length = length
    let centred = zip(vector, origin).map { $0 - $1 }
    for index in 0..<length { sums[index] += centred[index] }
    products.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = base
      centred.withUnsafeBufferPointer { x in
        Parallel.forRanges(length, grain: max(1, (1 << 16) / length)) { rows in
          for i in rows {
            let factor = x[i]
            for j in i..<length { target[i * length + j] += factor * x[j] }
          }
        }
      }
    }
  }

  /// Mean, length `D`.
  public var mean: [Double] {
    zip(origin, sums).map { $0 + $1 / Double(max(count, 1)) }
  }

  /// Covariance, `D` rows of `D`.
  ///
  /// - Throws: `EvaluationError.tooFewSamples` below two vectors.
  public func covariance(
    _ normalization: Normalization = .unbiased
  ) throws(EvaluationError) -> [Double] {
    guard count >= 2 else {
      throw .tooFewSamples(measure: "a covariance", minimum: 2, actual: count)
    }
    let divisor = Double(normalization == .unbiased ? count - 1 : count)
    var result = [Double](repeating: 0, count: length * length)
    for i in 0..<length {
      for j in i..<length {
        let value = (products[i * length + j] - sums[i] * sums[j] / Double(count)) / divisor
        result[i * length + j] = value
        result[j * length + i] = value
      }
    }
    return result
  }
}
