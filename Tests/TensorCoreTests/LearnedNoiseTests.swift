import TensorCore
import TestSupport
import Testing

/// The strength of the noise behind a convolution in the blocked layout learns.
@Suite("Learned strength of noise")
struct LearnedNoiseTests {
  private let taps: [Float] = [0.25, 0.75, 0.75, 0.25]

  @Test("its gradient is that of the plain operations", arguments: [false, true])
  func gradient(isUpsampling: Bool) {
    let side = isUpsampling ? 16 : 8
    let input = randomTensor([2, 5, 8, 8], seed: 1)
    let weight = randomTensor([20, 5, 3, 3], seed: 2)
    let demodulation = randomTensor([2, 20], seed: 3).squared() + 0.5
    let bias = randomTensor([20], seed: 4)
    let noise = randomTensor([2, 1, side, side], seed: 5)
    let strength = Tensor([0.3], shape: [], requiresGradient: true)
    let learned = weight.copied(requiresGradient: true)
    let epilogue = ConvolutionEpilogue(
      bias: bias, noise: noise, noiseStrength: 0.3, slope: 0.2, gain: 1.5)
    let blocked: Tensor
    let raw: Tensor
    if isUpsampling {
      let blur = FIRResampling(
        filter: taps.flatMap { a in taps.map { a * $0 } }, filterHeight: 4, filterWidth: 4,
        padding: (1, 1, 1, 1))
      raw = input.transposeConvolved(with: weight.permuted([1, 0, 2, 3]), stride: 2)
        .resampled(by: blur)
      blocked = input.blocked().upsamplingConvolved(
        withLearned: learned, blurTaps: taps, outputScale: demodulation, epilogue: epilogue,
        noiseStrength: strength)
    } else {
      raw = input.convolved(with: weight, padding: 1)
      blocked = input.blocked().convolved(
        withLearned: learned, outputScale: demodulation, epilogue: epilogue,
        noiseStrength: strength)
    }
    let found = blocked.unblocked(channels: 20)
    let scaled = raw * demodulation.reshaped([2, 20, 1, 1])
    let sum = scaled + noise * strength + bias.reshaped([1, 20, 1, 1])
    let expected = sum.leakyReLU(slope: 0.2, gain: 1.5)
    expectClose(found, expected, relativeToMax: 2e-5)
    let seed = randomTensor(expected.shape, seed: 9)
    let own = gradients(of: found, withRespectTo: [strength], seed: seed)[0].item
    let other = gradients(of: expected, withRespectTo: [strength], seed: seed)[0].item
    #expect(abs(own - other) < 1e-4 * abs(other), "\(own), \(other)")
  }
}
