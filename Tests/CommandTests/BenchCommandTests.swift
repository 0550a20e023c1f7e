import Foundation
import Testing

/// What the benchmarks promise about memory; times are not tested.
struct BenchCommandTests {
  private struct Report: Decodable {
    struct Measurement: Decodable {
      var systemAllocations: Int
      var runs: Int
    }

    var measurements: [Measurement]
  }

  /// An optimisation loop reaches a state in which it asks the system for no memory.
  @Test func editStepsAllocateNothingAfterWarmUp() throws {
    let work = try Workspace()
    let run = try work.semblance(
      "bench", "edit-step", "--filter", "128 base 4096 step", "--members", "2", "--seconds", "0",
      "--threads", "1", "--json")
    try #require(run.exitCode == 0, "\(run.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    let measurement = try #require(report.measurements.first)
    #expect(measurement.runs >= 3)
    #expect(measurement.systemAllocations == 0)
  }
}
