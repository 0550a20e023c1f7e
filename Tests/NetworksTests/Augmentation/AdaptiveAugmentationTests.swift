import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Adaptive augmentation")
struct AdaptiveAugmentationTests {
  private static func everything(_ probability: Double) -> AdaptiveAugmentation {
    var result = AdaptiveAugmentation.bgc(probability: probability)
    (result.filterBands, result.noise, result.cutout) = (1, 1, 1)
    return result
  }

  @Test("probability 0 leaves the pictures as they are, whatever is switched on")
  func nothing() {
    let pictures = randomTensor([3, 3, 24, 16], seed: 1)
    var random = RandomSource(seed: 2)
    let result = Self.everything(0)(pictures, random: &random)
    #expect(result.values == pictures.values)
  }

  @Test("the same seed gives the same pictures, and goes on in the sequence")
  func seeds() {
    let pictures = randomTensor([2, 3, 24, 24], seed: 3)
    var first = RandomSource(seed: 4)
    var second = RandomSource(seed: 4)
    let a = Self.everything(0.8)(pictures, random: &first)
    let b = Self.everything(0.8)(pictures, random: &second)
    #expect(a.values == b.values)
    #expect(Self.everything(0.8)(pictures, random: &first).values != a.values)
  }

  @Test("a luma flip at probability 1 inverts about every other grey picture")
  func lumaFlips() {
    var augmentation = AdaptiveAugmentation(probability: 1)
    augmentation.lumaFlip = 1
    let grey = Tensor([Float](repeating: 0.25, count: 64 * 3 * 4), shape: [64, 3, 2, 2])
    var random = RandomSource(seed: 5)
    let values = augmentation(grey, random: &random).values
    let flipped = stride(from: 0, to: values.count, by: 12).filter { abs(values[$0] + 0.25) < 1e-6 }
    let kept = stride(from: 0, to: values.count, by: 12).filter { abs(values[$0] - 0.25) < 1e-6 }
    #expect(flipped.count + kept.count == 64)
    #expect((20...44).contains(flipped.count))
  }

  @Test("gradients, also of second order")
  func gradients() {
    let pictures = randomTensor([2, 3, 16, 16], seed: 6)
    var augmentation = Self.everything(1)
    augmentation.noise = 0
    finiteDifferenceCheck(
      of: { augmentation($0[0], percentile: 0.3) }, at: [pictures], step: 0.1, sampling: 48)
    secondOrderDifferenceCheck(
      of: { augmentation($0[0], percentile: 0.65).squared().sum() }, at: [pictures], step: 0.1,
      sampling: 8)
  }

  @Test("an affine map that shifts by half a pixel takes means, zeros lie outside")
  func sampling() {
    let row = Tensor([1, 3, 5], shape: [1, 1, 1, 3])
    let shifted = row.sampled(by: [AffineMap([1, 0, 0.5, 0, 1, 0])], height: 1, width: 3)
    #expect(shifted.values == [2, 4, 2.5])
    let far = row.sampled(by: [AffineMap([1, 0, .infinity, 0, 1, 0])], height: 1, width: 2)
    #expect(far.values == [0, 0])
  }
}
