import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Adversarial losses")
struct AdversarialLossTests {
  /// Two scales; the judgements are the last results.
  private let output: PatchDiscriminator.Output = [
    [Tensor([9, 9], shape: [1, 2, 1, 1]), Tensor([2, -0.5], shape: [1, 1, 1, 2])],
    [Tensor([7], shape: [1, 1, 1, 1]), Tensor([-3], shape: [1, 1, 1, 1])],
  ]

  @Test(
    "equal their formulas, averaged over scales",
    arguments: [
      (AdversarialLoss.hinge, [(0 + 1.5) / 2.0, 4.0], [(3 + 0.5) / 2.0, 0.0], [-0.75, 3.0]),
      (.leastSquares, [(1 + 2.25) / 2, 16], [(4 + 0.25) / 2, 9], [(1 + 2.25) / 2, 16]),
      (.wasserstein, [-0.75, 3], [0.75, -3], [-0.75, 3]),
      (
        .original, [(0.126_928 + 0.974_077) / 2, 3.048_587],
        [(2.126_928 + 0.474_077) / 2, 0.048_587], [(0.126_928 + 0.974_077) / 2, 3.048_587]
      ),
    ])
  func formulas(loss: AdversarialLoss, real: [Double], made: [Double], generator: [Double]) {
    func expect(_ value: Tensor, _ scales: [Double]) {
      #expect(abs(Double(value.item) - (scales[0] + scales[1]) / 2) < 1e-5)
    }
    expect(loss.discriminator(output, isReal: true), real)
    expect(loss.discriminator(output, isReal: false), made)
    expect(loss.generator(output), generator)
  }

  @Test("the distance of features leaves judgements out; the real side has no gradient")
  func features() {
    let mine = Tensor([1, 2], shape: [1, 2, 1, 1], requiresGradient: true)
    let real = Tensor([4, 1], shape: [1, 2, 1, 1], requiresGradient: true)
    let distance = PatchDiscriminator.featureDistance(
      [[mine, Tensor([100])], [mine * 3, Tensor([100])]],
      [[real, Tensor([0])], [real * 3, Tensor([0])]])
    #expect(abs(distance.item - (2 + 6) / 2) < 1e-6)
    let slopes = gradients(of: distance, withRespectTo: [mine, real])
    #expect(slopes[0].values == [-1, 1] && slopes[1].values == [0, 0])
  }

  @Test("the divergence of a style is that of its normal distribution")
  func divergence() {
    let style = StyleDistribution(
      mean: Tensor([1, -2], shape: [1, 2]), logVariance: Tensor([0, 1], shape: [1, 2]))
    #expect(abs(style.divergence.item - (0.5 + 2 + 0.5 * 0.718_282)) < 1e-5)
    #expect(
      abs(style.sample(noise: Tensor([2, 1], shape: [1, 2])).values[1] - (-2 + 1.648_721)) < 1e-5)
  }
}
