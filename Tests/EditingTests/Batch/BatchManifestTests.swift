import Foundation
import Testing

@testable import Editing

/// The file that tells what is done: it survives kills in the middle of a line and several writers.
struct BatchManifestTests {
  private let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/semblance-batch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(atPath: path) }

  private func record(
    _ output: String, key: String = "k", hash: String? = "h", error: String? = nil,
    finished: String = "2026-01-01T00:00:00Z"
  ) -> BatchRecord {
    var record = BatchRecord(
      input: "in/\(output)", output: output, vector: "smile", vectorHash: "v", model: "faces",
      modelRevision: "m", strength: 1, settings: "s")
    record.key = key
    record.outputHash = hash
    record.error = error
    record.finished = finished
    return record
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  @Test func recordsAreReadBack() throws {
    defer { remove() }
    let folder = try BatchFolder(path)
    let manifest = try BatchManifest(in: folder, name: "manifest.jsonl")
    var first = record("a.png")
    first.metrics = BatchRecord.Metrics(psnr: .infinity, regionPixels: 3, outsideChange: 0.5)
    try manifest.append(first)
    try manifest.append(record("b.png", hash: nil, error: "no\nphoto"))
    #expect(try text("manifest.jsonl").filter { $0 == "\n" }.count == 2)
    let again = try BatchManifest(reading: path)
    #expect(again.outputs.sorted() == ["a.png", "b.png"])
    #expect(again.record(of: "a.png") == first)
    #expect(again.entry(of: "a.png")?.outputHash == "h")
    #expect(again.entry(of: "b.png")?.outputHash == nil)
  }

  /// What a writer left that was killed in the middle of a line.
  @Test func tornLineIsRemoved() throws {
    defer { remove() }
    let whole = String(decoding: try record("a.png").line(), as: UTF8.self)
    for torn in ["{\"input\":\"in/b.p", "{", "\u{0}\u{0}"] {
      try Data((whole + torn).utf8).write(to: URL(fileURLWithPath: path + "/manifest.jsonl"))
      let folder = try BatchFolder(path)
      let manifest = try BatchManifest(in: folder, name: "manifest.jsonl")
      #expect(manifest.wasTorn)
      try manifest.append(record("c.png"))
      #expect(manifest.outputs.sorted() == ["a.png", "c.png"])
      #expect(
        try text("manifest.jsonl")
          == whole + String(decoding: record("c.png").line(), as: UTF8.self))
    }
  }

  @Test func linesThatAreNoRecordsAreCounted() throws {
    defer { remove() }
    let whole = String(decoding: try record("a.png").line(), as: UTF8.self)
    try Data(("noise\n" + whole + "{}\n").utf8)
      .write(to: URL(fileURLWithPath: path + "/manifest.jsonl"))
    let manifest = try BatchManifest(in: BatchFolder(path), name: "manifest.jsonl")
    #expect(!manifest.wasTorn)
    #expect(manifest.damagedLines == 2)
    #expect(manifest.outputs == ["a.png"])
  }

  /// Lines of other writers, and the manifests of other parts, are seen.
  @Test func othersAreSeen() throws {
    defer { remove() }
    let folder = try BatchFolder(path)
    let part = try BatchManifest(in: folder, name: "manifest-1-of-2.jsonl")
    try part.append(record("a.png"))
    let first = try BatchManifest(in: folder, name: "manifest.jsonl")
    let second = try BatchManifest(in: folder, name: "manifest.jsonl")
    #expect(first.outputs == ["a.png"])
    try second.append(record("b.png", key: "old"))
    try second.append(record("b.png", key: "new"))
    #expect(first.entry(of: "b.png") == nil)
    first.refresh()
    #expect(first.entry(of: "b.png")?.key == "new")
    #expect(first.record(of: "b.png")?.key == "new")
  }

  @Test func mergeKeepsTheLatestResult() throws {
    defer { remove() }
    let folder = try BatchFolder(path)
    let (a, b) = (
      try BatchManifest(in: folder, name: "manifest-1-of-2.jsonl"),
      try BatchManifest(in: folder, name: "manifest-2-of-2.jsonl")
    )
    try a.append(record("x.png", key: "new", finished: "2026-01-02T00:00:00Z"))
    try b.append(record("x.png", key: "old", finished: "2026-01-01T00:00:00Z"))
    try a.append(record("y.png", finished: "2026-01-01T00:00:00Z"))
    try b.append(
      record("y.png", hash: nil, error: "full", finished: "2026-01-02T00:00:00Z"))
    try b.append(record("z.png", hash: nil, error: "bad"))
    let target = path + "/all.jsonl"
    let outcome = try BatchManifestMerge.merge([a.path, b.path], into: target)
    #expect(outcome == BatchManifestMerge.Outcome(done: 2, failed: 1, damaged: 0))
    let records = try text("all.jsonl").split(separator: "\n").map {
      try #require(BatchRecord(line: $0.utf8))
    }
    #expect(records.map(\.output) == ["x.png", "y.png", "z.png"])
    #expect(records.map(\.key) == ["new", "k", "k"])
    #expect(records.map(\.isDone) == [true, true, false])
  }

  /// A killed writer's unfinished files go when nobody else is at work; other files never.
  @Test func unfinishedFilesAreRemoved() throws {
    defer { remove() }
    try FileManager.default.createDirectory(
      atPath: path + "/sub", withIntermediateDirectories: true)
    let kept = ["photo.tmp", ".hidden.tmp", "a.code.tmp", "x.backup.tmp"]
    let gone = [".semblance-1a2b.tmp", "sub/.semblance-3c.tmp", "a.code.AbC123.tmp"]
    for name in kept + gone {
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
    _ = try BatchFolder(path)
    for name in kept { #expect(FileManager.default.fileExists(atPath: "\(path)/\(name)")) }
    for name in gone { #expect(!FileManager.default.fileExists(atPath: "\(path)/\(name)")) }
  }
}
