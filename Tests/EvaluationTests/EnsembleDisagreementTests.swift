import TensorCore
import Testing

@testable import Evaluation

@Suite("Disagreement of an ensemble")
struct EnsembleDisagreementTests {
  /// Two classes, three pixels: agreement, half-hearted and full contradiction.
  @Test func isTheJensenShannonDivergence() {
    let first = Tensor([2, 1, 50, 0, 0, -50], shape: [2, 3])
    let second = Tensor([2, 0, -50, 0, 1, 50], shape: [2, 3])
    let divergence = EnsembleDisagreement.divergence([first, second])
    #expect(divergence[0] < 1e-6)
    // p = sigmoid(1) = 0.731 and 1 - p: ln 2 less the entropy of p.
    let entropy = 0.582_203_108_888_218
    #expect(abs(Double(divergence[1]) - (0.693_147_180_559_945 - entropy)) < 1e-6)
    #expect(abs(Double(divergence[2]) - 0.693_147_180_559_945) < 1e-6)
  }

  @Test func theScoreIsThatOfTheHighestTenth() {
    let divergence = (0..<100).map { Float($0 < 90 ? 0 : $0 - 90) }
    #expect(abs(EnsembleDisagreement.score(divergence) - 4.5) < 1e-9)
    #expect(EnsembleDisagreement.score([0.25]) == 0.25)
  }
}
