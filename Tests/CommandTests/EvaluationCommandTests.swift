import Checkpoints
import Foundation
import Networks
import TensorCore
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

  /// A set is at no distance from itself; the random pictures of a model are the same whether they
  /// are drawn to files first or not.
  @Test func frechetDistance() throws {
    try writeNarrowInception(to: "inception.safetensors")
    for (seed, folder) in [("0", "a/"), ("100", "b/")] {
      let run = try work.semblance(
        "sample", "--seed", seed, "--count", "6", "--truncation-psi", "1", "-o", folder)
      try #require(run.exitCode == 0, "\(run.errors)")
    }
    func distance(_ arguments: String...) throws -> Double {
      let run = try SemblanceBinary.run(
        ["evaluate", "frechet"] + arguments + ["--inception", "inception.safetensors", "--json"],
        in: work.folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
      return try #require((report as? [String: Any])?["frechetDistance"] as? Double)
    }
    let between = try distance("a", "b")
    #expect(between > 0)
    #expect(try distance("a", "a").magnitude < 1e-6 * between)
    #expect(try (distance("a", "--seed", "100") - between).magnitude < 1e-9 * between)
    let alone = try work.semblance("evaluate", "frechet", "home", "--inception", "no.pth")
    #expect(
      alone.exitCode == 1
        && alone.errors == "semblance: cannot read no.pth: no such file or directory\n")
  }

  /// The published Inception network at a quarter of its width, with random weights.
  private func writeNarrowInception(to name: String) throws {
    let list = try Data(
      contentsOf: URL(fileURLWithPath: Workspace.fixture("keylists/pytorch_fid_inception.json")))
    let object = try JSONSerialization.jsonObject(with: list) as? [String: Any]
    var tensors: [String: CheckpointTensor] = [:]
    for (index, entry) in try #require(object?["keys"] as? [[Any]]).enumerated() {
      let name = try #require(entry[0] as? String)
      let shape = try #require(entry[1] as? [Int]).enumerated()
        .map { axis, size in axis > 1 || size == 3 ? size : size / 4 }
      if name.hasSuffix("num_batches_tracked") { continue }
      var random = RandomSource(seed: 1, stream: UInt64(index))
      let inputs = Float(max(shape.dropFirst().reduce(1, *), 1))
      let values = random.normal(Shape(shape)) * (2 / inputs).squareRoot()
      tensors["inception.\(name)"] = CheckpointTensor(
        shape.count == 1 ? values.absolute() + 0.5 : values)
    }
    try SafetensorsWriter.write(tensors, to: work.path(name))
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
    try pairsThatDependOnTheirList()
    let unknown = try work.semblance(
      "evaluate", "pairs", "pairs", "--probe", "p.probe", "--attribute", "hat", "--vector", "smile")
    #expect(unknown.exitCode == 1)
    #expect(
      unknown.errors == "semblance: the probe reads no attribute 'hat'; it reads smile, age\n")
  }

  /// The list says that the parameter falls from 0a to 0b, so the edit is taken from 0b to 0a, and
  /// names the vector.
  private func pairsThatDependOnTheirList() throws {
    func run(_ options: String...) throws -> [String] {
      let run = try SemblanceBinary.run(
        [
          "evaluate", "pairs", "pairs", "--probe", "p.probe", "--attribute", "smile", "--classes",
          "teeth", "--embed-steps", "0", "--markdown", "t.md",
        ] + options, in: work.folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      return try String(contentsOf: work.url("t.md"), encoding: .utf8)
        .split(separator: "\n").dropFirst(2).map(String.init)
    }
    try work.write(
      Array("edit,index,before,after\npairs,0,2.5,open-mouth\n".utf8), to: "pairs.csv")
    let named = try run("--vector", "{after}")
    #expect(named[1].hasPrefix("| {after} | 1.0 |"))
    let plain = try run("--vector", "open-mouth")
    #expect(named[1].dropFirst("| {after}".count) == plain[1].dropFirst("| open-mouth".count))
    try work.write(Array("edit,index,before,after\npairs,0,2.5,1.5\n".utf8), to: "pairs.csv")
    // Without an edit, the distance of a from b is that of b from a.
    let rising = try run("--vector", "smile", "--rising", "--whole")
    #expect(rising[0].contains(plain[0].split(separator: "|")[7]))
    #expect(rising[1] != plain[1])
    #expect(rising[2].hasPrefix("| smile, whole picture | 1.0 |"))
    #expect(rising[2] != rising[1])
    let missing = try work.semblance(
      "evaluate", "pairs", "pairs", "--probe", "p.probe", "--attribute", "smile", "--classes",
      "teeth", "--vector", "{paint}")
    #expect(
      missing.errors == "semblance: pairs/../pairs.csv, line 1: the table names no column 'paint' "
        + "(it has edit, index, before, after); give comma-separated values with names above\n")
  }
}
