import Checkpoints
import Editing
import Foundation
import Pictures
import Testing

/// Wrong inputs, through the built program: one clear sentence on standard error, the exit code, and
/// nothing left behind.
struct WrongInputTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  /// The run failed with exactly this line and made no file.
  private func expectError(
    _ run: SemblanceBinary.Run, _ message: String, made files: Set<String> = [],
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(run.exitCode == 1, sourceLocation: location)
    #expect(run.errors == "semblance: \(message)\n", sourceLocation: location)
    #expect(run.output.isEmpty, sourceLocation: location)
    #expect(work.added == files, sourceLocation: location)
  }

  @Test func missingPhoto() throws {
    let run = try work.semblance("segment", "no.jpg", "-o", "out.png")
    expectError(run, "no.jpg: no such file; check the path")
  }

  @Test func folderInThePlaceOfAPhoto() throws {
    let run = try work.semblance("segment", "home", "-o", "out.png")
    expectError(run, "home: cannot be read: it is a folder")
  }

  @Test func notAnImage() throws {
    try work.write(Array("just text".utf8), to: "note.jpg")
    let run = try work.semblance("embed", "note.jpg", "-o", "out.code")
    expectError(run, "note.jpg: not a picture; PNG and JPEG files are read", made: ["note.jpg"])
  }

  @Test func emptyFile() throws {
    try work.write([], to: "empty.png")
    let run = try work.semblance("embed", "empty.png", "-o", "out.code")
    expectError(run, "empty.png: not a picture; PNG and JPEG files are read", made: ["empty.png"])
  }

  @Test func truncatedPNG() throws {
    let bytes = try work.bytes("face.png")
    try work.write(Array(bytes[..<(bytes.count / 2)]), to: "half.png")
    let run = try work.semblance("embed", "half.png", "-o", "out.code")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: half.png: the PNG file is damaged: "))
    #expect(run.errorLines.count == 1)
    #expect(work.added == ["half.png"])
  }

  @Test func truncatedJPEG() throws {
    let picture = try Picture(contentsOf: work.path("face.png"))
    let bytes = try picture.encoded(as: .jpeg())
    try work.write(Array(bytes[..<40]), to: "half.jpg")
    let run = try work.semblance("embed", "half.jpg", "-o", "out.code")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: half.jpg: the JPEG file is damaged: "))
    #expect(run.errorLines.count == 1)
    #expect(work.added == ["half.jpg"])
  }

  @Test func truncatedCode() throws {
    let bytes = try work.bytes("face.code")
    try work.write(Array(bytes[..<(bytes.count - 10)]), to: "half.code")
    let run = try work.semblance("segment", "half.code", "-o", "out.png")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: half.code is not a valid safetensors file: "))
    #expect(run.errorLines.count == 1)
    #expect(work.added == ["half.code"])
  }

  @Test func maskOfAnotherSize() throws {
    try Picture(width: 60, height: 50, filledWith: .black).write(to: work.path("small.png"))
    let run = try work.semblance("edit", "face.code", "--mask", "small.png", "-o", "out.png")
    #expect(run.exitCode == 1)
    #expect(run.errorLines.last == "semblance: small.png has 60x50 pixels; it must have 128x128")
    #expect(work.added == ["small.png"])
  }

  @Test func maskWithUnknownColours() throws {
    var picture = try Picture(contentsOf: work.path("mask.png"))
    picture[5, 7] = RGBColor(1, 2, 3)
    picture[6, 7] = RGBColor(1, 2, 3)
    try picture.write(to: work.path("odd.png"))
    let run = try work.semblance("edit", "face.png", "--mask", "odd.png", "-o", "out.png")
    expectError(
      run,
      "odd.png: #010203 is not the colour of a class (2 pixels, the first at 5,7); paint with the "
        + "palette's colours or repair with --nearest-class", made: ["odd.png"])
  }

  @Test func nothingPainted() throws {
    let run = try work.semblance(
      "edit", "face.code", "--mask", "mask.png", "-o", "out.png", "--quiet")
    expectError(
      run, "the painted mask equals the mask that the picture has already: nothing to edit")
  }

  @Test func unknownClass() throws {
    let run = try work.semblance(
      "edit", "face.png", "--mask", "painted.png", "-o", "out.png", "--classes", "lower_lip,tail")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: no class 'tail'; the model has background, skin, "))
    #expect(work.added.isEmpty)
  }

  @Test func unknownModel() throws {
    let run = try work.semblance("segment", "face.png", "-o", "out.png", "--model", "boats")
    expectError(
      run,
      "no model 'boats'; give a .safetensors file or one of faces, cars, "
        + "faces-layout, cars-layout")
  }

  @Test func unknownVector() throws {
    let run = try work.semblance("apply", "no-such-edit", "face.png", "-o", "out.png")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: no vector 'no-such-edit' for any domain; give a file"))
    #expect(work.added.isEmpty)
  }

  @Test func codeOfAnotherModel() throws {
    let run = try work.semblance("segment", "face.code", "-o", "out.png", "--model", "cars")
    let faces = try ModelLibrary().model(named: "faces").fingerprint
    let cars = try ModelLibrary().model(named: "cars").fingerprint
    expectError(
      run,
      "face.code was embedded with model \(faces), this is model \(cars); embed the photo again")
  }

  @Test func vectorOfAnotherModel() throws {
    let code = try LatentCode(contentsOf: work.path("face.code"))
    let vector = EditVector(
      delta: code.wPlus * 0.1,
      record: EditVector.Record(
        name: "other", model: "0123", domain: "faces", classes: ["nose"], layers: [0, 1],
        origin: "test"))
    try vector.write(to: work.path("other.safetensors"))
    let run = try work.semblance("apply", "./other.safetensors", "face.png", "-o", "out.png")
    expectError(
      run,
      "vector 'other' was made for model 0123, this is model \(code.record.model); learn it again, "
        + "or use --other-model to apply it anyway", made: ["other.safetensors"])
  }

  @Test func photoInThePlaceOfAVector() throws {
    let run = try work.semblance("apply", "./face.png", "face.code", "-o", "out.png")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: ./face.png is not a valid safetensors file: "))
    #expect(work.added.isEmpty)
  }

  @Test func codeInThePlaceOfAPhoto() throws {
    let run = try work.semblance("embed", "face.code", "-o", "out.code")
    expectError(run, "face.code: this is a code already; give a photo")
  }

  @Test func foldersWithoutMasks() throws {
    try FileManager.default.createDirectory(
      at: work.url("photos"), withIntermediateDirectories: false)
    let empty = try work.semblance("vector", "learn", "photos", "-o", "new")
    expectError(empty, "photos: there is no photo in this folder", made: ["photos"])
    let pairs = try work.semblance("evaluate", "editing", "photos")
    expectError(
      pairs, "photos: there is no pair NAMEa.jpg, NAMEb.jpg with .png masks in this folder",
      made: ["photos"])
    try FileManager.default.copyItem(at: work.url("face.png"), to: work.url("photos/a.png"))
    let unpainted = try work.semblance("vector", "learn", "photos", "-o", "new")
    expectError(
      unpainted, "photos/a.png has no repainted mask; it should be photos/a-after.png",
      made: ["photos"])
  }

  /// Names in files are text of strangers.
  @Test func controlCharactersAreNotPrinted() throws {
    let run = try work.semblance("segment", "a\u{1B}[2J\nb.png", "-o", "out.png")
    expectError(run, "a?[2J?b.png: no such file; check the path")
  }

  @Test func photoOfAnotherCode() throws {
    let run = try work.semblance(
      "segment", "face.code", "--photo", "mask.png", "-o", "out.png", "--true-size")
    expectError(run, "mask.png is not the photo that the code was made from; embed it again")
  }

  @Test func trueSizeOfASample() throws {
    let run = try work.semblance("segment", "face.code", "-o", "out.png", "--true-size")
    expectError(
      run,
      "face.code: this code was not made from a photo, so there is no true size; "
        + "leave --true-size out")
  }

  @Test(arguments: [
    ("synthesis.b8.conv0.weight", "bad.safetensors has no tensor 'synthesis.b8.conv0.weight'"),
    ("mapping.fc0.bias", "bad.safetensors has no tensor 'mapping.fc0.bias'"),
  ])
  func modelWithoutATensor(_ name: String, _ message: String) throws {
    let file = try ModelLibrary().file(named: "faces")
    var tensors = file.tensors
    tensors[name] = nil
    try SafetensorsWriter.write(
      tensors, metadata: file.metadata, to: work.path("bad.safetensors"))
    let run = try work.semblance(
      "segment", "face.png", "-o", "out.png", "--model", "bad.safetensors")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: \(message)"))
    #expect(run.errorLines.count == 1)
    #expect(work.added == ["bad.safetensors"])
  }

  @Test func modelWithAMisshapedTensor() throws {
    let file = try ModelLibrary().file(named: "faces")
    var tensors = file.tensors
    tensors["encoder.fc1.bias"] = CheckpointTensor(floats: [1, 2, 3], shape: [3])
    try SafetensorsWriter.write(
      tensors, metadata: file.metadata, to: work.path("bad.safetensors"))
    let run = try work.semblance(
      "segment", "face.png", "-o", "out.png", "--model", "bad.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors.hasPrefix(
        "semblance: bad.safetensors: tensor 'encoder.fc1.bias' has shape [3], expected ["))
    #expect(work.added == ["bad.safetensors"])
  }

  @Test(arguments: [
    ["embed", "face.png", "-o", "no/out.code"], ["segment", "face.png", "-o", "no/out.png"],
    ["edit", "face.png", "--mask", "painted.png", "-o", "no/out.png"],
    ["apply", "smile", "face.png", "-o", "no/out.png"], ["sample", "-o", "no/out.png"],
  ])
  func noOutputFolder(_ arguments: [String]) throws {
    let run = try SemblanceBinary.run(arguments, in: work.folder)
    expectError(run, "\(arguments.last ?? ""): there is no folder no; make it first")
  }

  @Test func outputIsAFolder() throws {
    try FileManager.default.createDirectory(
      at: work.url("out.png"), withIntermediateDirectories: false)
    let run = try work.semblance("edit", "face.png", "--mask", "painted.png", "-o", "out.png")
    expectError(
      run, "out.png: this is a folder; give the name of a file in it", made: ["out.png"])
  }

  /// A folder of the system in which nobody can make files, root included.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func outputFolderIsNotWritable() throws {
    let run = try work.semblance("sample", "-o", "/proc/out.png")
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("semblance: /proc/out.png: cannot be written: "))
    #expect(run.errorLines.count == 1)
    #expect(work.added.isEmpty)
  }

  @Test func inputsAreNotOverwritten() throws {
    let before = try work.bytes("face.png")
    let run = try work.semblance("segment", "face.png", "-o", "face.png")
    expectError(
      run, "face.png: this is also an input, which is never overwritten; choose another output")
    #expect(try work.bytes("face.png") == before)
  }

  @Test(arguments: [
    ["edit", "face.png", "--mask", "painted.png", "-o", "out.png", "--steps", "0"],
    ["apply", "smile", "face.png", "-o", "out.png", "--strength", "nan"],
    ["edit", "face.png", "--mask", "painted.png", "-o", "out.bmp"],
  ])
  func usage(_ arguments: [String]) throws {
    let run = try SemblanceBinary.run(arguments, in: work.folder)
    #expect(run.exitCode == 64)
    #expect(run.errors.hasPrefix("semblance: --"))
    #expect(run.output.isEmpty)
    #expect(work.added.isEmpty)
  }

  /// One bad file among many is reported; the others are done.
  @Test func oneBadInputAmongMany() throws {
    try work.write(Array("just text".utf8), to: "note.jpg")
    let run = try work.semblance(
      "embed", "note.jpg", "face.png", "-o", "codes/", "--encoder-only", "--no-cache")
    #expect(run.exitCode == 1)
    #expect(
      run.errorLines == [
        "semblance: note.jpg: not a picture; PNG and JPEG files are read",
        "semblance: 1 of 2 inputs failed; the others are done",
      ])
    #expect(work.added == ["note.jpg", "codes"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: work.path("codes")) == ["face.code"])
  }
}
