import Checkpoints
import Foundation
import Networks
import Pictures
import TensorCore
import Testing

@testable import Commands

/// `semblance synthesize`, through the built program, with small random models.
struct SynthesizeCommandTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    try makeModel("style.safetensors", latentSize: 8)
    try makeModel("plain.safetensors", latentSize: nil)
    var picture = Picture(width: 64, height: 64, filledWith: RGBColor(200, 0, 0))
    for y in 30..<64 {
      for x in 0..<64 { picture[x, y] = RGBColor(0, 200, 0) }
    }
    try picture.write(to: work.path("layout.png"))
  }

  /// A model of 32 pixels with the classes sky, grass and rock.
  private func makeModel(_ name: String, latentSize: Int?) throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 3, filters: 4, hiddenChannels: 8, latentSize: latentSize, cropSize: 32,
      normalization: .init(isSpectral: false))
    let encoder = latentSize.map { StyleEncoderConfiguration(filters: 4, latentSize: $0, side: 32) }
    let description = SPADEDescription(
      generator: .spade(configuration), encoder: encoder, layout: LayoutChannels(classes: 3))
    var tensors = configuration.generatorWeights.randomWeights(
      seed: 1, prefix: "generator.", gain: 1)
    if let encoder {
      tensors.merge(encoder.weights.randomWeights(seed: 2, prefix: "encoder.", gain: 1)) { a, _ in a
      }
    }
    let classes = """
      [{"name": "sky", "color": [200, 0, 0]}, {"name": "grass", "color": [0, 200, 0]}, \
      {"name": "rock", "color": [0, 0, 200]}]
      """
    try SafetensorsWriter.write(
      tensors.mapValues { CheckpointTensor($0) },
      metadata: ["config": description.configText, "classes": classes], precision: .float32,
      to: work.path(name))
  }

  private func picture(_ name: String) throws -> Picture {
    try Picture(contentsOf: work.path(name))
  }

  @Test func aLayoutBecomesAPicture() throws {
    let run = try work.semblance(
      "synthesize", "layout.png", "-o", "out.png", "--model", "./plain.safetensors")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output == "out.png: 32x32\n")
    let drawn = try picture("out.png")
    #expect((drawn.width, drawn.height) == (32, 32))
    _ = try work.semblance(
      "synthesize", "layout.png", "-o", "exact.png", "--model", "./plain.safetensors", "--exact")
    let exact = try picture("exact.png")
    let largest = zip(drawn.pixels, exact.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(largest <= 1)
    #expect(Set(drawn.pixels).count > 8)
  }

  @Test func stylesComeFromSeedsAndPhotos() throws {
    for (name, style) in [
      ("a.png", ["--seed", "3"]), ("b.png", ["--seed", "3"]), ("c.png", ["--seed", "4"]),
      ("d.png", ["--style", "face.png"]), ("e.png", []),
    ] {
      let run = try SemblanceBinary.run(
        ["synthesize", "layout.png", "-o", name, "--model", "./style.safetensors"] + style,
        in: work.folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let pictures = try ["a.png", "b.png", "c.png", "d.png", "e.png"].map { try picture($0).pixels }
    #expect(pictures[0] == pictures[1])
    #expect(Set(pictures).count == 4)
  }

  @Test func severalPicturesGoToAFolder() throws {
    let run = try work.semblance(
      "synthesize", "layout.png", "-o", "out/", "--model", "./style.safetensors", "--seed", "7",
      "--count", "3", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("\"seed 9\""))
    let names = try FileManager.default.contentsOfDirectory(atPath: work.path("out")).sorted()
    #expect(names == ["layout-seed7.png", "layout-seed8.png", "layout-seed9.png"])
  }

  @Test func stylesAreInterpolated() throws {
    let run = try work.semblance(
      "synthesize", "layout.png", "-o", "move.png", "--model", "./style.safetensors",
      "--interpolate", "1", "face.png", "--frames", "4")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output == "move.png: 4 pictures of 32x32\n")
    let bytes = try work.bytes("move.png")
    #expect(bytes.firstRange(of: Array("acTL".utf8)) != nil)
    _ = try work.semblance(
      "synthesize", "layout.png", "-o", "one.png", "--model", "./style.safetensors", "--seed", "1")
    #expect(try picture("move.png").pixels == picture("one.png").pixels)
  }

  @Test func coloursWithoutClassAreNamed() throws {
    var painted = try picture("layout.png")
    painted[5, 2] = RGBColor(9, 9, 9)
    try painted.write(to: work.path("wrong.png"))
    let run = try work.semblance(
      "synthesize", "wrong.png", "-o", "out.png", "--model", "./plain.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "semblance: wrong.png: #090909 is not the colour of a class (1 pixel, the first at 5,2); "
        + "paint with the palette's colours or repair with --nearest-class\n")
    #expect(!work.added.contains("out.png"))
  }

  @Test func aModelWithoutStyleHasNone() throws {
    let run = try work.semblance(
      "synthesize", "layout.png", "-o", "out.png", "--model", "./plain.safetensors", "--seed", "1")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "semblance: ./plain.safetensors: this model has no style; leave --style, --seed, --count "
        + "and --interpolate out\n")
  }

  @Test func classesMustFitTheModel() throws {
    let run = try work.semblance(
      "synthesize", "layout.png", "-o", "out.png", "--model", "./plain.safetensors", "--classes",
      "coco")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "semblance: coco has 183 classes, but layouts for ./plain.safetensors have 3 channels: one "
        + "for each class and perhaps one for edges\n")
  }

  @Test func aModelOfAnotherKindIsRefused() throws {
    let run = try work.semblance("synthesize", "layout.png", "-o", "out.png", "--model", "faces")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("generator.head_0.norm_0.mlp_shared.0.weight"))
  }
}
