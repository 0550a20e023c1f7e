import Foundation

/// The built program, as a user runs it.
enum SemblanceBinary {
  /// What a run gave.
  struct Run {
    let exitCode: Int32
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// The program lies beside the test bundle.
  static let url: URL = {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    if !FileManager.default.isExecutableFile(atPath: folder.path + "/semblance") {
      folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build/release")
    }
    return folder.appendingPathComponent("semblance")
  }()

  /// A process of the program in a folder, with the user's library and cache inside it.
  static func process(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "HOME": folder.path + "/home", "SEMBLANCE_HOME": folder.path + "/home/library",
      "XDG_CACHE_HOME": folder.path + "/home/cache", "COLUMNS": "80",
      "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
    ].merging(environment) { $1 }
    return process
  }

  /// Runs the program to its end.
  ///
  /// - Parameter program: another one that starts it.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:], program: URL = url
  ) throws -> Run {
    let process = process(arguments, in: folder, environment: environment)
    process.executableURL = program
    // Files, not pipes: nobody has to empty them while the program runs.
    let streams = folder.appendingPathComponent("home/streams-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: streams) }
    let paths = ["out", "err"].map { streams.appendingPathComponent($0) }
    for path in paths { try Data().write(to: path) }
    process.standardOutput = try FileHandle(forWritingTo: paths[0])
    process.standardError = try FileHandle(forWritingTo: paths[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = try paths.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Run(exitCode: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
