import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Bias and activation")
struct ActivationTests {
  private func reference(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .linear: x
    case .relu: max(x, 0)
    case .leakyReLU: x >= 0 ? x : 0.2 * x
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .elu: x >= 0 ? x : exp(x) - 1
    case .selu: 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * (exp(x) - 1))
    case .softplus: log(1 + exp(x))
    case .swish: x / (1 + exp(-x))
    }
  }

  @Test("every function, its gain, the clamp", arguments: Activation.allCases)
  func functions(activation: Activation) {
    let x = randomTensor([2, 3, 4, 5], seed: 1) * 3
    let bias = randomTensor([3], seed: 2)
    let gain: Double =
      [.relu, .leakyReLU, .swish].contains(activation) ? 2.0.squareRoot() : 1
    let biased = x.values.enumerated().map { Double($1) + Double(bias.values[$0 / 20 % 3]) }
    expectClose(
      BiasActivation(activation)(x, bias: bias),
      biased.map { reference(activation, $0) * gain }, relativeToMax: 1e-6)
    expectClose(
      BiasActivation(activation, gain: 0.5, clamp: 0.4)(x, bias: bias),
      biased.map { min(max(reference(activation, $0) * 0.5, -0.4), 0.4) }, relativeToMax: 1e-6)
  }

  @Test("gradients, away from the kinks", arguments: Activation.allCases)
  func gradients(activation: Activation) {
    // Every value and bias keeps its distance from 0, and outputs from the clamp.
    let x = Tensor([-2.2, -1.3, -0.6, 0.5, 1.1, 1.9], shape: [2, 3])
    let bias = Tensor([0.05, -0.08, 0.1])
    finiteDifferenceCheck(
      of: { BiasActivation(activation, clamp: 100)($0[0], bias: $0[1]) }, at: [x, bias])
    secondOrderDifferenceCheck(
      of: { BiasActivation(activation)($0[0], bias: $0[1]).squared() }, at: [x, bias])
  }

  @Test("a clamped element has no gradient")
  func clampedGradient() {
    let x = Tensor([-3, 0.2, 4], shape: [1, 3], requiresGradient: true)
    let y = BiasActivation(.linear, clamp: 1)(x, bias: nil)
    #expect(y.values == [-1, 0.2, 1])
    #expect(TensorCore.gradients(of: y, withRespectTo: [x])[0].values == [0, 1, 0])
  }

  @Test("large numbers stay finite", arguments: Activation.allCases)
  func largeNumbers(activation: Activation) {
    let x = Tensor([-1e4, 1e4], shape: [1, 2], requiresGradient: true)
    let y = activation(x)
    #expect(y.isFinite)
    #expect(TensorCore.gradients(of: y, withRespectTo: [x])[0].isFinite)
  }

  @Test("channels meet axis 1")
  func alongChannels() {
    #expect(Tensor([1, 2]).alongChannels(rank: 4).shape == [1, 2, 1, 1])
    #expect(Tensor.zeros([3, 2]).alongChannels(rank: 4).shape == [3, 2, 1, 1])
    #expect(Tensor.zeros([3, 2]).alongChannels(rank: 2).shape == [3, 2])
  }
}
