import Networks
import TensorCore
import TestSupport
import Testing

/// Numbers of EditGAN's pixel classifier (`weights_*.safetensors` hold the tensors of its `.pth`
/// files under their own names).
@Suite("Pixel classifier of the reference")
struct PixelClassifierParityTests {
  @Test(arguments: [(6, 128, 32), (40, 256, 128)])
  func scoresLossAndGradient(classes: Int, hidden: Int, narrow: Int) throws {
    let folder = fixturesFolder(of: #filePath) + "/editgan_classifier"
    let numbers = try Fixture(path: "\(folder)/io_\(classes)class.safetensors")
    let file = try Fixture(path: "\(folder)/weights_\(classes)class.safetensors").file
    let classifier = try PixelClassifier(editGAN: WeightTable(file))
    #expect(classifier.classCount == classes && classifier.featureCount == 24)
    #expect(classifier.first.weight.shape[0] == hidden)
    #expect(classifier.second.weight.shape[0] == narrow)

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
