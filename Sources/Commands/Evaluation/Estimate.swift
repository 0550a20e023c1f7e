import Evaluation

/// A mean with its 95 % bootstrap interval.
struct Estimate: Encodable {
  var mean: Double
  var lower: Double
  var upper: Double

  init(_ values: [Double]) throws {
    let interval = try ConfidenceInterval.ofMean(values)
    (mean, lower, upper) = (interval.value, interval.lower, interval.upper)
  }

  func text(_ decimals: Int) -> String {
    "\(Commands.text(mean, decimals: decimals)) [\(Commands.text(lower, decimals: decimals)), "
      + "\(Commands.text(upper, decimals: decimals))]"
  }
}
