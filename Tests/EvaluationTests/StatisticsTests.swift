import Evaluation
import TensorCore
import TestSupport
import Testing

@Suite("Confidence intervals and similarity of features")
struct StatisticsTests {
  private let samples = randomTensor([400], seed: 7).values.map { Double($0) + 5 }

  /// For a mean the bootstrap approaches the normal distribution's 1.96 standard errors.
  @Test func intervalOfAMeanHasTheWidthOfTheory() throws {
    let interval = try ConfidenceInterval.ofMean(samples, resamples: 4000)
    let mean = samples.reduce(0, +) / 400
    let variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
    let error = (variance / 400).squareRoot()
    #expect(abs(interval.value - mean) < 1e-12)
    #expect(abs(interval.lower - (mean - 1.96 * error)) < 0.15 * error)
    #expect(abs(interval.upper - (mean + 1.96 * error)) < 0.15 * error)
    let narrow = try ConfidenceInterval.ofMean(samples, resamples: 4000, level: 0.5)
    #expect(narrow.upper - narrow.lower < 0.5 * (interval.upper - interval.lower))
  }

  @Test func theSeedDecides() throws {
    let first = try ConfidenceInterval.ofMean(samples, resamples: 100, seed: 3)
    #expect(first == (try ConfidenceInterval.ofMean(samples, resamples: 100, seed: 3)))
    #expect(first != (try ConfidenceInterval.ofMean(samples, resamples: 100, seed: 4)))
  }

  @Test func equalSamplesLeaveNoDoubt() throws {
    let interval = try ConfidenceInterval.ofMean([2.5, 2.5, 2.5], resamples: 50)
    #expect(interval == ConfidenceInterval(value: 2.5, lower: 2.5, upper: 2.5))
  }

  @Test func anyStatisticOfTheSamples() throws {
    let interval = try ConfidenceInterval.bootstrap(count: 400, resamples: 500) { drawn in
      drawn.map { samples[$0] }.sorted()[200]
    }
    #expect(interval.lower < interval.value && interval.value < interval.upper)
  }

  @Test func noSamplesAndNoNumbersAreErrors() {
    let empty = #expect(throws: EvaluationError.self) { try ConfidenceInterval.ofMean([]) }
    #expect(empty?.description == "a confidence interval needs at least 1 samples, got 0")
    let infinite = #expect(throws: EvaluationError.self) {
      try ConfidenceInterval.ofMean([1, .infinity])
    }
    #expect(
      infinite?.description
        == "a confidence interval: a feature is not a finite number; check the pictures and the weights"
    )
  }

  @Test func cosineSimilarityOfKnownVectors() {
    let first = Tensor([1, 0, 3, 4, 1, 2, 0, 0], shape: [4, 2])
    let second = Tensor([0, 2, 6, 8, -2, -4, 1, 1], shape: [4, 2])
    let values = cosineSimilarity(first, second)
    for (value, expected) in zip(values, [0, 1, -1, 0] as [Double]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }
}
