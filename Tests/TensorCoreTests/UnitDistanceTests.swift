import TensorCore
import TestSupport
import Testing

/// The distance map in double precision.
private func reference(_ f: Tensor, _ t: Tensor, _ weights: Tensor) -> [Double] {
  let (batch, channels, pixels) = (f.shape[0], f.shape[1], f.shape[2] * f.shape[3])
  var result: [Double] = []
  for image in 0..<batch {
    for pixel in 0..<pixels {
      func value(_ tensor: Tensor, _ channel: Int) -> Double {
        let image = tensor.shape[0] == 1 ? 0 : image
        return Double(tensor.pointer[(image * channels + channel) * pixels + pixel])
      }
      let length = (0..<channels).reduce(0.0) { $0 + value(f, $1) * value(f, $1) }.squareRoot()
      result.append(
        (0..<channels).reduce(0.0) { sum, channel in
          let difference = value(f, channel) / (length + 1e-10) - value(t, channel)
          return sum + Double(weights.pointer[channel]) * difference * difference
        })
    }
  }
  return result
}

@Suite("Distance of unit-length features")
struct UnitDistanceTests {
  /// Sizes around the kernel's blocks of 64 pixels and 16 channels.
  @Test(arguments: [
    [2, 3, 5, 7], [1, 16, 8, 8], [1, 17, 8, 9], [3, 512, 2, 3], [1, 64, 40, 33],
  ])
  func equalsDoublePrecision(dimensions: [Int]) {
    let shape = Shape(dimensions)
    let features = randomTensor(shape, seed: 1)
    let weights = randomTensor([shape[1]], seed: 3).squared()
    for batch in [1, shape[0]] {
      let target = randomTensor([batch, shape[1], shape[2], shape[3]], seed: 2).unitNormalized()
      let result = features.unitDistance(to: target, weights: weights)
      #expect(result.shape == [shape[0], 1, shape[2], shape[3]])
      expectClose(result, reference(features, target, weights), relativeToMax: 2e-6)
    }
  }

  @Test func gradientEqualsFiniteDifferences() {
    let target = randomTensor([2, 19, 2, 3], seed: 2).unitNormalized()
    let weights = randomTensor([19], seed: 3).squared()
    let slope = randomTensor([2, 1, 2, 3], seed: 4)
    expectGradients(
      of: { ($0[0].unitDistance(to: target, weights: weights) * slope).sum() },
      at: [randomTensor([2, 19, 2, 3], seed: 1)])
  }

  @Test func gradientEqualsThatOfPlainOperations() {
    let target = randomTensor([1, 40, 9, 9], seed: 2).unitNormalized()
    let weights = randomTensor([40], seed: 3).squared()
    let slope = randomTensor([1, 1, 9, 9], seed: 4)
    let leaf = randomTensor([1, 40, 9, 9], seed: 1, requiresGradient: true)
    let fused = (leaf.unitDistance(to: target, weights: weights) * slope).sum()
    let plain =
      ((leaf.unitNormalized() - target).squared() * weights.reshaped([40, 1, 1]) * slope).sum()
    expectClose(
      gradients(of: fused, withRespectTo: [leaf])[0],
      gradients(of: plain, withRespectTo: [leaf])[0], relativeToMax: 2e-6)
  }

  @Test func vectorOfZerosHasNoSlope() {
    let leaf = Tensor([0, 1, 0, 2], shape: [1, 2, 1, 2], requiresGradient: true)
    let target = Tensor([0.6, 0.6, 0.8, 0.8], shape: [1, 2, 1, 2])
    let result = leaf.unitDistance(to: target, weights: .ones([2]))
    #expect(abs(result.values[0] - 1) < 1e-6)
    let gradient = gradients(of: result.sum(), withRespectTo: [leaf])[0].values
    #expect(gradient[0] == 0 && gradient[2] == 0)
    #expect(gradient.allSatisfy(\.isFinite) && gradient[1] != 0)
  }

  @Test func unitNormalizedGivesUnitLength() {
    let lengths = randomTensor([2, 30, 3, 3], seed: 1).unitNormalized().squared().sum(axes: [1])
    #expect(lengths.values.allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(Tensor.zeros([1, 3, 2, 2]).unitNormalized().values.allSatisfy { $0 == 0 })
  }
}
