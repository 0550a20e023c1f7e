import CKernels

/// The instruction set that kernels use.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain C, 128-bit vectors on x86, NEON on arm64.
  case portable
  /// 256-bit vectors with fused multiply-add.
  case avx2
  /// 512-bit vectors.
  case avx512

  private var level: Int32 {
    switch self {
    case .portable: Int32(SEMBLANCE_ISA_PORTABLE)
    case .avx2: Int32(SEMBLANCE_ISA_AVX2)
    case .avx512: Int32(SEMBLANCE_ISA_AVX512)
    }
  }

  /// The set in force on this thread; the best that the processor has until another is chosen.
  public static var current: InstructionSet {
    allCases.first { $0.level == semblance_isa_level() } ?? .portable
  }

  /// Puts this set in force for the process; returns false when the processor does not have it.
  @discardableResult
  public func activate() -> Bool { semblance_isa_set(level) == 1 }

  /// Runs `body` with this set in force for what it computes, on this thread and on those that work
  /// for it; other computations of the process keep theirs. Returns nil, without running `body`,
  /// when the processor does not have the set.
  public func activated<Result>(_ body: () throws -> Result) rethrows -> Result? {
    let before = semblance_isa_thread_level()
    guard semblance_isa_set_thread(level) == 1 else { return nil }
    defer { _ = semblance_isa_set_thread(before) }
    return try body()
  }
}
