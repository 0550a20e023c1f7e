import Foundation
import Networks
import Pictures
import Testing

/// `semblance train generator`, through the built program.
struct TrainGeneratorTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    let palette = try Palette([
      .init(name: "sky", color: RGBColor(30, 80, 220)),
      .init(name: "hill", color: RGBColor(40, 160, 60)),
    ])
    let classes = #"[{"name":"sky","color":[30,80,220]},{"name":"hill","color":[40,160,60]}]"#
    try work.write(Array(classes.utf8), to: "c.json")
    for folder in ["p", "m"] {
      try FileManager.default.createDirectory(
        at: work.url(folder), withIntermediateDirectories: true)
    }
    var table = "file,height,light\n"
    for index in 0..<12 {
      let top = 3 + index % 5 * 2
      let labels = (0..<256).map { UInt8($0 / 16 > top ? 1 : 0) }
      let map = LabelMap(width: 16, height: 16, labels: labels)
      try map.write(to: work.path("m/\(index).png"), palette: palette)
      let light = UInt8(60 + 15 * index)
      let pixels = labels.flatMap { $0 == 1 ? [light, 90, 40] : [40, 90, light] as [UInt8] }
      try Picture(width: 16, height: 16, pixels: pixels).write(to: work.path("p/\(index).png"))
      table += "\(index).png,\(top),\(light)\n"
    }
    try work.write(Array(table.utf8), to: "f.csv")
  }

  private func paired(_ output: String, _ more: [String] = []) -> [String] {
    [
      "train", "generator", "--pictures", "p", "--masks", "m", "--factors", "f.csv", "--classes",
      "c.json", "--channel-base", "128", "--channel-max", "8", "--latent", "8", "--stages",
      "8:0.5,16:0.25,16d:0.25", "--batch", "2", "--steps", "60", "--save-every", "4", "-o", output,
    ] + more
  }

  @Test func aRunThatWasKilledGoesOnWithTheSameLossesAndEndsInTheSameBytes() throws {
    let whole = try SemblanceBinary.run(paired("a.safetensors", ["--json"]), in: work.folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    #expect(whole.output.contains("\"isComplete\" : true") && whole.output.contains("\"psnr\" : "))

    let process = SemblanceBinary.process(paired("b.safetensors"), in: work.folder)
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The state appears whole, so any moment after that is as good as any other.
    while process.isRunning, !FileManager.default.fileExists(atPath: work.path("b.state")) {
      usleep(1000)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let resumed = try SemblanceBinary.run(
      paired("b.safetensors", ["--resume", "--domain", "a"]), in: work.folder)
    #expect(
      resumed.output.hasPrefix("b.safetensors: generator after 60 of 60 steps, held-out"),
      "\(resumed.errors)")
    for end in ["safetensors", "state", "csv", "png"] {
      #expect(try work.bytes("a.\(end)") == work.bytes("b.\(end)"), "\(end)")
    }
    #expect(
      String(decoding: try work.bytes("a.csv"), as: UTF8.self)
        .hasPrefix("step,rate,pictures,classes,adversarial,features,D_real,D_fake,R1\n10,"))
  }

  @Test func theModelDrawsAndIsTrainedOn() throws {
    let short = ["--steps", "4", "--save-every", "9"]
    let run = try SemblanceBinary.run(paired("a.safetensors") + short, in: work.folder)
    try #require(run.exitCode == 0, "\(run.errors)")
    let drawn = try work.semblance(
      "sample", "--count", "2", "--grid", "--masks", "--model", "./a.safetensors", "-o", "s.png")
    #expect(drawn.output == "s.png: 2 pictures of a\n", "\(drawn.errors)")
    let on = try SemblanceBinary.run(
      [
        "train", "generator", "--pictures", "p", "--masks", "m", "--factors", "f.csv", "--model",
        "./a.safetensors", "--stages", "16:1", "--batch", "2", "--steps", "3", "-o",
        "b.safetensors",
      ], in: work.folder)
    #expect(on.output.hasPrefix("b.safetensors: generator after 3 of 3 steps"), "\(on.errors)")
    let model = try JointModel(contentsOf: work.path("b.safetensors"))
    #expect(model.palette.names == ["sky", "hill"] && model.resolution == 16)
    #expect(model.metadata["provenance"]?.contains("\"begun_from\":\"a.safetensors\"") == true)
  }

  @Test func picturesAloneAreEnough() throws {
    let arguments = [
      "train", "generator", "--pictures", "p", "--channel-base", "64", "--channel-max", "8",
      "--latent", "8", "--mapping-layers", "2", "--batch", "4", "--steps", "3", "-o",
      "u.safetensors",
    ]
    let run = try SemblanceBinary.run(arguments, in: work.folder)
    #expect(run.output == "u.safetensors: generator after 3 of 3 steps\n", "\(run.errors)")
    let drawn = try work.semblance(
      "sample", "--seed", "3", "--model", "./u.safetensors", "-o", "s.png")
    #expect(drawn.output == "s.png: seed 3\n", "\(drawn.errors)")
    #expect(
      String(decoding: try work.bytes("u.csv"), as: UTF8.self).hasPrefix(
        "step,rate,generator,discriminator,real share,R1,path,path mean,augmentation\n"))
  }

  @Test func aPictureWithoutMaskOrFactorsIsNamed() throws {
    try FileManager.default.removeItem(at: work.url("m/7.png"))
    var run = try SemblanceBinary.run(paired("a.safetensors"), in: work.folder)
    #expect(run.exitCode == 1 && work.added.isDisjoint(with: ["a.safetensors", "a.state"]))
    #expect(run.errors == "semblance: p/7.png has no counterpart; it should be m/7.png\n")
    try FileManager.default.removeItem(at: work.url("p/7.png"))
    try work.write(Array("file,a\n1.png,2\n2.png,3\n".utf8), to: "f.csv")
    run = try SemblanceBinary.run(paired("a.safetensors"), in: work.folder)
    #expect(
      run.errors == "semblance: f.csv: it has no row for p/0.png; correct or export it again\n")
  }

  @Test(arguments: [
    (
      ["--stages", "32:1,16:1"],
      "The value '32:1,16:1' is invalid for '--stages <list>'"
    ),
    (["--stages", "32:1"], "--stages end at 32 pixels, the generator's pictures have 16"),
    (["--size", "48"], "--size is 48: give a power of two from 16 to 1024"),
    (["--channel-base", "0"], "--channel-base is 0: give a number from 1 to 65536"),
    (["--mixing", "2"], "--mixing is 2.0: give a number from 0 to 1"),
    (["--companion", "12"], "--companion is 12: give a power of two from 8 to 512, or 0"),
    (["--rate", "0"], "--rate is 0.0: give a positive number"),
  ])
  func valuesThatMakeNoSenseAreRefused(values: [String], message: String) throws {
    let run = try SemblanceBinary.run(
      [
        "train", "generator", "--pictures", "p", "--masks", "m", "--factors", "f.csv",
        "--classes", "c.json", "-o", "a.safetensors",
      ] + values, in: work.folder)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test func theModesAskForWhatTheyNeed() throws {
    let masks = try SemblanceBinary.run(
      ["train", "generator", "--pictures", "p", "--masks", "m", "-o", "a.safetensors"],
      in: work.folder)
    #expect(
      masks.errors.contains("--masks needs --factors, which tells what the pictures show"))
    let classes = try SemblanceBinary.run(
      ["train", "generator", "--pictures", "p", "--factors", "f.csv", "-o", "a.safetensors"],
      in: work.folder)
    #expect(
      classes.errors.contains(
        "give the classes of the masks with --classes"), "\(classes.errors)")
    #expect(masks.exitCode == 64 && classes.exitCode != 0)
  }
}
