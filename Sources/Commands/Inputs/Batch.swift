import ArgumentParser

/// Works on inputs one after the other: a bad one among several is reported and left out.
struct Batch {
  /// What is worked on.
  let inputs: InputList
  /// Where errors are printed.
  let console: Console

  /// The result of each input.
  ///
  /// - Parameter body: receives the number and path of the input, and what to put before the label
  ///   of its progress.
  /// - Throws: what `body` throws when there is one input only, and `CommandError.interrupted`.
  func run<Result>(_ body: (Int, String, String) throws -> Result) throws -> [Outcome<Result>] {
    let count = inputs.paths.count
    return try inputs.paths.enumerated().map { index, path in
      let prefix = count > 1 ? "\(index + 1)/\(count) " : ""
      do {
        return Outcome(input: path, result: try body(index, path, prefix))
      } catch {
        console.endProgress()
        if case .interrupted? = error as? CommandError { throw error }
        guard count > 1 else { throw error }
        let message = CommandLineProgram.text(of: error)
        console.fail(message)
        return Outcome(input: path, error: message)
      }
    }
  }

  /// Ends the command with exit code 1 when an input failed.
  func requireSuccess(_ errors: [String?]) throws {
    let failures = errors.filter { $0 != nil }.count
    guard failures > 0 else { return }
    console.fail("\(failures) of \(errors.count) inputs failed; the others are done")
    throw ExitCode.failure
  }
}
