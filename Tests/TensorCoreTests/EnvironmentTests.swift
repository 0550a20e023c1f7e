import TensorCore
import TestSupport
import Testing

@Suite("Choice of the instruction set")
struct EnvironmentTests {
  @Test func namesActivateSets() {
    withSettings {
      for set in InstructionSet.allCases {
        do throws(InstructionSetError) {
          try InstructionSet.activate(named: set.rawValue)
          #expect(InstructionSet.current == set)
        } catch {
          #expect(error == .notSupported(set))
        }
      }
    }
  }

  @Test func textsOfErrors() {
    withSettings {
      #expect(throws: InstructionSetError.unknown("sse9")) {
        try InstructionSet.activate(named: "sse9")
      }
      InstructionSet.portable.activate()
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
