import ArgumentParser
import TensorCore

/// Options of every command that computes.
struct RunOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads to work on; all processors by default.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads): give a number from 1 to 1024")
    }
  }

  /// Applies the options.
  func begin() -> Console {
    if let threads { Parallel.threads = threads }
    Interruption.watch()
    return Console(isQuiet: quiet, writesJSON: json)
  }
}
