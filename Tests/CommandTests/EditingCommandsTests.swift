import Editing
import Foundation
import Pictures
import Testing

/// What the commands make, through the built program.
struct EditingCommandsTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  private var palette: Palette {
    get throws { try ModelLibrary().model(named: "faces").palette }
  }

  /// The JSON object that a run printed.
  private func report(_ run: SemblanceBinary.Run) throws -> [String: Any] {
    #expect(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(object as? [String: Any])
  }

  private func result(_ run: SemblanceBinary.Run) throws -> [String: Any] {
    let results = try #require(try report(run)["results"] as? [[String: Any]])
    return try #require(results.first)
  }

  @Test func segmentWritesTheCodesMask() throws {
    let run = try work.semblance("segment", "face.code", "-o", "out.png")
    #expect(run.exitCode == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("out.png: 128x128 pixels of background #000000, skin #ffcdaa"))
    #expect(try work.bytes("out.png") == work.bytes("mask.png"))
  }

  /// A mask of the photo's size, read back for the same photo, is the mask again.
  @Test func trueSizeIsReadBackExactly() throws {
    let photo = try Picture(contentsOf: work.path("face.png"))
    try photo.resized(width: 300, height: 300, by: .bicubic)
      .write(to: work.path("square.png"))
    var wide = Picture(width: 400, height: 300, filledWith: .white)
    wide.paste(try Picture(contentsOf: work.path("square.png")), left: 50, top: 0)
    try wide.write(to: work.path("wide.png"))
    for arguments in [["-o", "small.png"], ["-o", "true.png", "--true-size"]] {
      let run = try SemblanceBinary.run(
        ["segment", "wide.png", "--embed-steps", "1"] + arguments, in: work.folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let large = try LabelMap(contentsOf: work.path("true.png"), palette: palette)
    #expect(large.width == 400 && large.height == 300)
    let model = try ModelLibrary().model(named: "faces")
    let back = try model.mask(
      contentsOf: work.path("true.png"), for: Photo(contentsOf: work.path("wide.png")))
    #expect(try back.map == LabelMap(contentsOf: work.path("small.png"), palette: palette))
  }

  @Test func embeddingIsStoredUnlessUnwanted() throws {
    let arguments = ["embed", "face.png", "-o", "out.code", "--steps", "2", "--json"]
    for (extra, stored) in [([], false), ([], true), (["--no-cache"], false)] {
      let run = try SemblanceBinary.run(arguments + extra, in: work.folder)
      let result = try result(run)
      #expect(result["stored"] as? Bool == stored)
      #expect(result["steps"] as? Int == 2)
      #expect(result["psnr"] as? Double != nil)
      #expect(result["output"] as? String == "out.code")
    }
    #expect(work.added == ["out.code"])
  }

  @Test func encoderOnly() throws {
    let run = try work.semblance("embed", "face.png", "-o", "out.code", "--encoder-only", "--json")
    #expect(try result(run)["steps"] as? Int == 0)
  }

  /// The default picture is the photo outside of the region.
  @Test func editKeepsThePhotoOutsideTheRegion() throws {
    let segment = try work.semblance(
      "segment", "face.png", "-o", "own.png", "--embed-steps", "2")
    #expect(segment.exitCode == 0)
    let run = try work.semblance(
      "edit", "face.png", "--mask", "painted.png", "-o", "out.png", "--steps", "3",
      "--embed-steps", "2", "--classes", "lower_lip", "--original-mask", "mask.png", "--sheet",
      "sheet.png", "--save-vector", "pout", "--save-code", "out.code", "--json")
    let result = try result(run)
    #expect(result["classes"] as? [String] == ["lower_lip"])
    #expect(result["steps"] as? Int == 3)
    #expect(work.added == ["own.png", "out.png", "sheet.png", "out.code"])

    let before = try Picture(contentsOf: work.path("face.png"))
    let after = try Picture(contentsOf: work.path("out.png"))
    let lip = try palette.id(named: "lower_lip")
    // The lip in the painted mask, and where the model saw it.
    let region = try ["painted.png", "own.png"].map {
      try LabelMap(contentsOf: work.path($0), palette: palette).region(of: [lip]).dilated(by: 3)
    }.reduce(Region(width: 128, height: 128)) { $0.union($1) }
    var changed = 0
    for y in 0..<128 {
      for x in 0..<128 where before[x, y] != after[x, y] {
        changed += 1
        #expect(region[x, y], "pixel \(x),\(y) lies outside of the region")
      }
    }
    #expect(changed > 0)
    #expect(result["regionPixels"] as? Int == region.count)

    let list = try work.semblance("vector", "list")
    #expect(
      list.output.split(separator: "\n").contains { line in
        line.split(separator: " ") == ["faces", "pout", "yours", "lower_lip"]
      })
    let show = try work.semblance("vector", "show", "pout")
    #expect(show.output.hasPrefix("pout (faces)\n  classes   lower_lip\n  strength  1.0, "))
    let combined = try work.semblance(
      "vector", "combine", "pout:-0.5", "pout:2", "-o", "./c.safetensors")
    #expect(combined.exitCode == 0)
    let vector = try EditVector(contentsOf: work.path("c.safetensors"))
    let pout = try EditVector(
      contentsOf: work.path("home/library/edit-vectors/faces/pout.safetensors"))
    for (a, b) in zip(vector.delta.values, pout.delta.values) { #expect(abs(a - 1.5 * b) < 1e-6) }
  }

  /// The table says which vectors a pair shows; codes serve as well as photos.
  @Test func severalVectorsAreLearnedFromOneTable() throws {
    let sampled = try work.semblance("sample", "--count", "3", "--seed", "4", "-o", "s/", "--codes")
    try #require(sampled.exitCode == 0, "\(sampled.errors)")
    try work.write(Array("id,left,right\nseed4,1,0\nseed5,0,0.5\n".utf8), to: "t.csv")
    let learned = try work.semblance(
      "vector", "learn", "--before", "s/seed4.code", "--before", "s/seed5.code", "--after",
      "s/seed6.code", "--after", "s/seed4.code", "--classes", "teeth", "--strengths", "t.csv",
      "-o", "new/folder")
    try #require(learned.exitCode == 0, "\(learned.errors)")
    let codes = try ["4", "5", "6"].map {
      try LatentCode(contentsOf: work.path("s/seed\($0).code")).wPlus
    }
    for (name, expected) in [
      ("left", codes[2] - codes[0]), ("right", (codes[0] - codes[1]) * 2),
    ] {
      let vector = try EditVector(contentsOf: work.path("new/folder/\(name).safetensors"))
      #expect(vector.record.name == name)
      #expect((vector.delta - expected).norm < 0.01 * expected.norm)
    }
    let missing = try work.semblance(
      "vector", "learn", "--before", "s/seed6.code", "--after", "s/seed4.code", "--classes",
      "teeth", "--strengths", "t.csv", "-o", "new")
    #expect(missing.exitCode == 1)
    #expect(
      missing.errors == "semblance: t.csv, line 1: the table has no row for 'seed6'; give "
        + "comma-separated values with names above\n")
    try work.write(Array("id,../left\nseed4,1\n".utf8), to: "t.csv")
    let outside = try work.semblance(
      "vector", "learn", "--before", "s/seed4.code", "--after", "s/seed6.code", "--classes",
      "teeth", "--strengths", "t.csv", "-o", "new")
    #expect(
      outside.errors == "semblance: t.csv, line 1: the table has the column '../left', no name for "
        + "a vector; give comma-separated values with names above\n")
  }

  /// A vector that is applied to the code that it was learned from gives the edited code.
  @Test func applyRepeatsTheEdit() throws {
    let edit = try work.semblance(
      "edit", "face.code", "--mask", "painted.png", "-o", "a.png", "--steps", "3", "--save-vector",
      "./v.safetensors", "--save-code", "a.code")
    #expect(edit.exitCode == 0)
    #expect(
      edit.errors == "warning: face.code is a code: the generator's whole picture is written\n")
    let apply = try work.semblance(
      "apply", "./v.safetensors", "face.code", "-o", "b.png", "--whole", "--save-code", "b.code")
    #expect(apply.exitCode == 0)
    #expect(apply.errors.isEmpty)
    #expect(try work.bytes("a.png") == work.bytes("b.png"))
    #expect(
      try LatentCode(contentsOf: work.path("a.code")).wPlus
        == LatentCode(contentsOf: work.path("b.code")).wPlus)
  }

  @Test func applyToAFolder() throws {
    let code = try LatentCode(contentsOf: work.path("face.code"))
    try EditVector(
      delta: code.wPlus * 0.2,
      record: EditVector.Record(
        name: "own", model: code.record.model, domain: "faces", classes: ["nose"], layers: [0, 12],
        origin: "test")
    ).write(to: work.path("own.safetensors"))
    try FileManager.default.createDirectory(
      at: work.url("photos"), withIntermediateDirectories: false)
    for name in ["a.png", "b.png"] {
      try FileManager.default.copyItem(at: work.url("face.png"), to: work.url("photos/\(name)"))
    }
    let run = try work.semblance(
      "apply", "./own.safetensors:0.5", "photos", "face.code", "-o", "out/", "--embed-steps", "1",
      "--sheet", "sheet.png", "--json", "--refine", "2")
    let results = try #require(try report(run)["results"] as? [[String: Any]])
    #expect(
      results.map { $0["output"] as? String } == ["out/a.png", "out/b.png", "out/face.png"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: work.path("out")).sorted()
        == [".semblance-lock", "a.png", "b.png", "face.png", "manifest.jsonl"])
    #expect(try work.bytes("out/a.png") == work.bytes("out/b.png"))
    #expect(work.added == ["own.safetensors", "photos", "out", "sheet.png"])
    let sheet = try Picture(contentsOf: work.path("sheet.png"))
    #expect(sheet.width > 5 * 256 && sheet.height > 3 * 256)
  }

  /// A seed gives the same picture alone, among others, and as a code.
  @Test func samplesDependOnTheirSeedOnly() throws {
    let one = try work.semblance("sample", "--seed", "3", "-o", "one.png")
    #expect(one.output == "one.png: seed 3\n")
    let many = try work.semblance(
      "sample", "--seed", "2", "--count", "2", "-o", "many/", "--threads", "1", "--quiet")
    #expect(many.exitCode == 0 && many.output.isEmpty)
    #expect(try work.bytes("one.png") == work.bytes("face.png"))
    #expect(try work.bytes("many/seed3.png") == work.bytes("face.png"))
    #expect(try work.bytes("many/seed2.png") != work.bytes("face.png"))
  }

  @Test func gridOfSamples() throws {
    let run = try work.semblance(
      "sample", "--count", "3", "--grid", "--masks", "--model", "cars", "-o", "grid.png")
    #expect(run.output == "grid.png: 3 pictures of cars\n")
    let grid = try Picture(contentsOf: work.path("grid.png"))
    #expect(grid.width > 4 * 256 && grid.width < 5 * 256)
  }

  @Test func modelsAreListed() throws {
    let run = try work.semblance("models")
    let names = run.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(names == ["faces", "cars", "faces-layout", "cars-layout"])
    #expect(run.output.contains(" MB  built in\ncars   "))
  }

  @Test func version() throws {
    let run = try work.semblance("--version")
    #expect(run.exitCode == 0)
    #expect(run.output == "0.1.0\n")
  }
}
