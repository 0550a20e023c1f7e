import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Perceptual distances that need no download")
struct PerceptualDistanceTests {
  private static func encoder() -> EncoderFeatureDistance {
    var random = RandomSource(seed: 5)
    var channels = 3
    return EncoderFeatureDistance(
      convolutions: [8, 20, 16].map { outputs in
        defer { channels = outputs }
        return (random.normal([outputs, channels, 3, 3]) * 0.3, random.normal([outputs]) * 0.1)
      })
  }

  private static var all: [any PerceptualDistance] {
    [encoder(), PyramidDistance(), PyramidDistance(levels: 2, edgeWeight: 0.5)]
  }

  private func picture(_ count: Int, seed: UInt64, side: Int = 16) -> Tensor {
    randomTensor([count, 3, side, side], seed: seed).hyperbolicTangent()
  }

  @Test(arguments: 0..<3)
  func isZeroForTheTargetAndPositiveElsewhere(index: Int) {
    let distance = Self.all[index]
    let target = picture(2, seed: 1)
    let prepared = distance.target(target)
    let same = distance.distance(target, to: prepared)
    #expect(same.shape == [2])
    #expect(same.values.allSatisfy { $0 >= 0 && $0 < 1e-9 })
    let slight = distance.distance(target + 0.1 * picture(2, seed: 2), to: prepared)
    let strong = distance.distance(target + picture(2, seed: 2), to: prepared)
    #expect(slight.values.allSatisfy { $0 > 0 })
    #expect(zip(slight.values, strong.values).allSatisfy { $0 < $1 })
  }

  @Test(arguments: 0..<3)
  func oneTargetServesManyPictures(index: Int) {
    let distance = Self.all[index]
    let prepared = distance.target(picture(1, seed: 1))
    let pictures = picture(3, seed: 2)
    let together = distance.distance(pictures, to: prepared).values
    for image in 0..<3 {
      let alone = distance.distance(pictures.slice(image..<image + 1, axis: 0), to: prepared)
      #expect(abs(alone.values[0] - together[image]) <= 1e-5 * together[image])
    }
  }

  @Test(arguments: 0..<3)
  func maskedPixelsDoNotMatter(index: Int) {
    let distance = Self.all[index]
    let mask = Tensor(
      (0..<256).map { $0 % 16 < 8 ? 1 : 0 }, shape: [1, 1, 16, 16])
    let prepared = distance.target(picture(1, seed: 1), mask: mask)
    let first = picture(1, seed: 2)
    let second = first * mask + picture(1, seed: 3) * (1 - mask)
    #expect(
      distance.distance(first, to: prepared).values
        == distance.distance(second, to: prepared).values)
    let leaf = first.copied(requiresGradient: true)
    let gradient = gradients(
      of: distance.distance(leaf, to: prepared).sum(), withRespectTo: [leaf])[0]
    #expect((gradient * (1 - mask)).values.allSatisfy { $0 == 0 })
    #expect((gradient * mask).absolute().sum().item > 0)
  }

  @Test func gradientOfEncoderFeatures() {
    let distance = Self.encoder()
    let prepared = distance.target(picture(1, seed: 1, side: 6))
    expectGradients(
      of: { distance.distance($0[0], to: prepared).sum() }, at: [picture(2, seed: 2, side: 6)],
      step: 2e-3, tolerance: 2e-2)
  }

  /// With values in steps of 1/4 no band is close to, but not at, the kink of its absolute value;
  /// nor are edge energies close to those of a flat target.
  @Test(arguments: [false, true])
  func gradientOfThePyramid(withEdges: Bool) {
    func steps(seed: UInt64) -> Tensor {
      var random = RandomSource(seed: seed)
      return Tensor((0..<768).map { _ in Float(random.next() % 9) / 4 - 1 }, shape: [1, 3, 16, 16])
    }
    let distance = PyramidDistance(levels: 2, edgeWeight: withEdges ? 0.7 : 0)
    let prepared = distance.target(withEdges ? .zeros([1, 3, 16, 16]) : steps(seed: 1))
    let directions = randomTensor([6, 768], seed: 3)
    expectGradients(
      of: { amounts in
        let shift = amounts[0].matrixProduct(directions).reshaped([1, 3, 16, 16])
        return distance.distance(steps(seed: 2) + shift, to: prepared).sum()
      }, at: [.zeros([1, 6])], step: 5e-4, tolerance: 5e-3)
  }

  @Test func layersOfTheEncoderCanBeWeighed() {
    let convolutions = [
      (weight: randomTensor([4, 3, 3, 3], seed: 1), bias: randomTensor([4], seed: 2))
    ]
    let target = picture(1, seed: 1)
    let other = picture(1, seed: 2)
    func value(_ weights: [Float]) -> Float {
      let distance = EncoderFeatureDistance(convolutions: convolutions, layerWeights: weights)
      return distance.distance(other, to: distance.target(target)).item
    }
    #expect(abs(value([3]) - 3 * value([1])) < 1e-5 * value([3]))
  }

  /// A flat difference d has bands of zero: |d| for the pixels, half of it for the coarsest level.
  @Test func pyramidOfAFlatDifference() {
    let distance = PyramidDistance(levels: 3)
    let target = picture(1, seed: 1)
    #expect(abs(distance.distance(target + 0.25, to: distance.target(target)).item - 0.375) < 1e-5)
  }

  /// Sizes that cannot be halved evenly, and pictures of a single pixel.
  @Test(arguments: [[1, 1], [2, 3], [7, 13], [96, 128]])
  func anySizeCanBeCompared(size: [Int]) {
    for distance in Self.all {
      let target = randomTensor([1, 3, size[0], size[1]], seed: 1)
      let value = distance.distance(-target, to: distance.target(target)).item
      #expect(value.isFinite && value > 0)
    }
  }
}
