import Synchronization
import TensorCore

private let settingsLock = Mutex(())

/// Runs `body` with an instruction set of its own, and with a number of threads that holds for the
/// whole process; tests that set it wait for each other. Returns nil when the processor does not
/// have the instruction set.
@discardableResult
public func withSettings<Result>(
  instructionSet: InstructionSet? = nil, threads: Int? = nil, _ body: () throws -> Result
) rethrows -> Result? {
  if let instructionSet {
    return try instructionSet.activated { try withSettings(threads: threads, body) } ?? nil
  }
  guard let threads else { return try body() }
  return try settingsLock.withLock { _ in
    let count = Parallel.threads
    defer { Parallel.threads = count }
    Parallel.threads = threads
    return try body()
  }
}
