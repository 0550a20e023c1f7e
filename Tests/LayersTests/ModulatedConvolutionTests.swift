import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Modulated convolution")
struct ModulatedConvolutionTests {
  private let x = randomTensor([2, 3, 5, 4], seed: 1)
  private let style = randomTensor([2, 3], seed: 2) + 1

  /// The published form: the weight itself is scaled for every sample.
  private func reference(
    _ weight: Tensor, demodulates: Bool, upsampling: FIRFilter? = nil
  ) -> [Double] {
    let (outputs, inputs, kernel) = (weight.shape[0], weight.shape[1], weight.shape[2])
    var result: [Double] = []
    for n in 0..<x.shape[0] {
      var scaled = ReferenceTensor(weight)
      for o in 0..<outputs {
        var energy = 1e-8
        for i in 0..<inputs {
          for a in 0..<kernel {
            for b in 0..<kernel {
              scaled[o, i, a, b] *= Double(style.values[n * inputs + i])
              energy += scaled[o, i, a, b] * scaled[o, i, a, b]
            }
          }
        }
        guard demodulates else { continue }
        for i in 0..<inputs {
          for a in 0..<kernel { for b in 0..<kernel { scaled[o, i, a, b] /= energy.squareRoot() } }
        }
      }
      let sample = ReferenceTensor(x.slice(n..<n + 1, axis: 0))
      if let filter = upsampling {
        let taps = ReferenceTensor(Tensor(filter.taps, shape: [filter.height, filter.width]))
        result +=
          kernel == 1
          ? plainResampling(
            plainConvolution(sample, scaled, padding: 0), taps, up: 2, before: 2, after: 1, gain: 4
          ).values
          : plainResampling(
            plainTransposedConvolution(sample, scaled), taps, before: 1, after: 1, gain: 4
          ).values
      } else {
        result += plainConvolution(sample, scaled, padding: kernel / 2).values
      }
    }
    return result
  }

  @Test("scaling activations is scaling weights", arguments: [1, 3])
  func sameSize(kernel: Int) {
    let weight = randomTensor([4, 3, kernel, kernel], seed: 3)
    for demodulates in [true, false] {
      let layer = ModulatedConvolution(weight: weight, demodulates: demodulates)
      expectClose(
        layer(x, style: style), reference(weight, demodulates: demodulates), relativeToMax: 2e-6)
    }
  }

  @Test("twice the size: transposed convolution, then the filter", arguments: [1, 3])
  func upsampling(kernel: Int) {
    let weight = randomTensor([4, 3, kernel, kernel], seed: 4)
    let layer = ModulatedConvolution(weight: weight, upsampling: .binomial)
    let result = layer(x, style: style)
    #expect(result.shape == [2, 4, 10, 8])
    expectClose(
      result, reference(weight, demodulates: true, upsampling: .binomial), relativeToMax: 2e-6)
  }

  @Test("demodulation factors")
  func demodulation() {
    let weight = randomTensor([4, 3, 3, 3], seed: 5)
    let factors = ModulatedConvolution(weight: weight).demodulation(style)
    var expected: [Double] = []
    for n in 0..<2 {
      for o in 0..<4 {
        var energy = 1e-8
        for i in 0..<3 {
          for tap in 0..<9 {
            let product =
              Double(weight.values[(o * 3 + i) * 9 + tap]) * Double(style.values[n * 3 + i])
            energy += product * product
          }
        }
        expected.append(1 / energy.squareRoot())
      }
    }
    expectClose(factors, expected, relativeToMax: 1e-6)
  }

  @Test("frozen and trainable weights give the same")
  func frozen() {
    let weight = randomTensor([4, 3, 3, 3], seed: 6)
    for filter in [nil, FIRFilter.binomial] {
      let frozen = ModulatedConvolution(weight: weight, upsampling: filter)
      let trainable = ModulatedConvolution(
        weight: weight.detached(requiresGradient: true), upsampling: filter)
      #expect(frozen(x, style: style).values == trainable(x, style: style).values)
      #expect(!frozen(x, style: style).tracksGradient)
    }
  }

  @Test("gradients of first and second order")
  func gradients() {
    let inputs = [x, style, randomTensor([2, 3, 3, 3], seed: 7)]
    for filter in [nil, FIRFilter.binomial] {
      let function: ([Tensor]) -> Tensor = {
        ModulatedConvolution(weight: $0[2], upsampling: filter)($0[0], style: $0[1])
      }
      finiteDifferenceCheck(of: function, at: inputs)
      secondOrderDifferenceCheck(of: function, at: inputs)
    }
  }
}
