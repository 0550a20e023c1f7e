import Foundation
import Testing

/// `SEMBLANCE_ISA` chooses the kernels of the whole program, `SEMBLANCE_TRACE` shows what they took.
struct InstructionSetVariableTests {
  private struct Report: Decodable {
    var instructionSet: String
  }

  @Test func theNamedSetIsInForce() throws {
    let work = try Workspace()
    let run = try SemblanceBinary.run(
      ["bench", "conv", "--filter", "512@4 forward", "--seconds", "0", "--json"],
      in: work.folder, environment: ["SEMBLANCE_ISA": "portable"])
    try #require(run.exitCode == 0, "\(run.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    #expect(report.instructionSet == "portable")
  }

  @Test func anUnknownSetIsAUsageError() throws {
    let work = try Workspace()
    let run = try SemblanceBinary.run(
      ["models", "list"], in: work.folder, environment: ["SEMBLANCE_ISA": "sse9"])
    #expect(run.exitCode == 64)
    #expect(
      run.errors
        == "semblance: SEMBLANCE_ISA is 'sse9', expected avx512, avx2 or portable; "
        + "unset it to take the best\n")
    #expect(run.output.isEmpty)
  }

  @Test func theTraceIsPrintedAtTheEnd() throws {
    let work = try Workspace()
    let arguments = ["bench", "conv", "--filter", "512@4 forward", "--seconds", "0"]
    let traced = try SemblanceBinary.run(
      arguments, in: work.folder, environment: ["SEMBLANCE_TRACE": "1"])
    let lines = traced.errors.split(separator: "\n")
    #expect(lines.first == "share %        ms   calls  GFLOP/s  operation")
    #expect(lines.contains { $0.hasSuffix("convolution 3x3 512 to 512 at 4x4, patches") })
    let silent = try SemblanceBinary.run(arguments, in: work.folder, environment: [:])
    #expect(silent.errors.isEmpty)
  }
}
