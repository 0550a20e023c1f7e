import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Pixel norm, minibatch deviation, noise autocorrelation")
struct NormalizationTests {
  @Test("pixel norm divides by the root of the mean square")
  func pixelNorm() {
    let x = randomTensor([3, 6], seed: 1)
    var expected: [Double] = []
    for n in 0..<3 {
      let row = x.values[n * 6..<n * 6 + 6].map(Double.init)
      let scale = (row.map { $0 * $0 }.reduce(0, +) / 6 + 1e-8).squareRoot()
      expected += row.map { $0 / scale }
    }
    expectClose(x.pixelNormalized(), expected, relativeToMax: 1e-6)
    #expect(Tensor.zeros([1, 4]).pixelNormalized().values == [0, 0, 0, 0])
    finiteDifferenceCheck(of: { $0[0].pixelNormalized() }, at: [x])
    secondOrderDifferenceCheck(of: { $0[0].pixelNormalized() }, at: [x])
  }

  @Test(
    "minibatch deviation of groups that interleave",
    arguments: [(2, 1), (3, 2), (6, 1), (8, 2)])
  func minibatchDeviation(group: Int, channels: Int) {
    let x = randomTensor([6, 4, 2, 3], seed: 2)
    let layer = MinibatchDeviation(groupSize: group, channels: channels)
    let result = layer(x)
    #expect(result.shape == [6, 4 + channels, 2, 3])
    let (size, groups) = (min(group, 6), 6 / min(group, 6))
    let source = ReferenceTensor(x)
    var expected = ReferenceTensor(zeros: [6, 4 + channels, 2, 3])
    for n in 0..<6 {
      for h in 0..<2 {
        for w in 0..<3 {
          for c in 0..<4 { expected[n, c, h, w] = source[n, c, h, w] }
          for f in 0..<channels {
            expected[n, 4 + f, h, w] = deviation(
              source, group: n % groups, groups: groups, size: size, statistic: f,
              channels: 4 / channels)
          }
        }
      }
    }
    expectClose(result, expected.values, relativeToMax: 1e-6)
  }

  /// The mean over channels and pixels of the standard deviation over the group.
  private func deviation(
    _ x: ReferenceTensor, group: Int, groups: Int, size: Int, statistic: Int, channels: Int
  ) -> Double {
    var total = 0.0
    for c in statistic * channels..<(statistic + 1) * channels {
      for h in 0..<2 {
        for w in 0..<3 {
          let values = (0..<size).map { x[$0 * groups + group, c, h, w] }
          let mean = values.reduce(0, +) / Double(size)
          let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(size)
          total += (variance + 1e-8).squareRoot()
        }
      }
    }
    return total / Double(channels * 6)
  }

  @Test("gradients of the minibatch deviation")
  func deviationGradients() {
    let x = randomTensor([4, 2, 2, 2], seed: 3)
    let layer = MinibatchDeviation(groupSize: 2)
    finiteDifferenceCheck(of: { layer($0[0]) }, at: [x])
    secondOrderDifferenceCheck(of: { layer($0[0]) }, at: [x])
  }

  @Test("noise autocorrelation adds up squared mean products over a pyramid")
  func noiseAutocorrelation() {
    let noise = randomTensor([1, 1, 16, 16], seed: 4)
    var level = noise.values.map(Double.init)
    var expected = 0.0
    for side in [16, 8] {
      for (dx, dy) in [(1, 0), (0, 1)] {
        var sum = 0.0
        for y in 0..<side {
          for x in 0..<side {
            sum += level[y * side + x] * level[(y + dy) % side * side + (x + dx) % side]
          }
        }
        expected += (sum / Double(side * side)) * (sum / Double(side * side))
      }
      let half = side / 2
      level = (0..<half * half).map { index in
        let corner = index / half * 2 * side + index % half * 2
        return
          (level[corner] + level[corner + 1] + level[corner + side] + level[corner + side + 1]) / 4
      }
    }
    expectClose(noise.noiseAutocorrelation(), [expected], relativeToMax: 1e-5)
    finiteDifferenceCheck(of: { $0[0].noiseAutocorrelation() }, at: [noise])
  }
}
