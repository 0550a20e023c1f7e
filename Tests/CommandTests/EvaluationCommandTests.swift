import Foundation
import Testing

@testable import Commands

/// Tables of attributes, and the benchmark of pairs through the built program.
struct EvaluationCommandTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  @Test func tablesAreReadByName() throws {
    try work.write(Array("id,kind,smile\n0007,a,0.5\n010,b,1\n".utf8), to: "t.csv")
    let table = try AttributeTable(work.path("t.csv"))
    #expect(table.numericColumns == ["smile"])
    #expect(table.rowsByName()[AttributeTable.key("7")] == ["0007", "a", "0.5"])
    #expect(table.rowsByName()[AttributeTable.key("00010")] == ["010", "b", "1"])
  }

  @Test func damagedTablesAreRefused() throws {
    try work.write(Array("id,smile\n1,0.5,3\n".utf8), to: "t.csv")
    #expect(
      throws: CommandError.damagedTable(
        path: work.path("t.csv"), line: 2, reason: "has 3 values, but there are 2 names")
    ) { try AttributeTable(work.path("t.csv")) }
  }

  /// A small set of samples with made-up attributes: the probe is fitted, then used on a pair.
  @Test func probeAndPairs() throws {
    let sampled = try work.semblance(
      "sample", "--seed", "1", "--count", "12", "--masks", "-o", "made/")
    try #require(sampled.exitCode == 0)
    var table = "id,smile,age\n"
    for index in 0..<12 {
      try FileManager.default.moveItem(
        at: work.url("made/seed\(index + 1).png"), to: work.url("made/\(index).jpg"))
      table += "\(index),\(Double(index % 5)),\(index)\n"
    }
    try work.write(Array(table.utf8), to: "made/attributes.csv")
    let fitted = try work.semblance(
      "evaluate", "attributes", "made", "-o", "p.probe", "--identity", "age")
    try #require(fitted.exitCode == 0, "\(fitted.errors)")
    try FileManager.default.createDirectory(
      at: work.url("pairs"), withIntermediateDirectories: true)
    for (from, to) in [
      ("made/0.jpg", "0a.jpg"), ("made/1.jpg", "0b.jpg"), ("made/seed1-mask.png", "0a.png"),
      ("made/seed2-mask.png", "0b.png"),
    ] {
      try FileManager.default.copyItem(at: work.url(from), to: work.url("pairs/\(to)"))
    }
    let run = try work.semblance(
      "evaluate", "pairs", "pairs", "--probe", "p.probe", "--attribute", "smile", "--vector",
      "smile", "--embed-steps", "1", "--strengths", "0,1", "--markdown", "t.md", "--plot", "t.svg")
    try #require(run.exitCode == 0, "\(run.errors)")
    let lines = try String(contentsOf: work.url("t.md"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[2].hasPrefix("| no edit |"))
    #expect(lines[3].hasPrefix("| smile | 0.0 |"))
    // Strength 0 changes nothing: neither the attribute nor the generator's picture.
    #expect(lines[3].contains("| 0.00 [0.00, 0.00] |"))
    let unknown = try work.semblance(
      "evaluate", "pairs", "pairs", "--probe", "p.probe", "--attribute", "hat", "--vector", "smile")
    #expect(unknown.exitCode == 1)
    #expect(
      unknown.errors == "semblance: the probe reads no attribute 'hat'; it reads smile, age\n")
  }
}
