import Checkpoints
import Editing
import Foundation
import Networks
import Pictures
import TensorCore
import Testing

/// From a bare generator to a model with classes and an encoder, through the built program.
struct TrainingCommandsTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    var weights = StyleGAN2Architecture(
      resolution: 16, channelBase: 128, channelMaximum: 16, inputSize: 8, latentSize: 8,
      mappingLayers: 2
    ).generatorWeights(seed: 5)
    for name in weights.keys where name.hasSuffix("noise_strength") { weights[name] = Tensor(0.05) }
    try SafetensorsWriter.write(
      weights.mapValues { CheckpointTensor($0) }, to: work.path("bare.safetensors"))
    let classes = #"[{"name":"dark","color":[0,0,0]},{"name":"bright","color":[250,240,0]}]"#
    try work.write(Array(classes.utf8), to: "classes.json")
  }

  private func report(_ run: SemblanceBinary.Run) throws -> [String: Any] {
    #expect(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(object as? [String: Any])
  }

  private var palette: Palette {
    get throws {
      try Palette([
        .init(name: "dark", color: .black), .init(name: "bright", color: RGBColor(250, 240, 0)),
      ])
    }
  }

  /// Paints what is bright in a picture over its mask.
  private func paint(_ seed: Int) throws {
    let picture = try Picture(contentsOf: work.path("todo/seed\(seed).png"))
    let labels = (0..<256).map { pixel -> UInt8 in
      let sum = (0..<3).reduce(0) { $0 + Int(picture.pixels[3 * pixel + $1]) }
      return sum > 384 ? 1 : 0
    }
    try LabelMap(width: 16, height: 16, labels: labels)
      .write(to: work.path("todo/seed\(seed)-mask.png"), palette: palette)
  }

  @Test func picturesToPaintBecomeABranchAndTheBranchSuggestsMore() throws {
    let drawn = try work.semblance(
      "annotate", "--model", "bare.safetensors", "--classes", "classes.json", "--count", "6",
      "-o", "todo/", "--json")
    let results = try #require(try report(drawn)["results"] as? [[String: Any]])
    #expect(results.count == 6 && results[5]["mask"] as? String == "todo/seed5-mask.png")
    let empty = try LabelMap(contentsOf: work.path("todo/seed3-mask.png"), palette: palette)
    #expect(empty == LabelMap(width: 16, height: 16, filledWith: 0))
    #expect(
      String(decoding: try work.bytes("todo/classes.txt"), as: UTF8.self)
        == "0\t#000000\tdark\n1\t#faf000\tbright\n")

    // Masks may be painted already: nothing is written over them.
    let again = try work.semblance(
      "annotate", "--model", "bare.safetensors", "--classes", "classes.json", "-o", "todo/")
    #expect(again.exitCode == 1)
    #expect(
      again.errors
        == "semblance: todo/seed0-mask.png: this mask exists already and may be painted; choose "
        + "another folder or other seeds\n")

    for seed in 0..<5 { try paint(seed) }
    let arguments = [
      "train", "segmenter", "--model", "bare.safetensors", "--classes", "classes.json", "--codes",
      "todo", "--masks", "todo", "--members", "2", "--rounds", "3", "-o", "new.safetensors",
    ]
    let trained = try SemblanceBinary.run(arguments + ["--json"], in: work.folder)
    let training = try report(trained)
    #expect(trained.errors == "warning: 1 mask is not painted yet and left out\n")
    #expect(training["pictures"] as? Int == 5)
    #expect((training["heldOut"] as? [String])?.count == 1)
    let scores = try #require(training["scores"] as? [String: Any])
    #expect(try #require(scores["pixelAccuracy"] as? Double) > 0.6)
    let model = try JointModel(contentsOf: work.path("new.safetensors"))
    #expect(model.branch?.members.count == 2)
    #expect(model.palette == (try palette))

    let more = try work.semblance(
      "annotate", "--model", "new.safetensors", "--suggest", "--count", "2", "--candidates", "5",
      "--seed", "50", "-o", "more/", "--json")
    let suggested = try #require(try report(more)["results"] as? [[String: Any]])
    let order = suggested.compactMap { $0["disagreement"] as? Double }
    #expect(order.count == 2 && order[0] >= order[1] && order[1] >= 0)
  }

  @Test func theSameSeedGivesTheSameFileAndResumingToo() throws {
    func train(_ output: String, _ more: String...) throws -> SemblanceBinary.Run {
      try SemblanceBinary.run(
        [
          "train", "encoder", "--model", "bare.safetensors", "--steps", "6", "--save-every", "2",
          "--hidden", "16", "-o", output,
        ] + more, in: work.folder)
    }
    let whole = try train("whole.safetensors")
    #expect(whole.exitCode == 0, "\(whole.errors)")
    for name in ["whole.safetensors", "whole.state", "whole.csv", "whole.png"] {
      #expect(work.added.contains(name))
    }
    // A session that has no time does no step; the next one does them all.
    let cut = try train("cut.safetensors", "--minutes", "0.0000001")
    #expect(cut.exitCode == 0 && cut.output.hasSuffix("; go on with --resume\n"))
    let resumed = try train("cut.safetensors", "--resume")
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(try work.bytes("whole.safetensors") == work.bytes("cut.safetensors"))
    #expect(try JointModel(contentsOf: work.path("cut.safetensors")).encoder != nil)
  }

  @Test func codesMayBeArraysOfAnotherProgram() throws {
    try succeedDrawing(count: 3)
    let codes = try (0..<3).map {
      try LatentCode(contentsOf: work.path("todo/seed\($0).code")).wPlus
    }
    let masks = try (0..<3).map {
      try LabelMap(contentsOf: work.path("todo/seed\($0)-mask.png"), palette: palette)
    }
    for index in 0..<3 {
      try work.write(npy(codes[index].values, [6, 8]), to: "latents_image_\(index).npy")
      try work.write(
        npy(masks[index].labels.map { Float($0) }, [16, 16]), to: "image_mask\(index).npy")
    }
    try work.write(npy(codes.flatMap(\.values), [3, 6, 8]), to: "stack.npy")
    func train(_ codes: String, _ masks: String, _ output: String) throws -> SemblanceBinary.Run {
      try work.semblance(
        "train", "segmenter", "--model", "bare.safetensors", "--classes", "classes.json",
        "--codes", codes, "--masks", masks, "--smallest-class", "0", "--members", "1", "--rounds",
        "1", "--held-out", "0", "-o", output)
    }
    for (codes, output) in [(".", "folder.safetensors"), ("stack.npy", "stack.safetensors")] {
      let run = try train(codes, ".", output)
      #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
    }
    // The same codes and masks, named and stored in another way, train the same branch.
    #expect(try work.bytes("folder.safetensors") == work.bytes("stack.safetensors"))
    try work.write(npy([1, 2], [2]), to: "two.npy")
    let wrong = try train("two.npy", ".", "no.safetensors")
    #expect(
      wrong.errors
        == "semblance: two.npy cannot be used as codes: its array has shape [2], codes for "
        + "bare have [6, 8] or [n, 6, 8]\n")
  }

  /// A NumPy array of single precision.
  private func npy(_ values: [Float], _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 117 - header.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
      }
  }

  /// Draws and paints pictures in `todo/`.
  private func succeedDrawing(count: Int) throws {
    let run = try work.semblance(
      "annotate", "--model", "bare.safetensors", "--classes", "classes.json", "--count", "\(count)",
      "-o", "todo/")
    #expect(run.exitCode == 0, "\(run.errors)")
    for seed in 0..<count { try paint(seed) }
  }

  @Test func picturesWithoutMasksAreNoTrainingSet() throws {
    let run = try work.semblance(
      "train", "segmenter", "--model", "bare.safetensors", "--classes", "classes.json", "--images",
      ".", "--masks", ".", "-o", "new.safetensors")
    #expect(run.exitCode == 1)
    #expect(!work.added.contains("new.safetensors"))
    let both = try work.semblance(
      "train", "segmenter", "--images", "a", "--codes", "b", "--masks", "c", "-o", "n.safetensors")
    #expect(both.exitCode == 64)
  }
}
