import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Normalisation of channels")
struct ChannelNormalizationTests {
  private let x = randomTensor([3, 2, 4, 5], seed: 1).affine(scale: 2, shift: 5)

  /// Mean and biased variance of each channel over N, H and W, in double precision.
  private func moments(_ x: Tensor) -> [(mean: Double, variance: Double)] {
    (0..<x.shape[1]).map { channel in
      let values = x.slice(channel..<channel + 1, axis: 1).values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, squares / Double(values.count))
    }
  }

  private func reference(_ x: Tensor) -> [Double] {
    let moments = moments(x)
    let plane = x.shape[2] * x.shape[3]
    return x.values.enumerated().map { index, value in
      let (mean, variance) = moments[index / plane % x.shape[1]]
      return (Double(value) - mean) / (variance + 1e-5).squareRoot()
    }
  }

  @Test("training normalises by the batch and moves the running statistics by a tenth")
  func batchTraining() {
    let statistics = RunningStatistics(mean: .zeros([2]), variance: .ones([2]))
    let result = ChannelNormalization.batch(statistics)(x, mode: .training)
    expectClose(result, reference(x), relativeToMax: 1e-6)
    for (channel, (mean, variance)) in moments(x).enumerated() {
      let unbiased = variance * 60 / 59
      #expect(abs(Double(statistics.mean.values[channel]) - 0.1 * mean) < 1e-5)
      #expect(abs(Double(statistics.variance.values[channel]) - (0.9 + 0.1 * unbiased)) < 1e-5)
    }
  }

  @Test("evaluation uses the running statistics and leaves them alone")
  func batchEvaluation() {
    let statistics = RunningStatistics(mean: Tensor([1, -2]), variance: Tensor([4, 0.25]))
    let result = ChannelNormalization.batch(statistics)(x, mode: .evaluation)
    let expected = x.values.enumerated().map { index, value in
      index / 20 % 2 == 0
        ? (Double(value) - 1) / 4.00001.squareRoot()
        : (Double(value) + 2) / 0.25001.squareRoot()
    }
    expectClose(result, expected, relativeToMax: 1e-6)
    #expect(statistics.mean.values == [1, -2] && statistics.variance.values == [4, 0.25])
  }

  @Test("instance normalisation treats every sample for itself, in both modes")
  func instance() {
    for mode in [NetworkMode.training, .evaluation] {
      let result = ChannelNormalization.instance(x, mode: mode)
      for sample in 0..<3 {
        expectClose(
          result.slice(sample..<sample + 1, axis: 0),
          reference(x.slice(sample..<sample + 1, axis: 0)), relativeToMax: 1e-6)
      }
    }
  }

  @Test("several normalisations of one input share the work and all advance")
  func shared() {
    let first = RunningStatistics(mean: .zeros([2]), variance: .ones([2]))
    let second = RunningStatistics(mean: .zeros([2]), variance: .ones([2]))
    let results = ChannelNormalization.normalize(
      x, by: [.batch(first), .batch(second)], mode: .training)
    #expect(results.count == 2 && results[0] === results[1])
    #expect(first.mean.values == second.mean.values && first.mean.values != [0, 0])
    expectClose(results[0], reference(x), relativeToMax: 1e-6)
  }

  @Test("gradients agree with finite differences")
  func gradients() {
    finiteDifferenceCheck(
      of: { ChannelNormalization.instance($0[0], mode: .training) }, at: [x])
    finiteDifferenceCheck(
      of: {
        let statistics = RunningStatistics(mean: .zeros([2]), variance: .ones([2]))
        return ChannelNormalization.batch(statistics)($0[0], mode: .training)
      }, at: [x])
  }
}
