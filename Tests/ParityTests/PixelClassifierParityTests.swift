import Checkpoints
import Networks
import TensorCore
import TestSupport
import Testing

/// Numbers of EditGAN's pixel classifier, read from its own files.
@Suite("Pixel classifier of the reference")
struct PixelClassifierParityTests {
  @Test(arguments: ["6class_legacy", "6class_zip", "40class_legacy"])
  func scoresLossAndGradient(name: String) throws {
    let folder = fixturesFolder(of: #filePath) + "/editgan_classifier"
    let classes = name.hasPrefix("6") ? 6 : 40
    let numbers = try Fixture(path: "\(folder)/io_\(classes)class.safetensors")
    let file = try Checkpoint(contentsOf: "\(folder)/car_model_\(name).pth")
    let classifier = try PixelClassifier(editGAN: WeightTable(file.tensors, path: file.path))
    #expect(classifier.classCount == classes && classifier.featureCount == 24)
    #expect(classifier.first.weight.shape[0] == (classes < 32 ? 128 : 256))
    #expect(classifier.second.weight.shape[0] == (classes < 32 ? 32 : 128))

    let features = try numbers.tensor("x", requiresGradient: true)
    let scores = classifier(features.transposed())
    expectClose(
      scores.transposed(), try numbers.tensor("logits"), relativeToMax: 1e-5, "\(classes) logits")
    let targets = try numbers.tensor("target").values.map { Int32($0) }
    let loss = scores.crossEntropy(
      targets: targets, weights: [Float](repeating: 1 / 50, count: 50))
    expectClose(
      loss.reshaped([1]), try numbers.tensor("ce"), relativeToMax: 1e-5, "\(classes) loss")
    expectClose(
      gradients(of: loss, withRespectTo: [features])[0], try numbers.tensor("grad_ce.x"),
      relativeToMax: 5e-5, allowingKinks: true, "\(classes) gradient")
  }
}
