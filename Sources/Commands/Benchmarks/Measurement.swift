/// What came out of the runs of one case.
struct Measurement: Encodable {
  /// The case.
  let name: String
  /// How many runs counted.
  let runs: Int
  /// The least time of a run.
  let minimumSeconds: Double
  /// The median time of a run.
  let medianSeconds: Double
  /// The median of the absolute deviations from the median.
  let deviationSeconds: Double
  /// Billions of operations in a second, in the fastest run.
  let gigaflops: Double?
  /// The most bytes that tensors held at once, since the program started.
  let peakLiveBytes: Int
  /// The largest resident memory of the process that worked, in bytes.
  let peakResidentBytes: Int
  /// Blocks of memory that the runs after the first asked from the system.
  let systemAllocations: Int

  /// Draws the statistics from the times of at least one run.
  init(
    name: String, times: [Double], operations: Double?, peakLiveBytes: Int,
    peakResidentBytes: Int, systemAllocations: Int
  ) {
    self.name = name
    runs = times.count
    let median = Self.median(times)
    minimumSeconds = times.min() ?? 0
    medianSeconds = median
    deviationSeconds = Self.median(times.map { abs($0 - median) })
    gigaflops = operations.map { $0 / 1e9 / max(times.min() ?? 0, 1e-9) }
    self.peakLiveBytes = peakLiveBytes
    self.peakResidentBytes = peakResidentBytes
    self.systemAllocations = systemAllocations
  }

  /// The middle value, or the mean of the two middle ones.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return 0 }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
  }

  /// The titles over `line`.
  static let heading =
    "case                                     min ms    median      mad    GFLOP/s  peak MiB  runs"

  /// The measurement as a line of a table.
  var line: String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    func milliseconds(_ seconds: Double) -> String { Self.decimal(seconds * 1000) }
    return name + String(repeating: " ", count: max(0, 36 - name.count))
      + right(milliseconds(minimumSeconds), 11) + right(milliseconds(medianSeconds), 10)
      + right(milliseconds(deviationSeconds), 9)
      + right(gigaflops.map { "\(Int($0.rounded()))" } ?? "-", 11)
      + right("\(peakResidentBytes >> 20)", 10) + right("\(runs)", 6)
  }

  /// Two decimals.
  private static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = "\(hundredths % 100)"
    return "\(hundredths / 100)." + (fraction.count < 2 ? "0" : "") + fraction
  }
}
