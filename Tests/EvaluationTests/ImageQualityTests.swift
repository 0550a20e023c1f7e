import Evaluation
import TensorCore
import TestSupport
import Testing

@Suite("Quality of pictures")
struct ImageQualityTests {
  /// Computed in float64 by PyTorch from the definitions of the generators' trainer.
  @Test func agreesWithTheTrainer() throws {
    let fixture = try Fixture(path: fixturesFolder(of: #filePath) + "/image_quality.safetensors")
    let (first, second) = (try fixture.tensor("first"), try fixture.tensor("second"))
    let similarity = try ImageQuality.structuralSimilarity(first, second)
    for (value, expected) in zip(similarity, try fixture.tensor("ssim").values) {
      #expect(abs(value - Double(expected)) < 1e-7)
    }
    let ratio = ImageQuality.peakSignalToNoiseRatio(first, second)
    for (value, expected) in zip(ratio, try fixture.tensor("psnr").values) {
      #expect(abs(value - Double(expected)) < 4e-6)
    }
  }

  @Test func peakSignalToNoiseRatioOfAKnownError() {
    let first = Tensor.zeros([1, 3, 4, 4])
    #expect(
      abs(ImageQuality.peakSignalToNoiseRatio(first, first + 0.2)[0] - 20) < 1e-5)
    #expect(ImageQuality.peakSignalToNoiseRatio(first, first) == [.infinity])
  }

  @Test func structuralSimilarityOfAPictureWithItselfIsOne() throws {
    let picture = randomTensor([2, 3, 12, 11], seed: 1).clamped(to: -1...1)
    for value in try ImageQuality.structuralSimilarity(picture, picture) {
      #expect(abs(value - 1) < 1e-12)
    }
    let mirrored = try ImageQuality.structuralSimilarity(picture, -picture)
    #expect(mirrored.allSatisfy { $0 < 0 })
  }

  @Test func structuralSimilarityNeedsElevenPixels() {
    let small = Tensor.zeros([1, 3, 20, 10])
    let error = #expect(throws: EvaluationError.self) {
      try ImageQuality.structuralSimilarity(small, small)
    }
    #expect(
      error?.description
        == "structural similarity needs pictures of at least 11x11 pixels, got 10x20; "
        + "use larger pictures or leave this measure out")
  }

  @Test func changeIsAPartOfTheFullRange() {
    let black = Tensor(repeating: -1, shape: [2, 3, 2, 2])
    let changed = Tensor.concatenated(
      [black.slice(0..<1, axis: 0), -black.slice(1..<2, axis: 0)], axis: 0)
    #expect(ImageQuality.meanAbsoluteChange(black, changed) == [0, 1])
    #expect(abs(ImageQuality.meanAbsoluteChange(black, black + 2 * 3 / 255)[0] * 255 - 3) < 1e-5)
  }

  @Test func changeOutsideIgnoresTheRegion() {
    let first = Tensor.zeros([1, 1, 2, 2])
    let second = Tensor([1, 0.5, 0, 0.1], shape: [1, 1, 2, 2])
    let region = [true, false, false, false]
    #expect(
      abs(ImageQuality.meanAbsoluteChange(first, second, outside: region)[0] - 0.1) < 1e-7)
    let everything = [Bool](repeating: true, count: 4)
    #expect(ImageQuality.meanAbsoluteChange(first, second, outside: everything) == [0])
  }
}
