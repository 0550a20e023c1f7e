import Editing
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Reconstruction loss of large pictures")
struct ReconstructionLossTests {
  private let target = randomTensor([1, 3, 16, 16], seed: 1).hyperbolicTangent()
  private let picture = randomTensor([1, 3, 16, 16], seed: 2).hyperbolicTangent()
  private let perceptualOnly = ReconstructionLoss.Weights(
    absolute: 0, squared: 0, pyramid: 0, perceptual: 1)

  @Test func perceptualDistanceSeesReducedPictures() {
    let distance = PyramidDistance(levels: 1)
    func half(_ picture: Tensor) -> Tensor { picture.resizedArea(height: 8, width: 8) }
    let expected = distance.distance(half(picture), to: distance.target(half(target))).item
    let loss = ReconstructionLoss(
      target: target, weights: perceptualOnly, perceptual: distance, perceptualSide: 8)
    #expect(abs(loss(picture).item - expected) <= 1e-6 * expected)
    let whole = ReconstructionLoss(target: target, weights: perceptualOnly, perceptual: distance)
    #expect(
      whole(picture).item
        == distance.distance(picture, to: distance.target(target)).sum().item)
  }

  @Test func maskedPixelsOfReducedPicturesDoNotMatter() {
    // The mask's edge lies inside of the cells that are averaged.
    let mask = Tensor((0..<256).map { $0 % 16 < 7 ? 1 : 0 }, shape: [1, 1, 16, 16])
    let loss = ReconstructionLoss(
      target: target, mask: mask, weights: perceptualOnly, perceptual: PyramidDistance(levels: 1),
      perceptualSide: 8)
    let leaf = picture.copied(requiresGradient: true)
    let gradient = gradients(of: loss(leaf), withRespectTo: [leaf])[0]
    #expect((gradient * (1 - mask)).values.allSatisfy { $0 == 0 })
    #expect((gradient * mask).absolute().sum().item > 0)
    #expect(loss(picture * mask + target * (1 - mask)).item == loss(picture * mask).item)
  }
}
