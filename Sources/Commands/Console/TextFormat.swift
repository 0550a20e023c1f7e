/// A number with a fixed count of decimals: `23.10`.
func text(_ value: Double, decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if decimals == 0 { return "\(sign)\(scaled)" }
  let fraction = String(scaled % scale)
  return "\(sign)\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count)
    + fraction
}

/// A share of 1 in percent: `93.1 %`.
func percent(_ share: Double) -> String { text(share * 100, decimals: 1) + " %" }

extension String {
  /// The text with '?' for every control character: what files call themselves must neither break
  /// lines nor drive a terminal.
  var onOneLine: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      result.append(isControl || scalar == "\u{2028}" || scalar == "\u{2029}" ? "?" : scalar)
    }
    return String(result)
  }
}

extension Double {
  /// The number rounded to a count of decimals, for results that people may read.
  func rounded(decimals: Int) -> Double {
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    return (self * scale).rounded() / scale
  }
}

/// Seconds since it was made.
struct Stopwatch {
  private let start = ContinuousClock().now

  /// Seconds so far, to the millisecond.
  var seconds: Double { ((ContinuousClock().now - start) / .seconds(1)).rounded(decimals: 3) }
}

/// `text` with spaces behind it up to `width` characters.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
