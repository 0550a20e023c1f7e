import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Time, arithmetic and number of calls of every kind of operation, gathered when the environment
/// variable `SEMBLANCE_TRACE` is 1.
public enum OperationTrace {
  /// Whether operations are timed; fixed at the first use.
  public static let isOn: Bool =
    getenv("SEMBLANCE_TRACE").map { String(cString: $0) == "1" } ?? false

  private struct Entry {
    var calls = 0
    var seconds = 0.0
    var operations = 0.0
  }
  private static let entries = Mutex<[String: Entry]>([:])

  /// A running operation.
  struct Span {
    let name: String
    let multiplications: Int
    let start = ContinuousClock.now

    /// Adds the time since the start to the operation's entry.
    func end() {
      let parts = (ContinuousClock.now - start).components
      let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
      OperationTrace.entries.withLock {
        $0[name, default: Entry()].calls += 1
        $0[name, default: Entry()].seconds += seconds
        $0[name, default: Entry()].operations += 2 * Double(multiplications)
      }
    }
  }

  /// Starts timing an operation, if the trace is on. Operations that are timed do not call others
  /// that are.
  ///
  /// - Parameter multiplications: multiply-adds that the definition of the operation asks for.
  static func begin(
    _ name: @autoclosure () -> String, multiplications: @autoclosure () -> Int = 0
  ) -> Span? {
    isOn ? Span(name: name(), multiplications: multiplications()) : nil
  }

  /// Forgets what was gathered.
  public static func reset() { entries.withLock { $0.removeAll() } }

  /// A table of what was gathered, the longest time first: share, milliseconds, calls, GFLOP/s (of
  /// the definition, not of the algorithm) and name.
  public static func report() -> String {
    let sorted = entries.withLock { $0 }.sorted {
      ($1.value.seconds, $0.key) < ($0.value.seconds, $1.key)
    }
    let total = sorted.reduce(0) { $0 + $1.value.seconds }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func decimal(_ value: Double) -> String {
      let tenths = Int((value * 10).rounded())
      return "\(tenths / 10).\(tenths % 10)"
    }
    var lines = ["share %        ms   calls  GFLOP/s  operation"]
    for (name, entry) in sorted {
      let speed = entry.operations == 0 ? "" : decimal(entry.operations / entry.seconds / 1e9)
      lines.append(
        [
          right(decimal(100 * entry.seconds / max(total, 1e-9)), 7),
          right(decimal(entry.seconds * 1e3), 9), right("\(entry.calls)", 7), right(speed, 8),
          " \(name)",
        ].joined(separator: " "))
    }
    lines.append("\(right(decimal(total * 1e3), 17)) ms in all")
    return lines.joined(separator: "\n")
  }
}
