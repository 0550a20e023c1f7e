import Checkpoints
import Foundation
import Networks
import Pictures
import TensorCore
import Testing

/// `semblance evaluate synthesis`, through the built program, with a model and a segmenter of two
/// classes.
struct EvaluateSynthesisTests {
  private let work: Workspace
  private static let classes =
    #"[{"name":"red","color":[255,0,0]},{"name":"green","color":[0,255,0]}]"#

  init() throws {
    work = try Workspace()
    let palette = try Palette([
      .init(name: "red", color: RGBColor(255, 0, 0)),
      .init(name: "green", color: RGBColor(0, 255, 0)),
    ])
    try FileManager.default.createDirectory(
      at: work.url("pairs"), withIntermediateDirectories: true)
    for index in 0..<4 {
      let labels = (0..<1024).map { UInt8($0 % 32 > 6 + 5 * index ? 1 : 0) }
      let map = LabelMap(width: 32, height: 32, labels: labels)
      try map.write(to: work.path("pairs/\(index).png"), palette: palette)
      try map.colored(with: palette).write(to: work.path("pairs/\(index).jpg"))
    }
    try writeModel()
    try writeSegmenter("s.safetensors", classes: Self.classes)
  }

  /// A model of 32 pixels with random weights.
  private func writeModel() throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 2, filters: 2, hiddenChannels: 4, cropSize: 32,
      normalization: .init(isSpectral: false))
    let description = SPADEDescription(
      generator: .spade(configuration), encoder: nil, layout: LayoutChannels(classes: 2))
    try SafetensorsWriter.write(
      configuration.generatorWeights.randomWeights(seed: 1, prefix: "generator.", gain: 1)
        .mapValues { CheckpointTensor($0) },
      metadata: ["config": description.configText, "classes": Self.classes], precision: .float32,
      to: work.path("m.safetensors"))
  }

  /// A segmenter that takes what is more red than green for the first class.
  private func writeSegmenter(_ name: String, classes: String) throws {
    let first = Tensor.zeros([2, 3, 3, 3])
    for channel in 0..<2 { first.pointer[channel * 27 + channel * 9 + 4] = 1 }
    let head = Tensor.zeros([2, 2, 1, 1])
    for channel in 0..<2 { head.pointer[channel * 3] = 1 }
    let tensors = [
      "unet.down0.0.weight": first, "unet.down0.0.bias": Tensor.ones([2]),
      "unet.head.weight": head, "unet.head.bias": Tensor.zeros([2]),
    ]
    try SafetensorsWriter.write(
      tensors.mapValues { CheckpointTensor($0) },
      metadata: ["classes": classes, "picture_width": "32"], precision: .float32,
      to: work.path(name))
  }

  @Test func photosAreReadRightlyAndDrawnPicturesAreCompared() throws {
    let run = try work.semblance(
      "evaluate", "synthesis", "pairs", "--model", "./m.safetensors", "--segmenter",
      "s.safetensors", "--markdown", "t.md")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("./m.safetensors: 4 pictures, pixel accuracy 0."))
    #expect(run.output.contains("; photos at 32x32: 1.000, 1.000\n"))
    #expect(run.output.hasSuffix("Fréchet distance: means of the segmenter's 2 lowest features\n"))
    let lines = String(decoding: try work.bytes("t.md"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[3] == "| photos | 32x32 |  | 1.000 | 1.000 |  |")
  }

  @Test func scoresDoNotDependOnTheOrderOfModels() throws {
    func rows(_ limit: String) throws -> [[String: Any]] {
      let run = try work.semblance(
        "evaluate", "synthesis", "pairs", "--model", "./m.safetensors", "--model",
        "./m.safetensors", "--segmenter", "s.safetensors", "--limit", limit, "--json")
      try #require(run.exitCode == 0, "\(run.errors)")
      let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
      return (object as? [String: Any])?["rows"] as? [[String: Any]] ?? []
    }
    let both = try rows("3")
    #expect(both.count == 2 && both[0] as NSDictionary == both[1] as NSDictionary)
    let drawn = both.first?["drawn"] as? [String: Any]
    #expect(drawn?["count"] as? Int == 3)
  }

  @Test func aSegmenterOfOtherClassesIsRefused() throws {
    try writeSegmenter(
      "other.safetensors",
      classes: #"[{"name":"a","color":[1,0,0]},{"name":"b","color":[0,1,0]}]"#)
    let run = try work.semblance(
      "evaluate", "synthesis", "pairs", "--model", "./m.safetensors", "--segmenter",
      "other.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "semblance: other.safetensors reads 2 classes, ./m.safetensors draws 2, and they are not "
        + "the same; use a segmenter that was trained on the model's classes\n")
  }

  @Test func aFileThatIsNoSegmenterIsRefused() throws {
    let run = try work.semblance(
      "evaluate", "synthesis", "pairs", "--model", "./m.safetensors", "--segmenter",
      "m.safetensors")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("unet.down0.0.weight"))
  }
}
