import TensorCore

/// A normal distribution in feature space: what the Fréchet distance compares.
public struct GaussianFit: Sendable {
  /// Mean, length `D`.
  public let mean: [Double]
  /// Covariance, `D` rows of `D`, symmetric and without negative eigenvalues.
  public let covariance: [Double]

  /// A distribution with given moments (for example of a statistics file).
  public init(mean: [Double], covariance: [Double]) {
    check(
      covariance.count == mean.count * mean.count,
      "gaussian fit: mean of \(mean.count), covariance of \(covariance.count) numbers")
    self.mean = mean
    self.covariance = covariance
  }

  /// The distribution with the moments of some features.
  ///
  /// - Throws: `EvaluationError.tooFewSamples` below two vectors.
  public init(
    _ statistics: FeatureStatistics, _ normalization: FeatureStatistics.Normalization = .unbiased
  ) throws(EvaluationError) {
    self.init(mean: statistics.mean, covariance: try statistics.covariance(normalization))
  }

  /// The (squared) Fréchet distance of two normal distributions (Heusel et al. 2017, FID):
  /// `|m1 - m2|^2 + tr S1 + tr S2 - 2 tr sqrt(S1 S2)`, in double precision.
  ///
  /// The last trace is the sum of the roots of the eigenvalues of `L^T S2 L` with `S1 = L L^T`,
  /// which is symmetric: no complex numbers, and singular covariances need no correction.
  ///
  /// - Throws: `EvaluationError.featureLengthMismatch`, `.notFinite`.
  public func frechetDistance(to other: GaussianFit) throws(EvaluationError) -> Double {
    let length = mean.count
    guard other.mean.count == length else {
      throw .featureLengthMismatch(first: length, second: other.mean.count)
    }
    for numbers in [mean, covariance, other.mean, other.covariance] {
      guard numbers.allSatisfy(\.isFinite) else { throw .notFinite(measure: "Fréchet distance") }
    }
    let shift = zip(mean, other.mean).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let traces = (0..<length).reduce(0.0) {
      $0 + covariance[$1 * (length + 1)] + other.covariance[$1 * (length + 1)]
    }
    let factor = SymmetricMatrix.choleskyRows(covariance, length)
    let rank = factor.count / length
    let product = SymmetricMatrix.congruence(other.covariance, length, rows: factor)
    let roots = SymmetricMatrix.eigenvalues(product, rank).reduce(0.0) {
      $0 + max($1, 0).squareRoot()
    }
    return shift + traces - 2 * roots
  }
}
