import Checkpoints
import Evaluation
import Networks
import TensorCore

/// Reads attributes (a smile, an age) off pictures: linear regressors on the features of a model's
/// encoder, trained on pictures whose attributes are known.
public struct AttributeProbe: Equatable, Sendable {
  /// The regressors, one row for each attribute: a weight for each feature, then the constant.
  public let weights: WPlus
  /// What the rows mean.
  public let record: Record

  /// The description stored beside the numbers.
  public struct Record: Codable, Equatable, Sendable {
    /// Revision of the model whose encoder gives the features.
    public var model: String
    /// The model's domain.
    public var domain: String
    /// Names of the attributes, in the order of the rows.
    public var names: [String]
    /// Their means over the training pictures.
    public var means: [Double]
    /// Their standard deviations there.
    public var deviations: [Double]
    /// Attributes that make up the identity of a subject.
    public var identity: [String]
    /// Share of the variance on pictures that were held out, by attribute.
    public var explainedVariance: [String: Double]
    /// On held-out pictures: share told rightly to be above or below the middle of the range, by
    /// attribute.
    public var accuracy: [String: Double]
    /// Pictures that were trained on.
    public var pictures: Int
  }

  private static let format = "semblance.attribute-probe"

  /// Fits a probe.
  ///
  /// - Parameters:
  ///   - features: `[N, F]`, see `features(of:model:)`.
  ///   - attributes: `[N, A]`.
  ///   - heldOut: the last so many pictures measure the probe and are not trained on.
  ///   - identity: names of the attributes that make up a subject's identity.
  /// - Throws: `EditingError.evaluation`.
  public init(
    features: Tensor, attributes: Tensor, names: [String], identity: [String], heldOut: Int,
    model: JointModel, penalty: Double = 0.3
  ) throws(EditingError) {
    let training = features.shape[0] - heldOut
    let (count, length) = (names.count, features.shape[1])
    var means = [Double](repeating: 0, count: count)
    var deviations = means
    for index in 0..<count {
      let column = (0..<training).map { Double(attributes.pointer[$0 * count + index]) }
      means[index] = column.reduce(0, +) / Double(max(training, 1))
      let variance = column.reduce(0) { $0 + ($1 - means[index]) * ($1 - means[index]) }
      deviations[index] = max((variance / Double(max(training, 1))).squareRoot(), 1e-9)
    }
    let scaled =
      (attributes - Tensor(means.map(Float.init), shape: [1, count]))
      * Tensor(deviations.map { Float(1 / $0) }, shape: [1, count])
    let regression: RidgeRegression
    do throws(EvaluationError) {
      regression = try RidgeRegression(
        features: features.slice(0..<training, axis: 0),
        targets: scaled.slice(0..<training, axis: 0), penalty: penalty)
    } catch { throw .evaluation(error) }
    weights = WPlus(
      rowCount: count, width: length + 1,
      values: zip(regression.weights, regression.constants).flatMap { $0 + [$1] })
    var record = Record(
      model: model.revision, domain: model.domain, names: names, means: means,
      deviations: deviations, identity: identity, explainedVariance: [:], accuracy: [:],
      pictures: training)
    if heldOut > 0 {
      let read = Self.read(features.slice(training..<features.shape[0], axis: 0), weights)
      for (index, name) in names.enumerated() {
        let truth = (0..<heldOut).map { Double(scaled.pointer[($0 + training) * count + index]) }
        let middle = ((truth.min() ?? 0) + (truth.max() ?? 0)) / 2
        let mean = truth.reduce(0, +) / Double(heldOut)
        let total = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let rest = zip(truth, read).reduce(0) {
          $0 + ($1.0 - $1.1[index]) * ($1.0 - $1.1[index])
        }
        let right = zip(truth, read).filter { ($0 > middle) == ($1[index] > middle) }.count
        record.explainedVariance[name] = total > 0 ? 1 - rest / total : 0
        record.accuracy[name] = Double(right) / Double(heldOut)
      }
    }
    self.record = record
  }

  /// What a probe reads: the last convolution of the model's encoder.
  ///
  /// - Parameter pictures: `[N, 3, H, W]` in -1...1, bands of a letterbox black.
  /// - Throws: `EditingError.modelLacks` without encoder of this program's own kind.
  public static func features(of pictures: Tensor, model: JointModel) throws(EditingError) -> Tensor
  {
    guard let encoder = model.encoder as? ImageEncoder else {
      throw .modelLacks(model.path, part: "encoder of this program")
    }
    return withoutRecording { encoder.features(of: pictures) }
  }

  /// The attributes of each picture, in standard deviations from the mean.
  ///
  /// - Throws: `EditingError.probeOfOtherModel`, `.modelLacks`.
  public func callAsFunction(_ pictures: Tensor, model: JointModel) throws(EditingError)
    -> [[Double]]
  {
    let features = try Self.features(of: pictures, model: model)
    guard record.model == model.revision, features.shape[1] + 1 == weights.width else {
      throw .probeOfOtherModel(expected: model.revision, actual: record.model)
    }
    return Self.read(features, weights)
  }

  private static func read(_ features: Tensor, _ weights: WPlus) -> [[Double]] {
    let length = weights.width - 1
    return (0..<features.shape[0]).map { image in
      (0..<weights.rowCount).map { row in
        var sum = Double(weights.values[row * weights.width + length])
        for index in 0..<length {
          sum +=
            Double(weights.values[row * weights.width + index])
            * Double(features.pointer[image * length + index])
        }
        return sum
      }
    }
  }

  /// The standardised value of an attribute's natural value; nil for an unknown attribute.
  public func standardized(_ value: Double, of name: String) -> Double? {
    guard let index = record.names.firstIndex(of: name) else { return nil }
    return (value - record.means[index]) / record.deviations[index]
  }

  /// Cosine of the angle between the identities that two readings show, -1...1.
  public func identitySimilarity(_ first: [Double], _ second: [Double]) -> Double {
    let rows = record.identity.compactMap { record.names.firstIndex(of: $0) }
    var (product, a, b) = (0.0, 0.0, 0.0)
    for row in rows {
      product += first[row] * second[row]
      a += first[row] * first[row]
      b += second[row] * second[row]
    }
    return a > 0 && b > 0 ? product / (a * b).squareRoot() : 0
  }

  /// Reads a probe file.
  ///
  /// - Throws: `EditingError` when it cannot be read or holds something else.
  public init(contentsOf path: String) throws(EditingError) {
    let file = try RecordFile(contentsOf: path, format: Self.format)
    record = try file.record()
    weights = try file.wPlus("weights")
    guard weights.rowCount == record.names.count, record.names.count == record.means.count,
      record.names.count == record.deviations.count, weights.width > 1
    else {
      throw .damagedRecord(path: path, reason: "names and weights do not belong together")
    }
  }

  /// Writes a probe file: the tensor `weights` `[attributes, features + 1]` and the description.
  public func write(to path: String) throws(EditingError) {
    try RecordFile.write(record, tensors: ["weights": weights], format: Self.format, to: path)
  }
}
