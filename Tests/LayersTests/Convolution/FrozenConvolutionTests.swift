import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Convolution with constant weights")
struct FrozenConvolutionTests {
  /// Kernel, stride, padding: those of the networks that judge pictures.
  @Test(arguments: [[3, 1, 1], [3, 2, 1], [3, 2, 0], [1, 1, 0], [5, 1, 2], [11, 4, 2]])
  func equalsPlainOperations(window: [Int]) {
    let weight = randomTensor([20, 5, window[0], window[0]], seed: 1) * 0.2
    let bias = randomTensor([20], seed: 2)
    let input = randomTensor([2, 5, 17, 19], seed: 3, requiresGradient: true)
    for slope: Float in [0, 0.2, 1] {
      let layer = FrozenConvolution(
        weight: weight, bias: bias, stride: window[1], padding: window[2], slope: slope)
      let result = layer(input.blocked()).unblocked(channels: layer.outputChannels)
      let plain =
        (input.convolved(with: weight, stride: window[1], padding: window[2])
        + bias.reshaped([20, 1, 1])).leakyReLU(slope: slope)
      expectClose(result, plain, relativeToMax: 3e-6)
      let seed = randomTensor(result.shape, seed: 4)
      expectClose(
        gradients(of: result, withRespectTo: [input], seed: seed)[0],
        gradients(of: plain, withRespectTo: [input], seed: seed)[0], relativeToMax: 3e-6)
    }
  }

  @Test func weightsAreConstants() {
    let weight = randomTensor([4, 3, 3, 3], seed: 1, requiresGradient: true)
    let bias = randomTensor([4], seed: 2, requiresGradient: true)
    let layer = FrozenConvolution(weight: weight, bias: bias, padding: 1)
    #expect(layer.inputChannels == 3 && layer.outputChannels == 4)
    #expect(!layer(randomTensor([1, 3, 4, 4], seed: 3).blocked()).tracksGradient)
  }
}
