import ArgumentParser
import TensorCore

/// Options of every benchmark.
struct BenchmarkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only cases whose name contains this text.", valueName: "text"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds that are spent on each case.", valueName: "number"))
  var seconds: Double = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads to work on; all processors by default.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print the measurements as one JSON object.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the measurements as JSON.", valueName: "file"))
  var output: String?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads): give a number from 1 to 1024")
    }
    guard seconds.isFinite, (0...3600).contains(seconds) else {
      throw ValidationError("--seconds is \(seconds): give a number from 0 to 3600")
    }
  }

  /// Runs the cases of a benchmark, prints their measurements and writes them.
  ///
  /// - Throws: `ValidationError` when no case has the wanted name.
  func run(_ benchmark: String, _ cases: [BenchmarkCase]) throws {
    if let threads { Parallel.threads = threads }
    let wanted = cases.filter { $0.name.contains(filter ?? "") }
    guard !wanted.isEmpty else {
      throw ValidationError(
        "--filter \(filter ?? ""): there is no such case; choose from "
          + cases.map(\.name).joined(separator: ", "))
    }
    if !json { print(Measurement.heading) }
    var measurements: [Measurement] = []
    for benchmarkCase in wanted {
      let measurement = try benchmarkCase.measure(seconds: seconds)
      if !json { print(measurement.line) }
      measurements.append(measurement)
    }
    let report = BenchmarkReport(benchmark: benchmark, measurements: measurements)
    if json { print(try report.json()) }
    if let output { try report.write(to: output) }
  }
}
