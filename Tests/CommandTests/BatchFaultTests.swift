import Checkpoints
import Editing
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What happens to a batch in real life: kills, signals, full disks, neighbours, a new model.
///
/// `examples/batch/kill-test.sh` does the same for a hundred kills.
struct BatchFaultTests {
  private let work: BatchWorkspace
  private static let count = 24

  init() throws {
    work = try BatchWorkspace()
    try work.makeMany(Self.count)
  }

  /// Waits until the running batch has made some results; false when it ended before.
  private func wait(for process: Process, results: Int) -> Bool {
    while process.isRunning {
      if work.names.filter({ $0.hasSuffix(".png") }).count >= results { return true }
      usleep(2000)
    }
    return false
  }

  private func expectComplete(_ lines: Int = count, at location: SourceLocation = #_sourceLocation)
    throws
  {
    let check = try work.semblance("manifest", "check", "out")
    #expect(check.exitCode == 0, "\(check.errors)", sourceLocation: location)
    #expect(
      check.output == "out: \(Self.count) results are as they were written\n",
      sourceLocation: location)
    #expect(work.unfinished.isEmpty, sourceLocation: location)
    let manifest = String(decoding: try work.bytes("out/manifest.jsonl"), as: UTF8.self)
    #expect(manifest.filter { $0 == "\n" }.count == lines, sourceLocation: location)
  }

  /// After a kill the same command makes exactly the rest. At most what was in hand is lost: a
  /// result may be there whose line is not.
  @Test func killed() throws {
    for round in [1, 4, 9] {
      let process = work.process("many", "-o", "out", "--jobs", "2")
      try process.run()
      if wait(for: process, results: round) { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }
    let last = try work.apply("many", "-o", "out", "--jobs", "2")
    #expect(last.exitCode == 0)
    try expectComplete()
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interrupted(_ signal: Int32) throws {
    let process = work.process("many", "-o", "out", "--jobs", "2")
    let errors = work.url("home/errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    #expect(wait(for: process, results: 2))
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)
    let message = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    #expect(message.hasPrefix("semblance: interrupted; "))
    #expect(
      message.hasSuffix(
        " of \(Self.count) photos are done; run the same command again for the rest\n"))
    #expect(work.unfinished.isEmpty)
    // What is there is whole.
    #expect(try work.semblance("manifest", "check", "out").exitCode == 0)
    #expect(try work.apply("many", "-o", "out").exitCode == 0)
    try expectComplete()
  }

  /// Two processes share the work: no photo is worked on twice, both end when all is done.
  @Test func twoProcesses() throws {
    let processes = (0..<2).map { _ in work.process("many", "-o", "out", "--jobs", "1") }
    for process in processes { try process.run() }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    try expectComplete()
  }

  /// A full disk, as a limit on the size of files: the batch ends with the reason, nothing is left
  /// half-written, and with space again it is finished.
  @Test func diskFull() throws {
    let process = work.process("many", "-o", "out", "--jobs", "2")
    let program = process.executableURL
    let arguments = process.arguments ?? []
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "ulimit -f 8; exec \"$0\" \"$@\"", program?.path ?? ""] + arguments
    let errors = work.url("home/errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 1)
    let message = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    #expect(message.hasPrefix("semblance: out/"))
    #expect(message.hasSuffix(": cannot be written: File too large\n"))
    #expect(work.unfinished.isEmpty)
    #expect(try work.results().isEmpty)
    #expect(try work.apply("many", "-o", "out").exitCode == 0)
    try expectComplete()
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func folderThatCannotBeMade() throws {
    let run = try work.apply("many", "-o", "/proc/out/")
    #expect(run.exitCode == 1)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("semblance: /proc"))
  }

  /// A model that is replaced by another: the batch notices, and its results are told apart.
  @Test func modelReplaced() throws {
    let file = try ModelLibrary().file(named: "faces")
    var tensors = file.tensors
    try SafetensorsWriter.write(
      tensors, metadata: file.metadata, to: work.path("model.safetensors"))
    let name = try #require(
      tensors.keys.sorted().first { $0.hasPrefix("encoder.") && $0.hasSuffix("bias") })
    let bias = try #require(tensors[name])
    tensors[name] = CheckpointTensor(
      floats: try bias.floats().map { $0 * 1.01 }, shape: bias.shape)
    try SafetensorsWriter.write(tensors, metadata: file.metadata, to: work.path("new.safetensors"))
    let process = work.process(
      "many", "-o", "out", "--jobs", "1", "--model", "model.safetensors")
    let errors = work.url("home/errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    #expect(wait(for: process, results: 2))
    #expect(rename(work.path("new.safetensors"), work.path("model.safetensors")) == 0)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(
      String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        == "semblance: model.safetensors: the model was replaced while it was at work; run the "
        + "command again to go on with the new one\n")
    let again = try work.apply("many", "-o", "out", "--model", "model.safetensors")
    #expect(again.output.contains("applied to \(Self.count) of \(Self.count) photos"))
    #expect(try work.semblance("manifest", "check", "out").exitCode == 0)
  }
}
