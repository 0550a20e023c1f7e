import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Layers with equalised learning rate")
struct EqualizedLayerTests {
  @Test("linear: x W^T m / sqrt(inputs) + b m, then the activation")
  func linear() {
    let x = randomTensor([3, 5], seed: 1)
    let (weight, bias) = (randomTensor([4, 5], seed: 2), randomTensor([4], seed: 3))
    for (multiplier, activation) in [(Float(1), Activation.linear), (0.01, .leakyReLU)] {
      let layer = EqualizedLinear(
        weight: weight, bias: bias, learningRateMultiplier: multiplier, activation: activation)
      var expected: [Double] = []
      for n in 0..<3 {
        for o in 0..<4 {
          var sum = Double(bias.values[o]) * Double(multiplier)
          for i in 0..<5 {
            sum +=
              Double(x.values[n * 5 + i]) * Double(weight.values[o * 5 + i]) * Double(multiplier)
              / 5.0.squareRoot()
          }
          if activation == .leakyReLU { sum *= (sum < 0 ? 0.2 : 1) * 2.0.squareRoot() }
          expected.append(sum)
        }
      }
      expectClose(layer(x), expected, relativeToMax: 1e-6)
      finiteDifferenceCheck(
        of: {
          EqualizedLinear(
            weight: $0[1], bias: $0[2], learningRateMultiplier: multiplier)($0[0])
        }, at: [x, weight, bias])
    }
  }

  @Test("convolution: weight / sqrt(inputs k k), bias, activation, clamp")
  func convolution() {
    let x = randomTensor([2, 3, 6, 5], seed: 4)
    let (weight, bias) = (randomTensor([4, 3, 3, 3], seed: 5), randomTensor([4], seed: 6))
    let layer = EqualizedConvolution(
      weight: weight, bias: bias, activation: BiasActivation(.leakyReLU, clamp: 1.5))
    expectClose(layer(x), activated(x, weight, bias, filter: nil), relativeToMax: 2e-6)
  }

  @Test("convolution to half the size: filter, then stride 2", arguments: [1, 3])
  func downsampling(kernel: Int) {
    let x = randomTensor([1, 3, 8, 6], seed: 7)
    let weight = randomTensor([4, 3, kernel, kernel], seed: 8)
    let bias = randomTensor([4], seed: 9)
    let layer = EqualizedConvolution(
      weight: weight, bias: bias, downsampling: .binomial,
      activation: BiasActivation(.leakyReLU, clamp: 1.5))
    #expect(layer(x).shape == [1, 4, 4, 3])
    expectClose(layer(x), activated(x, weight, bias, filter: .binomial), relativeToMax: 2e-6)
  }

  @Test("gradients of first and second order")
  func gradients() {
    let inputs = [
      randomTensor([1, 2, 6, 6], seed: 10), randomTensor([3, 2, 3, 3], seed: 11),
      randomTensor([3], seed: 12),
    ]
    for filter in [nil, FIRFilter.binomial] {
      // tanh: smooth, so that differences see no kink.
      let function: ([Tensor]) -> Tensor = {
        EqualizedConvolution(
          weight: $0[1], bias: $0[2], downsampling: filter, activation: BiasActivation(.tanh))(
            $0[0])
      }
      finiteDifferenceCheck(of: function, at: inputs)
      secondOrderDifferenceCheck(of: function, at: inputs)
    }
  }

  @Test("frozen and trainable weights give the same")
  func frozen() {
    let x = randomTensor([1, 2, 4, 4], seed: 13)
    let weight = randomTensor([3, 2, 3, 3], seed: 14)
    let activation = BiasActivation(.leakyReLU)
    let frozen = EqualizedConvolution(weight: weight, bias: nil, activation: activation)
    let trainable = EqualizedConvolution(
      weight: weight.detached(requiresGradient: true), bias: nil, activation: activation)
    #expect(frozen(x).values == trainable(x).values)
    #expect(!frozen(x).tracksGradient && trainable(x).tracksGradient)
  }

  /// Leaky ReLU with gain sqrt(2), clamp 1.5.
  private func activated(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, filter: FIRFilter?)
    -> [Double]
  {
    let kernel = weight.shape[2]
    var input = ReferenceTensor(x)
    if let filter {
      let taps = ReferenceTensor(Tensor(filter.taps, shape: [filter.height, filter.width]))
      input =
        kernel == 1
        ? plainResampling(input, taps, down: 2, before: 1, after: 1)
        : plainResampling(input, taps, before: 2, after: 2)
    }
    let isStrided = filter != nil && kernel > 1
    let y = plainConvolution(
      input, ReferenceTensor(weight), stride: isStrided ? 2 : 1,
      padding: isStrided ? 0 : kernel / 2)
    let plane = y.shape[2] * y.shape[3]
    let gain = 1 / Double(weight.count / weight.shape[0]).squareRoot()
    return y.values.enumerated().map { index, value in
      var v = value * gain + Double(bias.values[index / plane % y.shape[1]])
      v *= (v < 0 ? 0.2 : 1) * 2.0.squareRoot()
      return min(max(v, -1.5), 1.5)
    }
  }
}
