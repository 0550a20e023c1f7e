import Foundation
import Pictures
import Testing

/// `semblance train spade` under a launcher, through the built program.
struct DistributedTrainingTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    let palette = try Palette([
      .init(name: "sky", color: RGBColor(30, 80, 220)),
      .init(name: "hill", color: RGBColor(40, 160, 60)),
    ])
    let classes = #"[{"name":"sky","color":[30,80,220]},{"name":"hill","color":[40,160,60]}]"#
    try work.write(Array(classes.utf8), to: "c.json")
    for folder in ["m", "p"] {
      try FileManager.default.createDirectory(
        at: work.url(folder), withIntermediateDirectories: true)
    }
    for index in 0..<6 {
      let labels = (0..<1024).map { UInt8($0 % 32 > 6 + 3 * index ? 1 : 0) }
      let map = LabelMap(width: 32, height: 32, labels: labels)
      try map.write(to: work.path("m/\(index).png"), palette: palette)
      try map.colored(with: palette).write(to: work.path("p/\(index).png"))
    }
  }

  /// Rates at which the kinks of these tiny networks do not multiply the rounding within 20 steps: at
  /// the paper's, one process runs apart from itself with another BLAS kernel.
  private func arguments(_ output: String, _ more: [String] = [], logEvery: Int = 1) -> [String] {
    [
      "train", "spade", "--labels", "m", "--images", "p", "--classes", "c.json", "--preset",
      "small", "--size", "32", "--filters", "2", "--hidden", "3", "--style", "4", "--batch", "4",
      "--steps", "20", "--log-every", "\(logEvery)", "--rate", "1e-5", "--discriminator-rate",
      "4e-5", "--threads", "1", "-o", output,
    ] + more
  }

  #if MPI
  private func launch(_ count: Int, _ arguments: [String]) throws -> SemblanceBinary.Run {
    try SemblanceBinary.run(
      ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "\(count)"]
        + [SemblanceBinary.url.path] + arguments, in: work.folder,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"],
      program: URL(fileURLWithPath: "/usr/bin/env"))
  }

  private func table(_ file: String) throws -> (names: Substring, rows: [[Double]]) {
    let lines = String(decoding: try work.bytes(file), as: UTF8.self).split(separator: "\n")
    return (lines[0], lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } })
  }

  @Test func twoProcessesHaveTheLossesOfOneWithTheSameBatch() throws {
    let alone = try SemblanceBinary.run(arguments("a.safetensors"), in: work.folder)
    #expect(alone.exitCode == 0, "\(alone.errors)")
    let shared = try launch(2, arguments("b.safetensors"))
    #expect(
      shared.output == "b.safetensors: SPADE model after 20 of 20 steps\n", "\(shared.errors)")
    let (a, b) = (try table("a.csv"), try table("b.csv"))
    #expect(a.names == b.names && a.rows.count == 20 && b.rows.count == 20)
    for (one, two) in zip(a.rows.joined(), b.rows.joined()) {
      #expect(abs(one - two) <= 1e-4 * abs(one))
    }
  }

  @Test func aResumedRunOfTwoProcessesEndsInTheSameBytes() throws {
    let whole = try launch(2, arguments("a.safetensors"))
    #expect(whole.exitCode == 0, "\(whole.errors)")
    let part = try launch(2, arguments("b.safetensors", ["--minutes", "0.0001"]))
    #expect(part.output.contains("of 20 steps; go on with --resume"), "\(part.errors)")
    let rest = try launch(2, arguments("b.safetensors", ["--resume"]))
    #expect(rest.exitCode == 0, "\(rest.errors)")
    for end in ["safetensors", "state", "csv", "png"] {
      #expect(try work.bytes("a.\(end)") == work.bytes("b.\(end)"), "\(end)")
    }
  }

  @Test func aBatchThatDoesNotDivideIsRefused() throws {
    let run = try launch(3, arguments("a.safetensors"))
    #expect(run.exitCode != 0 && work.added.isDisjoint(with: ["a.safetensors", "a.state"]))
    #expect(
      run.errors.contains(
        "semblance: --batch is 4 for 3 processes, which need equal parts; give a multiple of 3"))
  }
  #else
  @Test func aProgramWithoutMPIRefusesToBeOneOfSeveralProcesses() throws {
    let run = try SemblanceBinary.run(
      arguments("a.safetensors"), in: work.folder, environment: ["OMPI_COMM_WORLD_SIZE": "2"])
    #expect(run.exitCode == 1 && work.added.isDisjoint(with: ["a.safetensors", "a.state"]))
    #expect(
      run.errors
        == "semblance: OMPI_COMM_WORLD_SIZE says that this is one of 2 processes, but the program "
        + "was built without MPI and each would write the same files; build it with 'swift build "
        + "-c release --traits MPI' or start one process\n")
  }
  #endif

  @Test func everyStepIsNotedWhenThatIsAskedFor() throws {
    let run = try SemblanceBinary.run(
      arguments("a.safetensors", logEvery: 3), in: work.folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let steps = String(decoding: try work.bytes("a.csv"), as: UTF8.self).split(separator: "\n")
      .dropFirst().map { $0.prefix { $0 != "," } }
    #expect(steps == ["3", "6", "9", "12", "15", "18", "20"])
  }
}
