import Foundation
import Testing

@testable import Commands

/// Where results go, decided before the work begins.
struct OutputPlanTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("semblance-plan-\(UUID().uuidString)")
    for name in ["photos", "empty", "out"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    for name in ["photos/b.jpg", "photos/a.PNG", "photos/note.txt", "photos/.hidden.png", "c.code"]
    {
      try Data("x".utf8).write(to: folder.appendingPathComponent(name))
    }
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func remove() { try? FileManager.default.removeItem(at: folder) }

  @Test func foldersGiveTheirPicturesByName() throws {
    defer { remove() }
    let list = try InputList([path("c.code"), path("photos")])
    #expect(list.paths == [path("c.code"), path("photos/a.PNG"), path("photos/b.jpg")])
    #expect(list.isMany)
    #expect(try !InputList([path("c.code")]).isMany)
  }

  @Test func missingAndEmptyInputs() {
    defer { remove() }
    #expect(throws: CommandError.noInput(path: path("no"))) { try InputList([path("no")]) }
    #expect(
      throws: CommandError.nothingInFolder(
        path: path("empty"), needed: ".png, .jpg, .jpeg or .code file")
    ) {
      try InputList([path("empty")])
    }
  }

  @Test func oneInputGivesOneFile() throws {
    defer { remove() }
    let list = try InputList([path("c.code")])
    #expect(try plan(list, "x.png").paths == [path("x.png")])
    #expect(try plan(list, "out").paths == [path("out/c.png")])
    #expect(try plan(list, "new/").paths == [path("new/c.png")])
  }

  @Test func manyInputsGiveAFolder() throws {
    defer { remove() }
    let list = try InputList([path("photos")])
    let plan = try plan(list, "new")
    #expect(plan.paths == [path("new/a.png"), path("new/b.png")])
    #expect(FileStatus(of: path("new")) == nil)
    try plan.makeFolder()
    #expect(FileStatus(of: path("new"))?.isFolder == true)
    #expect(throws: CommandError.folderNeeded(path: path("new.png"), results: 2)) {
      try self.plan(list, "new.png")
    }
    #expect(throws: CommandError.outputIsFile(path: path("c.code"))) {
      try self.plan(list, "c.code")
    }
  }

  /// Files that would share a result's name get names of their own, which depend on nothing else.
  @Test func inputsOfOneName() throws {
    defer { remove() }
    for name in ["photos/sub/b.jpg", "photos/c.png", "out/c.code"] {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: url)
    }
    let list = try InputList([path("photos"), path("c.code"), path("photos/b.jpg")])
    #expect(list.paths.count == 5)
    #expect(list.names == ["a", "b", "c.png", "sub/b", "c.code"])
    #expect(try plan(list, "new").paths.last == path("new/c.code.png"))
    let same = try InputList([path("c.code"), path("out/c.code")])
    #expect(Set(same.names).count == 2)
    #expect(same.names.allSatisfy { $0.hasPrefix("c-") && $0.count == 10 })
    #expect(try InputList([path("out/c.code"), path("c.code")]).names == same.names.reversed())
  }

  @Test func patternsAndLists() throws {
    defer { remove() }
    #expect(
      try InputList([path("photos/*.[jP]*")]).paths == [path("photos/a.PNG"), path("photos/b.jpg")])
    let list = try InputList(["-"], listed: { Array("x/a.png\ny/b c.jpg\n\n".utf8) })
    #expect(list.paths == ["x/a.png", "y/b c.jpg"])
    #expect(list.isMany)
    let zeros = try InputList(["-"], listed: { Array("x/a\nb.png\u{0}c.jpg\u{0}".utf8) })
    #expect(zeros.paths == ["x/a\nb.png", "c.jpg"])
    #expect(throws: CommandError.nothingListed) { try InputList(["-"], listed: { [10] }) }
  }

  /// Results in a folder of photos are no photos.
  @Test func resultsAreNoInputs() throws {
    defer { remove() }
    let results = folder.appendingPathComponent("photos/results")
    try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: results.appendingPathComponent("r.png"))
    let all = try InputList([path("photos")])
    #expect(all.names == ["a", "b", "results/r"])
    #expect(try InputList([path("photos")], output: path("photos/results")).names == ["a", "b"])
  }

  @Test func shards() throws {
    defer { remove() }
    let names = (0..<400).map { "photo\($0)" }
    let shards = try (1...4).map { try Shard("\($0)/4") }
    let counts = shards.map { shard in names.filter(shard.contains).count }
    #expect(counts.reduce(0, +) == 400)
    #expect(counts.allSatisfy { (70...130).contains($0) })
    #expect(shards[1].manifest == "manifest-2-of-4.jsonl")
  }

  @Test func inputsAreNeverOverwritten() throws {
    defer { remove() }
    let check = OutputCheck(inputs: [path("c.code"), nil])
    #expect(throws: CommandError.outputIsInput(path: path("photos/../c.code"))) {
      try check.requireFile(path("photos/../c.code"))
    }
    try check.requireFile(path("photos/b.jpg"))
    try check.requireFile(nil)
  }

  @Test func foldersMustBeThere() {
    defer { remove() }
    let check = OutputCheck(inputs: [])
    #expect(throws: CommandError.noOutputFolder(path: path("no/x.png"), folder: path("no"))) {
      try check.requireFile(path("no/x.png"))
    }
    #expect(throws: CommandError.outputIsFolder(path: path("out"))) {
      try check.requireFile(path("out"))
    }
    #expect(throws: CommandError.outputIsFile(path: path("c.code"))) {
      try check.requireFolders(path("c.code/vectors/faces"))
    }
  }

  private func plan(_ list: InputList, _ output: String) throws -> OutputPlan {
    try OutputPlan(
      inputs: list, output: path(output), suffix: ".png", check: OutputCheck(inputs: list.paths))
  }
}
