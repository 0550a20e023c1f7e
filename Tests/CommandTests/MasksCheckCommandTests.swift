import Foundation
import Pictures
import Testing

@testable import Commands

/// `semblance masks check`, through the built program.
struct MasksCheckCommandTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  private struct Report: Decodable {
    struct Class: Decodable, Equatable {
      var name: String
      var pixels: Int
    }
    struct Unknown: Decodable, Equatable {
      var value: String
      var pixels: Int
      var x: Int
      var y: Int
    }
    struct Result: Decodable {
      var input: String
      var error: String?
      var width: Int?
      var classes: [Class]?
      var unknown: [Unknown]?
      var thinPixels: Int?
    }
    var results: [Result]
    var classes: [Class]
    var problems: Int
  }

  private func report(_ run: SemblanceBinary.Run) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  /// Two halves of sky, and `pixels` of another colour in the first row.
  private func makeLayout(_ name: String, foreign pixels: Int = 0) throws {
    var picture = Picture(width: 16, height: 12, filledWith: RGBColor(hex: 0x759edf))
    for y in 6..<12 {
      for x in 0..<16 { picture[x, y] = RGBColor(hex: 0xb7d24e) }
    }
    for x in 0..<pixels { picture[x + 3, 0] = RGBColor(1, 2, 3) }
    try FileManager.default.createDirectory(
      at: work.url("labels"), withIntermediateDirectories: true)
    try picture.write(to: work.path("labels/\(name)"))
  }

  @Test func cleanLayoutsPass() throws {
    try makeLayout("a.png")
    try makeLayout("b.png")
    let run = try work.semblance("masks", "check", "labels", "--classes", "landscape", "--json")
    #expect(run.exitCode == 0)
    #expect(run.errors.isEmpty)
    let report = try report(run)
    #expect(report.problems == 0)
    #expect(report.results.map(\.input) == ["labels/a.png", "labels/b.png"])
    #expect(
      report.results[0].classes
        == [.init(name: "grass", pixels: 96), .init(name: "sky-other", pixels: 96)])
    #expect(
      report.classes == [.init(name: "grass", pixels: 192), .init(name: "sky-other", pixels: 192)])
  }

  @Test func coloursWithoutClassAreNamedWithCountAndPlace() throws {
    try makeLayout("a.png", foreign: 2)
    try makeLayout("b.png")
    let run = try work.semblance("masks", "check", "labels", "--classes", "landscape")
    #expect(run.exitCode == 1)
    #expect(
      run.errorLines == [
        "semblance: labels/a.png: 2 pixels have no class: #010203 (2 pixels, the first at 3,0)",
        "semblance: 1 of 2 masks have problems",
      ])
    let report = try report(
      try work.semblance("masks", "check", "labels", "--classes", "landscape", "--json"))
    #expect(report.problems == 1)
    #expect(report.results[0].unknown == [.init(value: "#010203", pixels: 2, x: 3, y: 0)])
  }

  @Test func classesOfAModel() throws {
    let run = try work.semblance("masks", "check", "mask.png", "--classes", "faces")
    #expect(run.exitCode == 0)
    #expect(run.output.hasPrefix("mask.png: 128x128, "))
  }

  @Test func classesOfAFile() throws {
    try makeLayout("a.png")
    let list = """
      [{"name": "sky", "color": [117, 158, 223]}, {"name": "grass", "color": [183, 210, 78]}]
      """
    try work.write(Array(list.utf8), to: "classes.json")
    let run = try work.semblance("masks", "check", "labels/a.png", "--classes", "classes.json")
    #expect(run.exitCode == 0)
    #expect(run.output == "labels/a.png: 16x12, 2 classes\n")
  }

  @Test func differentSizesAreAProblemWhenAsked() throws {
    try makeLayout("a.png")
    try Picture(width: 5, height: 5, filledWith: RGBColor(hex: 0x759edf)).write(
      to: work.path("labels/b.png"))
    #expect(
      try work.semblance("masks", "check", "labels", "--classes", "landscape").exitCode == 0)
    let run = try work.semblance(
      "masks", "check", "labels", "--classes", "landscape", "--same-size")
    #expect(run.exitCode == 1)
    #expect(
      run.errorLines[0]
        == "semblance: labels/b.png: the size is 5x5, that of labels/a.png 16x12")
  }

  @Test func unreadableMasksAreReportedAndTheRestIsRead() throws {
    try makeLayout("a.png")
    try work.write(Array("text".utf8), to: "labels/b.png")
    let run = try work.semblance("masks", "check", "labels", "--classes", "landscape")
    #expect(run.exitCode == 1)
    #expect(run.output.contains("labels/a.png: 16x12, 2 classes"))
    #expect(
      run.errorLines[0]
        == "semblance: labels/b.png: not a picture; PNG and JPEG files are read")
  }

  @Test func unknownClassesAreRefused() throws {
    let run = try work.semblance("masks", "check", "mask.png", "--classes", "kitchen")
    #expect(run.exitCode == 1)
    #expect(
      run.errors.hasPrefix(
        "semblance: there are no classes 'kitchen'; give a .json file or one of coco, landscape, "))
  }
}
