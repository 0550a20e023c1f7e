import Foundation
import Pictures
import Testing

/// Many photos in one command, through the built program.
struct BatchTests {
  private let work: BatchWorkspace

  init() throws { work = try BatchWorkspace() }

  private func expectComplete(_ count: Int, at location: SourceLocation = #_sourceLocation) throws {
    let check = try work.semblance("manifest", "check", "out")
    #expect(check.exitCode == 0, "\(check.errors)", sourceLocation: location)
    #expect(
      check.output == "out: \(count) results are as they were written\n", sourceLocation: location)
    #expect(work.unfinished.isEmpty, sourceLocation: location)
  }

  @Test func secondRunMakesOnlyWhatIsMissing() throws {
    let first = try work.apply("photos", "-o", "out", "--jobs", "2")
    #expect(first.exitCode == 0 && first.errors.isEmpty)
    #expect(first.output.hasPrefix("out: smile applied to 4 of 4 photos in "))
    #expect(first.output.hasSuffix("; out/manifest.jsonl tells about each\n"))
    try expectComplete(4)
    let before = try work.results()
    #expect(before.keys.sorted() == ["seed0.png", "seed1.png", "seed2.png", "sub/seed3.png"])

    let second = try work.apply("photos", "-o", "out", "--jobs", "1")
    #expect(second.output.contains("applied to 0 of 4 photos"))
    #expect(second.output.contains("; 4 were done already; "))

    // What was lost, changed, or asked for in another way is made again.
    try FileManager.default.removeItem(at: work.url("out/seed0.png"))
    try Data("x".utf8).write(to: work.url("out/seed1.png"))
    try FileManager.default.removeItem(at: work.url("photos/seed2.png"))
    try FileManager.default.copyItem(
      at: work.url("photos/sub/seed3.png"), to: work.url("photos/seed2.png"))
    let third = try work.apply("photos", "-o", "out", "--jobs", "1")
    #expect(third.output.contains("applied to 3 of 4 photos"))
    try expectComplete(4)
    let after = try work.results()
    // One thread or several, the same bytes.
    #expect(after["seed0.png"] == before["seed0.png"] && after["seed1.png"] == before["seed1.png"])
    #expect(after["seed2.png"] == before["sub/seed3.png"])
    let stronger = try work.apply("photos", "-o", "out", "--strength", "0.5")
    #expect(stronger.output.contains("applied to 4 of 4 photos"))
    let forced = try work.apply("photos", "-o", "out", "--strength", "0.5", "--force")
    #expect(forced.output.contains("applied to 4 of 4 photos"))
  }

  /// Bad photos are noted, told about, tried again, and never stop the others.
  @Test func badPhotosAreLeftOut() throws {
    let bytes = try work.bytes("photos/seed0.png")
    try Data(bytes[..<(bytes.count / 2)]).write(to: work.url("photos/half.png"))
    try Data("text".utf8).write(to: work.url("photos/note.jpg"))
    try Picture(width: 1, height: 1, filledWith: .white).write(to: work.path("photos/dot.png"))
    let run = try work.apply("photos", "missing.png", "-o", "out", "--jobs", "1")
    #expect(run.exitCode == 1)
    #expect(run.errorLines.count == 3)
    #expect(run.errorLines.contains("semblance: missing.png: no such file; check the path"))
    #expect(
      run.errorLines.contains(
        "semblance: photos/note.jpg: not a picture; PNG and JPEG files are read"))
    #expect(
      run.errorLines.contains {
        $0.hasPrefix("semblance: photos/half.png: the PNG file is damaged: ")
      })
    #expect(run.output.contains("applied to 5 of 8 photos"))
    #expect(run.output.contains("; 3 failed, the others are done; "))
    let check = try work.semblance("manifest", "check", "out")
    #expect(check.exitCode == 1)
    #expect(
      check.errorLines
        == ["half.png", "missing.png", "note.png"].map {
          "semblance: \($0): there is no result, the photo failed"
        })
    try Data(bytes).write(to: work.url("photos/half.png"))
    for name in ["photos/note.jpg"] { try FileManager.default.removeItem(at: work.url(name)) }
    let again = try work.apply("photos", "-o", "out")
    #expect(again.exitCode == 0)
    #expect(again.output.contains("applied to 1 of 6 photos"))
    #expect(again.output.contains("; 5 were done already; "))
  }

  @Test func partsMakeTheWhole() throws {
    for part in ["1/2", "2/2"] {
      let run = try work.apply("photos", "-o", "out", "--shard", part)
      #expect(run.exitCode == 0)
    }
    try expectComplete(4)
    let merge = try work.semblance(
      "manifest", "merge", "out/manifest-1-of-2.jsonl", "out/manifest-2-of-2.jsonl", "-o",
      "out/manifest.jsonl")
    #expect(merge.output == "out/manifest.jsonl: 4 photos are done, 0 failed\n")
    for name in ["out/manifest-1-of-2.jsonl", "out/manifest-2-of-2.jsonl"] {
      try FileManager.default.removeItem(at: work.url(name))
    }
    let whole = try work.apply("photos", "-o", "out", "--json")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(whole.output.utf8)) as? [String: Any])
    let summary = try #require(report["summary"] as? [String: Any])
    #expect(summary["skipped"] as? Int == 4 && summary["made"] as? Int == 0)
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.map { $0["output"] as? String }.last == "out/sub/seed3.png")
    #expect(results.allSatisfy { $0["regionPixels"] is Int && $0["seconds"] is Double })
  }

  @Test func reportShowsEveryPhoto() throws {
    try Data("text".utf8).write(to: work.url("photos/<b>.jpg"))
    let run = try work.apply("photos", "-o", "out", "--report", "report.html")
    #expect(run.exitCode == 1)
    let html = String(decoding: try work.bytes("report.html"), as: UTF8.self)
    #expect(html.components(separatedBy: "<figure>").count == 6)
    #expect(html.components(separatedBy: "src=\"data:image/").count == 13)
    #expect(html.components(separatedBy: "<input type=\"range\"").count == 5)
    #expect(html.contains("photos/&lt;b&gt;.jpg: not a picture"))
    #expect(!html.contains("<b>.jpg") && !html.contains("http"))
    // The next report needs nothing made again.
    let again = try work.apply("photos", "-o", "out", "--report", "report.html")
    #expect(again.output.contains("applied to 0 of 5 photos"))
    #expect(
      String(decoding: try work.bytes("report.html"), as: UTF8.self)
        .components(separatedBy: "src=\"data:image/").count == 13)
  }

  @Test func photosAreNeverOverwritten() throws {
    let inside = try work.apply("photos", "-o", "photos")
    #expect(inside.exitCode == 1)
    #expect(
      inside.errors
        == "semblance: photos: this is also an input, which is never overwritten; choose another "
        + "output\n")
    try FileManager.default.createDirectory(
      at: work.url("out"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      at: work.url("out/seed0.png"), withDestinationURL: work.url("photos/seed0.png"))
    let linked = try work.apply("photos", "-o", "out")
    #expect(linked.exitCode == 1)
    #expect(linked.errors.hasPrefix("semblance: out/seed0.png: this is also an input"))
  }

  /// Two lists with photos of one name share a folder: the second does not replace the first's.
  @Test func resultsOfOtherPhotosAreKept() throws {
    let first = try work.apply("photos/seed0.png", "-o", "out/")
    #expect(first.exitCode == 0)
    try FileManager.default.createDirectory(
      at: work.url("other"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      at: work.url("photos/seed1.png"), to: work.url("other/seed0.png"))
    let second = try work.apply("other/seed0.png", "-o", "out/")
    #expect(second.exitCode == 1)
    #expect(
      second.errors
        == "semblance: out/seed0.png is the result of another photo, photos/seed0.png; choose "
        + "another folder, or replace it with --force\n")
    try expectComplete(1)
  }
}
