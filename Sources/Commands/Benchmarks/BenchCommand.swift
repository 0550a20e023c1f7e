import ArgumentParser

/// `semblance bench`: how fast this machine is at the program's work.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure speed and memory of the program's work.",
    discussion: """
      Networks have their full sizes and random weights; nothing is downloaded. Every case runs \
      until its time is used up, after one run that does not count; the least and the median time \
      are printed with the median absolute deviation.

      EXAMPLES:
        semblance bench conv
        semblance bench generator --filter 256 --seconds 5
        semblance bench edit-step --json -o edit-step.json
      """,
    subcommands: [
      ConvolutionBenchmark.self, GeneratorBenchmark.self, PerceptualBenchmark.self,
      SPADEBenchmark.self,
      EditStepBenchmark.self, StartupBenchmark.self,
    ])
}
