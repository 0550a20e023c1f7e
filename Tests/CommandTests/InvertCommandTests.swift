import Editing
import Foundation
import Networks
import Pictures
import Testing

/// `semblance invert`, through the built program, and edits that begin at a drawing.
struct InvertCommandTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  @Test func aLayoutBecomesACodeThatOtherCommandsTake() throws {
    let run = try work.semblance(
      "invert", "mask.png", "-o", "a.code", "--picture", "a.png", "--mask", "a-mask.png", "--steps",
      "8", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let result = (object?["results"] as? [[String: Any]])?.first
    let before = try #require(result?["accuracyBefore"] as? Double)
    let after = try #require(result?["accuracyAfter"] as? Double)
    #expect(before > 0.5 && after > before)
    let code = try LatentCode(contentsOf: work.path("a.code"))
    guard case .layout(let hash) = code.record.source else {
      Issue.record("the code is not that of a layout: \(code.record.source)")
      return
    }
    #expect(hash.count == 16 && code.record.steps == 8)
    let segmented = try work.semblance("segment", "a.code", "-o", "b-mask.png")
    #expect(segmented.exitCode == 0, "\(segmented.errors)")
    #expect(try work.bytes("a-mask.png") == work.bytes("b-mask.png"))
    #expect(try Picture(contentsOf: work.path("a.png")).width == 128)
  }

  @Test func stylesGiveOtherCodes() throws {
    for (name, style) in [
      ("a.code", []), ("b.code", ["--seed", "3"]), ("c.code", ["--style", "face.png"]),
    ] {
      let run = try SemblanceBinary.run(
        ["invert", "mask.png", "-o", name, "--steps", "0"] + style, in: work.folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let codes = try ["a.code", "b.code", "c.code"].map {
      try LatentCode(contentsOf: work.path($0)).wPlus.values
    }
    #expect(Set(codes).count == 3)
  }

  @Test func aModelOfOtherClassesIsRefused() throws {
    let run = try work.semblance(
      "invert", "mask.png", "-o", "a.code", "--model", "cars", "--layout-model", "faces-layout")
    #expect(run.exitCode == 1 && work.added.isEmpty)
    #expect(
      run.errors
        == "semblance: faces-layout draws other classes than cars has; use a layout model of the "
        + "same classes\n")
  }

  @Test func anEditMayBeginAtTheDrawing() throws {
    let run = try work.semblance(
      "edit", "face.code", "--mask", "painted.png", "-o", "out.png", "--steps", "3", "--initial",
      "spade", "--whole")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("out.png: "))
  }

  @Test(arguments: [
    (["--steps", "-1"], "--steps is -1: give a number from 0 to 100000"),
    (["--seed", "1", "--style", "face.png"], "give --style or --seed, not both"),
    (["--picture", "a.gif"], "--picture: a.gif: unknown picture format"),
  ])
  func valuesThatMakeNoSenseAreRefused(values: [String], message: String) throws {
    let run = try SemblanceBinary.run(
      ["invert", "mask.png", "-o", "a.code"] + values, in: work.folder)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message))
  }
}
