import TensorCore
import TestSupport
import Testing

@testable import Evaluation

@Suite("Fréchet distance")
struct FrechetDistanceTests {
  private func diagonal(_ values: [Double]) -> [Double] {
    values.indices.flatMap { row in values.indices.map { $0 == row ? values[row] : 0 } }
  }

  /// For diagonal covariances it is `|m1 - m2|^2 + sum of (s1 - s2)^2`.
  @Test func diagonalCovariances() throws {
    let first = GaussianFit(mean: [0, 1, 2], covariance: diagonal([4, 9, 0]))
    let second = GaussianFit(mean: [1, 1, 0], covariance: diagonal([1, 16, 25]))
    #expect(abs(try first.frechetDistance(to: second) - (5 + 1 + 1 + 25)) < 1e-12)
    #expect(abs(try second.frechetDistance(to: first) - 32) < 1e-12)
  }

  @Test func isNotChangedByARotation() throws {
    let (c, s) = (0.6, 0.8)
    func rotated(_ a: Double, _ b: Double) -> [Double] {
      [c * c * a + s * s * b, c * s * (a - b), c * s * (a - b), s * s * a + c * c * b]
    }
    let first = GaussianFit(mean: [0, 0], covariance: rotated(4, 1))
    let second = GaussianFit(mean: [0, 0], covariance: rotated(9, 25))
    #expect(abs(try first.frechetDistance(to: second) - (1 + 16)) < 1e-12)
  }

  @Test func batchesAddUpToTheMomentsOfAll() throws {
    let features = randomTensor([50, 7], seed: 1) + 100
    var whole = FeatureStatistics(length: 7)
    try whole.add(features)
    var parts = FeatureStatistics(length: 7)
    try parts.add(features.slice(0..<20, axis: 0))
    try parts.add(features.slice(20..<50, axis: 0))
    #expect(whole.mean == parts.mean && whole.count == 50)
    let (unbiased, biased) = (try whole.covariance(), try whole.covariance(.biased))
    #expect(unbiased == (try parts.covariance()))
    for (a, b) in zip(unbiased, biased) { #expect(abs(a * 49 / 50 - b) < 1e-12) }
    let column = (0..<50).map { Double(features.pointer[$0 * 7 + 2]) }
    let mean = column.reduce(0, +) / 50
    let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49
    #expect(abs(whole.mean[2] - mean) < 1e-12)
    #expect(abs(unbiased[2 * 8] - variance) < 1e-12)
  }

  /// The second difference matrix has the eigenvalues `2 - 2 cos(k pi / (n + 1))`.
  @Test(arguments: [1, 2, 3, 40, 130])
  func eigenvaluesOfTheSecondDifference(n: Int) {
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * (n + 1)] = 2
      if i > 0 {
        matrix[i * n + i - 1] = -1
        matrix[(i - 1) * n + i] = -1
      }
    }
    for (k, value) in SymmetricMatrix.eigenvalues(matrix, n).enumerated() {
      let half = Double.pi * Double(k + 1) / Double(2 * (n + 1))
      #expect(abs(value - 4 * sine(half) * sine(half)) < 1e-13)
    }
  }

  /// A dense matrix whose eigenvalues are known: a diagonal, reflected at a plane.
  @Test func eigenvaluesOfADenseMatrix() {
    let n = 90
    let v = randomTensor([n], seed: 4).values.map(Double.init)
    let scale = 2 / v.reduce(0) { $0 + $1 * $1 }
    let values = (0..<n).map { Double($0) * Double($0) - 30 }
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        matrix[i * n + j] = (0..<n).reduce(0.0) { sum, k in
          let (p, q) = (
            (i == k ? 1.0 : 0) - scale * v[i] * v[k], (j == k ? 1.0 : 0) - scale * v[j] * v[k]
          )
          return sum + p * values[k] * q
        }
      }
    }
    for (value, expected) in zip(SymmetricMatrix.eigenvalues(matrix, n), values) {
      #expect(abs(value - expected) < 1e-10)
    }
  }

  @Test func choleskyRowsOfASingularMatrix() {
    let rows: [[Double]] = [[1, 2, 0, -1], [0, 1, 3, 2]]
    var matrix = [Double](repeating: 0, count: 16)
    for i in 0..<4 {
      for j in 0..<4 { matrix[i * 4 + j] = rows.reduce(0) { $0 + $1[i] * $1[j] } }
    }
    let factor = SymmetricMatrix.choleskyRows(matrix, 4)
    #expect(factor.count == 8)
    for i in 0..<4 {
      for j in 0..<4 {
        let value = (0..<2).reduce(0.0) { $0 + factor[$1 * 4 + i] * factor[$1 * 4 + j] }
        #expect(abs(value - matrix[i * 4 + j]) < 1e-13)
      }
    }
    #expect(SymmetricMatrix.choleskyRows([0, 0, 0, 0], 2).isEmpty)
  }

  @Test func wrongFeaturesAreErrors() throws {
    let first = GaussianFit(mean: [0, 1], covariance: diagonal([1, 1]))
    let second = GaussianFit(mean: [0, 1, 2], covariance: diagonal([1, 1, 1]))
    let length = #expect(throws: EvaluationError.self) { try first.frechetDistance(to: second) }
    #expect(
      length?.description
        == "features of length 2 cannot be compared with features of length 3; "
        + "compute both with the same network")
    let broken = GaussianFit(mean: [0, .nan], covariance: diagonal([1, 1]))
    #expect(throws: EvaluationError.notFinite(measure: "Fréchet distance")) {
      try first.frechetDistance(to: broken)
    }
    var statistics = FeatureStatistics(length: 2)
    #expect(throws: EvaluationError.featureLengthMismatch(first: 2, second: 3)) {
      try statistics.add(.zeros([1, 3]))
    }
    #expect(throws: EvaluationError.notFinite(measure: "feature statistics")) {
      try statistics.add(Tensor([1, .infinity], shape: [1, 2]))
    }
    try statistics.add(.zeros([1, 2]))
    let few = #expect(throws: EvaluationError.self) { try statistics.covariance() }
    #expect(few?.description == "a covariance needs at least 2 samples, got 1")
  }

  private func sine(_ x: Double) -> Double {
    // Taylor's series around 0, exact to rounding on 0...pi/2.
    var (term, sum, k) = (x, x, 1.0)
    while abs(term) > 1e-18 {
      term *= -x * x / ((k + 1) * (k + 2))
      sum += term
      k += 2
    }
    return sum
  }
}
