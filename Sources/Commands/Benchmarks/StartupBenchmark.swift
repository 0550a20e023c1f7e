import ArgumentParser

/// `semblance bench startup`: how long the program takes before it does anything.
struct StartupBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "startup",
    abstract: "Start the program, or run any command line of it, in a process of its own.",
    discussion: """
      EXAMPLES:
        semblance bench startup
        semblance bench startup -- apply smile face.code -o out.png
      """)

  @OptionGroup var options: BenchmarkOptions

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Arguments of the command that is measured.", valueName: "argument"))
  var arguments: [String] = []

  func run() throws {
    let line = arguments.isEmpty ? ["--help"] : arguments
    let child = try ChildProcess(line)
    try options.run(
      "startup", [BenchmarkCase(line.joined(separator: " "), measured: child.run)])
  }
}
