#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Prints the measured deviations of a test run when `SEMBLANCE_REPORT_DEVIATIONS` is set.
enum DeviationReport {
  private static let isWanted = getenv("SEMBLANCE_REPORT_DEVIATIONS") != nil

  static func note(_ name: String, _ deviation: Deviation) {
    if isWanted { print("deviation \(name): \(deviation.relative)") }
  }
}
