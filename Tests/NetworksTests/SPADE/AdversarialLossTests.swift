import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Adversarial losses")
struct AdversarialLossTests {
  /// Expected losses of both scales.
  struct Expected: Sendable {
    var loss: AdversarialLoss
    var real: [Double]
    var made: [Double]
    var generator: [Double]
  }

  private static let hinge = Expected(
    loss: .hinge, real: [0.75, 4], made: [1.75, 0], generator: [-0.75, 3])
  private static let leastSquares = Expected(
    loss: .leastSquares, real: [1.625, 16], made: [2.125, 9], generator: [1.625, 16])
  private static let wasserstein = Expected(
    loss: .wasserstein, real: [-0.75, 3], made: [0.75, -3], generator: [-0.75, 3])
  /// log(1 + e^-2), log(1 + e^0.5) and so on.
  private static let original = Expected(
    loss: .original, real: [0.550_502_5, 3.048_587], made: [1.300_502_5, 0.048_587],
    generator: [0.550_502_5, 3.048_587])

  /// Two scales; the judgements are the last results.
  private func output() -> PatchDiscriminator.Output {
    let first = Tensor([2, -0.5], shape: [1, 1, 1, 2])
    let second = Tensor([-3], shape: [1, 1, 1, 1])
    return [[Tensor([9, 9]), first], [Tensor([7]), second]]
  }

  @Test(
    "equal their formulas, averaged over scales",
    arguments: [Self.hinge, Self.leastSquares, Self.wasserstein, Self.original])
  func formulas(expected: Expected) {
    func expect(_ value: Tensor, _ scales: [Double]) {
      let mean = (scales[0] + scales[1]) / 2
      #expect(abs(Double(value.item) - mean) < 1e-5)
    }
    expect(expected.loss.discriminator(output(), isReal: true), expected.real)
    expect(expected.loss.discriminator(output(), isReal: false), expected.made)
    expect(expected.loss.generator(output()), expected.generator)
  }

  @Test("the distance of features leaves judgements out; the real side has no gradient")
  func features() {
    let mine = Tensor([1, 2], shape: [1, 2, 1, 1], requiresGradient: true)
    let real = Tensor([4, 1], shape: [1, 2, 1, 1], requiresGradient: true)
    let distance = PatchDiscriminator.featureDistance(
      [[mine, Tensor([100])], [mine * 3, Tensor([100])]],
      [[real, Tensor([0])], [real * 3, Tensor([0])]])
    // Means of 3 and 1, and of 9 and 3.
    #expect(abs(distance.item - 4) < 1e-6)
    let slopes = gradients(of: distance, withRespectTo: [mine, real])
    #expect(slopes[0].values == [-1, 1])
    #expect(slopes[1].values == [0, 0])
  }

  @Test("the divergence of a style is that of its normal distribution")
  func divergence() {
    let style = StyleDistribution(
      mean: Tensor([1, -2], shape: [1, 2]), logVariance: Tensor([0, 1], shape: [1, 2]))
    // 1/2 of (1 + 1 - 1 - 0) and of (4 + e - 1 - 1).
    let expected: Float = 0.5 + 2.359_141
    #expect(abs(style.divergence.item - expected) < 1e-5)
    let sample = style.sample(noise: Tensor([2, 1], shape: [1, 2])).values
    let second: Float = -2 + 1.648_721
    #expect(abs(sample[0] - 3) < 1e-5)
    #expect(abs(sample[1] - second) < 1e-5)
  }
}
