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

  @Test func twoInputsOfOneName() throws {
    defer { remove() }
    let list = try InputList([path("photos/b.jpg"), path("c.code"), path("photos/b.jpg")])
    let error = CommandError.sameOutput(
      path: path("out/b.png"), first: path("photos/b.jpg"), second: path("photos/b.jpg"))
    #expect(throws: error) { try plan(list, "out") }
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
