import Foundation
import Pictures

/// A folder with `photos/`: three sampled faces, and a fourth in a subfolder.
final class BatchWorkspace {
  private let folder: URL

  private static let template: Result<URL, any Error> = Result {
    let folder = try makeFolder()
    let run = try SemblanceBinary.run(
      ["sample", "--seed", "0", "--count", "4", "-o", "photos/"], in: folder)
    guard run.exitCode == 0 else { throw Workspace.Failure(text: run.errors) }
    return folder
  }

  init() throws {
    let template = try Self.template.get()
    folder = try Self.makeFolder()
    try FileManager.default.copyItem(
      at: template.appendingPathComponent("photos"), to: url("photos"))
    try FileManager.default.createDirectory(
      at: url("photos/sub"), withIntermediateDirectories: false)
    try FileManager.default.moveItem(
      at: url("photos/seed3.png"), to: url("photos/sub/seed3.png"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Fills `photos/many` with copies that differ in a pixel.
  func makeMany(_ count: Int) throws {
    try FileManager.default.createDirectory(at: url("many"), withIntermediateDirectories: false)
    var picture = try Picture(contentsOf: path("photos/seed0.png"))
    for index in 0..<count {
      picture[0, 0] = RGBColor(hex: UInt32(index))
      try picture.write(to: path("many/\(index).png"))
    }
  }

  /// Applies the smile with the encoder alone.
  func apply(_ arguments: String...) throws -> SemblanceBinary.Run {
    try SemblanceBinary.run(applying(arguments), in: folder)
  }

  /// The arguments that apply the smile with the encoder alone.
  func applying(_ arguments: [String]) -> [String] {
    ["apply", "smile"] + arguments + ["--embed-steps", "0"]
  }

  /// A process that applies the smile.
  func process(_ arguments: String...) -> Process {
    let process = SemblanceBinary.process(applying(arguments), in: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  /// Runs the program in the folder.
  func semblance(_ arguments: String...) throws -> SemblanceBinary.Run {
    try SemblanceBinary.run(arguments, in: folder)
  }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func path(_ name: String) -> String { url(name).path }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(name))) }

  /// The pictures in `out` with their bytes.
  func results() throws -> [String: [UInt8]] {
    var results: [String: [UInt8]] = [:]
    for name in names where name.hasSuffix(".png") { results[name] = try bytes("out/\(name)") }
    return results
  }

  /// Files in `out` that were not finished.
  var unfinished: [String] { names.filter { $0.hasSuffix(".tmp") } }

  /// Names of everything in `out` and its subfolders.
  var names: [String] {
    (try? FileManager.default.subpathsOfDirectory(atPath: path("out"))) ?? []
  }

  private static func makeFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("semblance-batch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("home"), withIntermediateDirectories: true)
    return folder
  }
}
