import Checkpoints
import Networks
import TensorCore
import TestSupport
import Testing

/// Model files beside the repository, where there are any.
private let modelFolder = sharedFolder(of: #filePath) + "/models"
private let models = ["faces", "cars"].filter {
  (try? SafetensorsFile(contentsOf: "\(modelFolder)/\($0).safetensors")) != nil
}

@Suite("Demo models")
struct DemoModelTests {
  @Test(
    "load as they are",
    .enabled(if: !models.isEmpty, "no model files beside the repository"), arguments: models)
  func load(name: String) throws {
    let file = try SafetensorsFile(contentsOf: "\(modelFolder)/\(name).safetensors")
    let weights = WeightTable(file)
    let generator = try Generator(weights, metadata: file.metadata)
    #expect(generator.synthesis.resolution == 128)
    #expect(generator.synthesis.rowCount == 12)
    #expect(
      weights.remaining().allSatisfy {
        $0.hasPrefix("segmentation.") || $0.hasPrefix("encoder.")
      })
    let picture = generator(
      randomTensor([1, generator.mapping.inputSize], seed: 1), truncationPsi: 0.7)
    #expect(picture.shape == [1, 3, 128, 128])
    #expect(picture.isFinite)
    #expect(picture.values.allSatisfy { abs($0) < 3 })
  }
}
