import Networks
import TensorCore
import TestSupport
import Testing

/// A U-Net of PyTorch, computed in float64 with its normalisations, whose weights are stored with the
/// normalisations folded in (`examples/layouts/train_segmenter.py`).
@Suite("The U-Net of the segmenter")
struct UNetTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture(path: fixturesFolder(of: #filePath) + "/unet/io.safetensors")
  }

  private func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for name in fixture.names where name.hasPrefix("unet.") {
      weights[name] = try fixture.tensor(name)
    }
    return weights
  }

  @Test("scores and features")
  func output() throws {
    let network = try UNet(WeightTable(try weights()))
    #expect(network.classCount == 5 && network.featureCount == 7 && network.multiple == 4)
    let output = network(try fixture.tensor("pictures"))
    expectClose(output.scores, try fixture.tensor("scores"), relativeToMax: 1e-5, "scores")
    expectClose(output.features, try fixture.tensor("features"), relativeToMax: 1e-5, "features")
  }

  @Test("a missing and a surplus tensor are named")
  func otherTensors() throws {
    var fewer = try weights()
    fewer["unet.up1.bias"] = nil
    #expect(
      throws: ModelError.missingTensor(path: "memory", name: "unet.up1.bias", expected: [4])
    ) { try UNet(WeightTable(fewer)) }
    var more = try weights()
    more["unet.up2.bias"] = Tensor.ones([4])
    #expect(throws: ModelError.surplusTensors(path: "memory", names: ["unet.up2.bias"])) {
      try UNet(WeightTable(more))
    }
  }
}
