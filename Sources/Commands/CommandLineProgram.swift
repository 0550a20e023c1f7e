import ArgumentParser
import Editing
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The program from its arguments to its exit code.
public enum CommandLineProgram {
  /// Runs the command that the process was started with and ends the process.
  ///
  /// With `SEMBLANCE_TRACE=1` in the environment a table of the time that operations took goes to
  /// standard error at the end.
  ///
  /// The exit code is 0 for success, 1 for bad data (one line on standard error says what is wrong
  /// and what to do), 64 for a wrong command line, 128 and the signal's number after an interruption.
  public static func main() -> Never {
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  static func run(_ arguments: [String]) -> Int32 {
    do {
      try InstructionSet.checkEnvironment()
    } catch {
      Terminal.writeError("semblance: \(error.description)\n")
      return ExitCode.validationFailure.rawValue
    }
    defer { if OperationTrace.isOn { Terminal.writeError(OperationTrace.report() + "\n") } }
    do {
      var command = try SemblanceCommand.parseAsRoot(arguments)
      try command.run()
      return EXIT_SUCCESS
    } catch {
      return report(error)
    }
  }

  /// Prints what `error` has to say where it belongs.
  ///
  /// - Returns: the exit code.
  private static func report(_ error: any Error) -> Int32 {
    if let interruption = interruption(behind: error), let signal = interruption.signal {
      Terminal.writeError("semblance: \(interruption.text)\n")
      return 128 + signal
    }
    let code = SemblanceCommand.exitCode(for: error).rawValue
    let message = SemblanceCommand.fullMessage(for: error)
    if code == EXIT_SUCCESS {
      print(message)
    } else if code == EXIT_FAILURE {
      // Data errors quote names from files; usage texts are the program's own and have lines.
      if !message.isEmpty { Terminal.writeError(named(message).onOneLine + "\n") }
    } else {
      Terminal.writeError(named(message) + "\n")
    }
    return code
  }

  /// The interruption that made the command fail, if it was one.
  private static func interruption(behind error: any Error) -> CommandError? {
    if let error = error as? CommandError, error.signal != nil { return error }
    guard let error = error as? EditingError, error == .cancelled else { return nil }
    do throws(CommandError) { try Interruption.check() } catch { return error }
    return nil
  }

  /// The message with the program's name in the place of the parser's "Error".
  private static func named(_ message: String) -> String {
    let prefix = "Error: "
    return message.hasPrefix(prefix) ? "semblance: " + message.dropFirst(prefix.count) : message
  }

  /// What a user is told about an error that does not end the command.
  static func text(of error: any Error) -> String {
    (error as? any LocalizedError)?.errorDescription ?? String(describing: error)
  }
}
