import Checkpoints
import Foundation

// Files of other programs for the tests of imports.

extension Workspace {
  /// A checkpoint among the fixtures of the readers' tests.
  static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("CheckpointsTests/Fixtures/\(name)").path
  }

  /// A classifier of EditGAN for the generator of the fixtures, which has 192 features and 32 of its
  /// constant, under the published names.
  func writeClassifier(to name: String) throws {
    var tensors: [String: CheckpointTensor] = [:]
    func add(_ name: String, _ shape: [Int], around center: Float = 0) {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { center + Float(($0 * 2654435761) % 1009) / 1009 - 0.5 }
      tensors["model_state_dict.module.layers.\(name)"] = CheckpointTensor(
        floats: values, shape: shape)
    }
    for (layer, inputs, outputs) in [(0, 224, 128), (3, 128, 32), (6, 32, 6)] {
      add("\(layer).weight", [outputs, inputs])
      add("\(layer).bias", [outputs])
    }
    for (layer, count) in [(2, 128), (5, 32)] {
      add("\(layer).weight", [count], around: 1)
      add("\(layer).bias", [count])
      add("\(layer).running_mean", [count], around: 1)
      add("\(layer).running_var", [count], around: 2)
    }
    try SafetensorsWriter.write(tensors, to: path(name))
  }

  func writeClasses() throws {
    let names = ["road", "body", "wheel", "window", "light", "plate"]
    let list = names.enumerated()
      .map { #"{"name": "\#($1)", "color": [\#($0 * 40), 10, 20]}"# }.joined(separator: ",")
    try write(Array("[\(list)]".utf8), to: "parts.json")
  }
}
