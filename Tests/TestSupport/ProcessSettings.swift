import Synchronization
import TensorCore

private let settingsLock = Mutex(())

/// Runs `body` with settings that hold for the whole process; tests that use this wait for each
/// other. Returns nil when the processor does not have the instruction set.
@discardableResult
public func withSettings<Result>(
  instructionSet: InstructionSet? = nil, threads: Int? = nil, _ body: () throws -> Result
) rethrows -> Result? {
  try settingsLock.withLock { _ in
    let (set, count) = (InstructionSet.current, Parallel.threads)
    defer {
      set.activate()
      Parallel.threads = count
    }
    if let instructionSet, !instructionSet.activate() { return nil }
    if let threads { Parallel.threads = threads }
    return try body()
  }
}
