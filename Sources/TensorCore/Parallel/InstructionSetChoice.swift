#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why the instruction set that was asked for is not in force.
public enum InstructionSetError: Error, Equatable, CustomStringConvertible {
  /// No set has this name.
  case unknown(String)
  /// The processor does not have this set.
  case notSupported(InstructionSet)

  /// What was expected, and what to do.
  public var description: String {
    switch self {
    case .unknown(let name):
      "SEMBLANCE_ISA is '\(name)', expected avx512, avx2 or portable; unset it to take the best"
    case .notSupported(let set):
      "SEMBLANCE_ISA is '\(set.rawValue)', which this processor does not have; "
        + "unset it to take the best (\(InstructionSet.current.rawValue))"
    }
  }
}

extension InstructionSet {
  /// Complains about an environment variable `SEMBLANCE_ISA` that names no set (`avx512`, `avx2` or
  /// `portable`), or one that the processor lacks; a good one is in force from the start, the best
  /// set without it.
  ///
  /// - Throws: `InstructionSetError` for an unknown name or a set that the processor lacks.
  public static func checkEnvironment() throws(InstructionSetError) {
    guard let value = getenv("SEMBLANCE_ISA") else { return }
    let set = try named(String(cString: value))
    guard set.activate() else { throw .notSupported(set) }
  }

  /// The set called `name`.
  ///
  /// - Throws: `InstructionSetError` for an unknown name.
  public static func named(_ name: String) throws(InstructionSetError) -> InstructionSet {
    guard let set = InstructionSet(rawValue: name) else { throw .unknown(name) }
    return set
  }
}
