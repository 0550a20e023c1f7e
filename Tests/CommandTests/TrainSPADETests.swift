import Foundation
import Pictures
import Testing

/// `semblance train spade`, through the built program.
struct TrainSPADETests {
  private let work: Workspace
  private let palette: Palette

  init() throws {
    work = try Workspace()
    palette = try Palette([
      .init(name: "sky", color: RGBColor(30, 80, 220)),
      .init(name: "hill", color: RGBColor(40, 160, 60)),
    ])
    let classes = #"[{"name":"sky","color":[30,80,220]},{"name":"hill","color":[40,160,60]}]"#
    try work.write(Array(classes.utf8), to: "c.json")
    for folder in ["m", "p"] {
      try FileManager.default.createDirectory(
        at: work.url(folder), withIntermediateDirectories: true)
    }
    for index in 0..<4 {
      let labels = (0..<1024).map { UInt8($0 % 32 > 6 + 5 * index ? 1 : 0) }
      let map = LabelMap(width: 32, height: 32, labels: labels)
      try map.write(to: work.path("m/\(index).png"), palette: palette)
      try map.colored(with: palette).write(to: work.path("p/\(index).png"))
    }
  }

  private func arguments(_ output: String, _ more: [String] = []) -> [String] {
    [
      "train", "spade", "--labels", "m", "--images", "p", "--classes", "c.json", "--preset",
      "small", "--size", "32", "--filters", "2", "--hidden", "3", "--style", "4", "--batch", "2",
      "--steps", "60", "--save-every", "4", "-o", output,
    ] + more
  }

  @Test func aRunThatWasKilledGoesOnWithTheSameLossesAndEndsInTheSameBytes() throws {
    let whole = try SemblanceBinary.run(arguments("a.safetensors", ["--json"]), in: work.folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")

    let process = SemblanceBinary.process(arguments("b.safetensors"), in: work.folder)
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The state appears whole, so any moment after that is as good as any other.
    while process.isRunning, !FileManager.default.fileExists(atPath: work.path("b.state")) {
      usleep(1000)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    let resumed = try SemblanceBinary.run(
      arguments("b.safetensors", ["--resume"]), in: work.folder)
    #expect(
      resumed.output == "b.safetensors: SPADE model after 60 of 60 steps\n", "\(resumed.errors)")
    for end in ["safetensors", "state", "csv", "png"] {
      #expect(try work.bytes("a.\(end)") == work.bytes("b.\(end)"), "\(end)")
    }
    #expect(
      String(decoding: try work.bytes("a.csv"), as: UTF8.self)
        .hasPrefix("step,rate,pixels,KLD,GAN,GAN_Feat,gradient norm,D_Fake,D_real\n10,"))
  }

  @Test func picturesCanBeWiderThanHigh() throws {
    for index in 0..<4 {
      let map = LabelMap(
        width: 64, height: 32, labels: (0..<2048).map { UInt8($0 / 64 > 6 + 5 * index ? 1 : 0) })
      try map.write(to: work.path("m/\(index).png"), palette: palette)
      try map.colored(with: palette).write(to: work.path("p/\(index).png"))
    }
    let more = ["--size", "64", "--height", "32", "--preprocess", "none", "--steps", "2"]
    let run = try SemblanceBinary.run(arguments("wide.safetensors", more), in: work.folder)
    try #require(run.exitCode == 0, "\(run.errors)")
    let drawn = try SemblanceBinary.run(
      ["synthesize", "m/0.png", "--model", "wide.safetensors", "-o", "d.png"], in: work.folder)
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
    let picture = try Picture(contentsOf: work.path("d.png"))
    #expect((picture.width, picture.height) == (64, 32))
  }

  @Test(arguments: [
    "concat", "pix2pixhd", "pix2pixhd++", "pix2pixhd++spade", "pix2pixhd++concat",
  ])
  func comparedGeneratorsAreTrainedAndDraw(generator: String) throws {
    var arguments = arguments("a.safetensors", ["--generator", generator])
    for (option, value) in [("--steps", "2"), ("--style", "0")] {
      if let index = arguments.firstIndex(of: option) { arguments[index + 1] = value }
    }
    let run = try SemblanceBinary.run(arguments, in: work.folder)
    #expect(run.output == "a.safetensors: SPADE model after 2 of 2 steps\n", "\(run.errors)")
    let drawn = try work.semblance(
      "synthesize", "m/1.png", "-o", "out.png", "--model", "./a.safetensors")
    #expect(drawn.output == "out.png: 32x32\n", "\(drawn.errors)")
  }

  @Test func aMissingPhotoIsNamed() throws {
    try FileManager.default.removeItem(at: work.url("p/2.png"))
    let run = try SemblanceBinary.run(arguments("a.safetensors"), in: work.folder)
    #expect(run.exitCode == 1 && work.added.isDisjoint(with: ["a.safetensors", "a.state"]))
    #expect(run.errors == "semblance: m/2.png has no counterpart; it should be p/2.jpg\n")
  }

  @Test func aLabelMapOfAnotherSizeThanItsPhotoIsNamed() throws {
    try LabelMap(width: 16, height: 32, filledWith: 1)
      .write(to: work.path("m/1.png"), palette: palette)
    let run = try SemblanceBinary.run(arguments("a.safetensors"), in: work.folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: m/1.png"))
  }

  @Test(arguments: [
    (["--size", "33"], "--size is 33: give a multiple of 32 from 32 to 2048"),
    (["--filters", "0"], "--filters is 0: give a number from 1 to 1024"),
    (
      ["--generator", "pix2pixhd", "--style", "8"],
      "--generator pix2pixhd has no style; leave --style out"
    ),
    (
      ["--generator", "pix2pixhd++", "--norm", "spadebatch3x3"],
      "--generator pix2pixhd++ has a normalisation of its own; leave --norm out"
    ),
    (["--decay", "2"], "--decay is 2.0: give a number from 0 to 1"),
    (
      ["--norm", "batch"],
      "--norm is 'batch': give [spectral]spade, then batch, syncbatch or instance, then 1x1, 3x3 "
        + "or 5x5"
    ),
  ])
  func valuesThatMakeNoSenseAreRefused(values: [String], message: String) throws {
    let run = try SemblanceBinary.run(
      [
        "train", "spade", "--labels", "m", "--images", "p", "--classes", "c.json", "-o",
        "a.safetensors",
      ] + values, in: work.folder)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message))
  }
}
