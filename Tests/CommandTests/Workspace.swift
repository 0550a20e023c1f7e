import Checkpoints
import Editing
import Foundation
import Pictures

/// A folder of its own for one test, with a sampled face, its code and masks.
///
/// What is in it: `face.png` (128x128), `face.code`, `mask.png` (the face's mask), `painted.png` (lips
/// twice as thick) and `home/`, the user's library and cache.
final class Workspace {
  /// The folder.
  let folder: URL

  /// Files that are there before a test begins.
  static let given: Set<String> = ["face.png", "face.code", "mask.png", "painted.png", "home"]

  private static let template: Result<URL, any Error> = Result {
    let folder = try makeFolder()
    let run = try SemblanceBinary.run(
      ["sample", "--seed", "3", "--masks", "--codes", "-o", "made/"], in: folder)
    guard run.exitCode == 0 else { throw Failure(text: run.errors) }
    let manager = FileManager.default
    for (from, to) in [
      ("seed3.png", "face.png"), ("seed3.code", "face.code"), ("seed3-mask.png", "mask.png"),
    ] {
      try manager.moveItem(
        at: folder.appendingPathComponent("made/\(from)"), to: folder.appendingPathComponent(to))
    }
    try manager.removeItem(at: folder.appendingPathComponent("made"))
    let palette = try ModelLibrary().model(named: "faces").palette
    let path = folder.appendingPathComponent("mask.png").path
    try thickLips(LabelMap(contentsOf: path, palette: palette), palette)
      .write(to: folder.appendingPathComponent("painted.png").path, palette: palette)
    return folder
  }

  /// A message of the program that made the template.
  struct Failure: Error {
    let text: String
  }

  init() throws {
    let template = try Self.template.get()
    folder = try Self.makeFolder()
    for name in Self.given where name != "home" {
      try FileManager.default.copyItem(
        at: template.appendingPathComponent(name), to: url(name))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs the program in the folder.
  func semblance(_ arguments: String...) throws -> SemblanceBinary.Run {
    try SemblanceBinary.run(arguments, in: folder)
  }

  /// A file of the folder.
  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// The path of a file of the folder.
  func path(_ name: String) -> String { url(name).path }

  /// Names of everything that a test has added, hidden files included, without the streams of runs.
  var added: Set<String> {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return Set(names ?? []).subtracting(Self.given)
  }

  /// Writes a file.
  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: url(name)) }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(name))) }

  private static func makeFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("semblance-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("home"), withIntermediateDirectories: true)
    return folder
  }

  private static func thickLips(_ mask: LabelMap, _ palette: Palette) throws -> LabelMap {
    let lip = try palette.id(named: "lower_lip")
    let region = mask.region(of: [lip]).dilated(by: 3)
    var painted = mask
    for y in 0..<mask.height {
      for x in 0..<mask.width where region[x, y] { painted[x, y] = lip }
    }
    return painted
  }
}
