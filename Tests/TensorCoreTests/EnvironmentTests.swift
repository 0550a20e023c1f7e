import Synchronization
import TensorCore
import Testing

@Suite("Choice of the instruction set")
struct EnvironmentTests {
  @Test func namesAreUnderstood() {
    for set in InstructionSet.allCases {
      #expect((try? InstructionSet.named(set.rawValue)) == set)
    }
  }

  /// Neighbours in the process keep their set; the threads that work for the computation take it.
  @Test func aSetHoldsForOneComputation() {
    let before = InstructionSet.current
    for set in InstructionSet.allCases {
      let seen = set.activated {
        let seen = Mutex<Set<InstructionSet>>([InstructionSet.current])
        Parallel.forEach(64) { _ in
          let current = InstructionSet.current
          seen.withLock { _ = $0.insert(current) }
        }
        return seen.withLock { $0 }
      }
      #expect(seen == [set] || (seen == nil && set != .portable))
      #expect(InstructionSet.current == before)
    }
  }

  @Test func textsOfErrors() {
    #expect(throws: InstructionSetError.unknown("sse9")) {
      try InstructionSet.named("sse9")
    }
    InstructionSet.portable.activated {
      #expect(
        InstructionSetError.unknown("sse9").description
          == "SEMBLANCE_ISA is 'sse9', expected avx512, avx2 or portable; unset it to take the best"
      )
      #expect(
        InstructionSetError.notSupported(.avx512).description
          == "SEMBLANCE_ISA is 'avx512', which this processor does not have; "
          + "unset it to take the best (portable)")
    }
  }

  @Test func theTraceTellsTimeAndSpeed() throws {
    OperationTrace.reset()
    let report = OperationTrace.report()
    #expect(report.hasPrefix("share %        ms   calls  GFLOP/s  operation\n"))
    guard !OperationTrace.isOn else { return }
    _ = Tensor([1, 2]) + Tensor([3, 4])
    #expect(OperationTrace.report() == report, "nothing is gathered without SEMBLANCE_TRACE=1")
  }
}
