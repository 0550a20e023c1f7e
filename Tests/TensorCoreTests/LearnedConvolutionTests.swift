import TensorCore
import TestSupport
import Testing

/// Gradients of weights in the blocked layout, against those of the plain operations.
@Suite("Convolutions with learned weights")
struct LearnedConvolutionTests {
  private struct Case {
    let input: Tensor
    let weight: Tensor
    let style: Tensor
    let demodulation: Tensor
    let bias: Tensor

    init(_ batch: Int, _ inputs: Int, _ outputs: Int, height: Int, width: Int, kernel: Int) {
      func leaf(_ shape: Shape, _ seed: UInt64, shift: Float = 0) -> Tensor {
        (randomTensor(shape, seed: seed) * 0.5 + shift).copied(requiresGradient: true)
      }
      input = leaf([batch, inputs, height, width], 1)
      weight = leaf([outputs, inputs, kernel, kernel], 2)
      style = leaf([batch, inputs], 3, shift: 1)
      demodulation = leaf([batch, outputs], 4, shift: 1.5)
      bias = leaf([outputs], 5)
    }

    var leaves: [Tensor] { [input, weight, style, demodulation, bias] }
    var epilogue: ConvolutionEpilogue {
      ConvolutionEpilogue(bias: bias, slope: 0.2, gain: 1.5)
    }

    func finished(_ y: Tensor) -> Tensor {
      let channels: Shape = [1, bias.count, 1, 1]
      let scaled = y * demodulation.reshaped([demodulation.shape[0], bias.count, 1, 1])
      return (scaled + bias.reshaped(channels)).leakyReLU(slope: 0.2, gain: 1.5)
    }

    var modulated: Tensor { input * style.reshaped([style.shape[0], style.shape[1], 1, 1]) }
  }

  private func compare(
    _ found: Tensor, _ expected: Tensor, _ leaves: [Tensor], _ name: String
  ) {
    expectClose(found, expected, relativeToMax: 2e-5, name)
    let seed = randomTensor(expected.shape, seed: 9)
    let own = gradients(of: found, withRespectTo: leaves, seed: seed)
    let other = gradients(of: expected, withRespectTo: leaves, seed: seed)
    for (index, (a, b)) in zip(own, other).enumerated() {
      expectClose(a, b, relativeToMax: 1e-4, allowingKinks: true, "\(name), gradient \(index)")
    }
  }

  @Test(
    "3x3 and 1x1",
    arguments: [
      (3, 16, 16, 4, 4, 3), (2, 5, 20, 8, 8, 3), (1, 33, 7, 12, 20, 3), (2, 16, 32, 24, 40, 3),
      (9, 4, 4, 2, 2, 3), (2, 20, 18, 16, 16, 1),
    ])
  func convolution(_ batch: Int, _ c: Int, _ k: Int, _ height: Int, _ width: Int, _ kernel: Int) {
    let data = Case(batch, c, k, height: height, width: width, kernel: kernel)
    let found = data.input.blocked().convolved(
      withLearned: data.weight, inputScale: data.style, outputScale: data.demodulation,
      epilogue: data.epilogue
    ).unblocked(channels: k)
    let expected = data.finished(
      data.modulated.convolved(with: data.weight, padding: kernel / 2))
    compare(found, expected, data.leaves, "\(c) to \(k) at \(height)x\(width)")
  }

  @Test(
    "3x3 with enlargement",
    arguments: [(3, 16, 16, 4, 4), (2, 5, 20, 8, 8), (1, 33, 7, 12, 20), (2, 16, 16, 32, 32)])
  func upsampling(_ batch: Int, _ c: Int, _ k: Int, _ height: Int, _ width: Int) {
    let data = Case(batch, c, k, height: height, width: width, kernel: 3)
    let taps: [Float] = [0.2, 0.75, 0.6, 0.25]
    let found = data.input.blocked().upsamplingConvolved(
      withLearned: data.weight, blurTaps: taps, inputScale: data.style,
      outputScale: data.demodulation, epilogue: data.epilogue
    ).unblocked(channels: k)
    let blur = FIRResampling(
      filter: taps.flatMap { a in taps.map { a * $0 } }, filterHeight: 4, filterWidth: 4,
      padding: (1, 1, 1, 1))
    let expected = data.finished(
      data.modulated.transposeConvolved(with: data.weight.permuted([1, 0, 2, 3]), stride: 2)
        .resampled(by: blur))
    compare(found, expected, data.leaves, "\(c) to \(k) from \(height)x\(width)")
  }

  @Test(
    "projections to planes", arguments: [(2, 16, 3, 8, 8), (3, 21, 2, 5, 9), (1, 40, 4, 64, 80)])
  func projection(_ batch: Int, _ c: Int, _ k: Int, _ height: Int, _ width: Int) {
    let data = Case(batch, c, k, height: height, width: width, kernel: 1)
    let found = data.input.blocked().projectedToPlanes(
      withLearned: data.weight, inputScale: data.style, bias: data.bias)
    let expected =
      data.modulated.convolved(with: data.weight) + data.bias.reshaped([1, k, 1, 1])
    compare(
      found, expected, [data.input, data.weight, data.style, data.bias],
      "\(c) to \(k) at \(height)x\(width)")
  }

  @Test("sums do not depend on the number of threads")
  func threads() {
    let data = Case(3, 32, 48, height: 24, width: 24, kernel: 3)
    func slope(_ threads: Int) -> [UInt32]? {
      withSettings(threads: threads) {
        let y = data.input.blocked().convolved(
          withLearned: data.weight, inputScale: data.style, outputScale: data.demodulation,
          epilogue: data.epilogue)
        return gradients(
          of: y, withRespectTo: [data.weight], seed: randomTensor(y.shape, seed: 3))[0]
          .values.map(\.bitPattern)
      }
    }
    #expect(slope(1) == slope(3))
  }
}
