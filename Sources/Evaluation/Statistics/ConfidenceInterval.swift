import TensorCore

/// A measured value and the range that it would fall into in most repetitions of the measurement.
public struct ConfidenceInterval: Equatable, Sendable {
  /// The statistic of the samples themselves.
  public let value: Double
  /// Lower end of the interval.
  public let lower: Double
  /// Upper end of the interval.
  public let upper: Double

  /// An interval with given ends.
  public init(value: Double, lower: Double, upper: Double) {
    self.value = value
    self.lower = lower
    self.upper = upper
  }

  /// The percentile bootstrap (Efron 1979): the statistic of `resamples` sets drawn with replacement,
  /// of which the middle `level` is the interval. The same seed gives the same interval.
  ///
  /// - Parameters:
  ///   - count: how many samples there are.
  ///   - level: for example 0.95.
  ///   - statistic: computes the value of some samples, given by their numbers in `0..<count`.
  /// - Throws: `EvaluationError.tooFewSamples` without samples, `.notFinite` when a statistic is
  ///   not a finite number.
  public static func bootstrap(
    count: Int, resamples: Int = 2000, level: Double = 0.95, seed: UInt64 = 1,
    statistic: ([Int]) -> Double
  ) throws(EvaluationError) -> ConfidenceInterval {
    check(
      resamples > 0 && level > 0 && level < 1, "bootstrap: \(resamples) resamples, level \(level)")
    guard count > 0 else {
      throw .tooFewSamples(measure: "a confidence interval", minimum: 1, actual: count)
    }
    let value = statistic(Array(0..<count))
    var random = RandomSource(seed: seed)
    var drawn = [Int](repeating: 0, count: count)
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for _ in 0..<resamples {
      for index in drawn.indices {
        drawn[index] = Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
      }
      values.append(statistic(drawn))
    }
    guard value.isFinite, values.allSatisfy(\.isFinite) else {
      throw .notFinite(measure: "a confidence interval")
    }
    values.sort()
    return ConfidenceInterval(
      value: value, lower: quantile((1 - level) / 2, of: values),
      upper: quantile((1 + level) / 2, of: values))
  }

  /// The bootstrap interval of the mean of `samples`.
  ///
  /// - Throws: as `bootstrap`.
  public static func ofMean(
    _ samples: [Double], resamples: Int = 2000, level: Double = 0.95, seed: UInt64 = 1
  ) throws(EvaluationError) -> ConfidenceInterval {
    try bootstrap(count: samples.count, resamples: resamples, level: level, seed: seed) { drawn in
      drawn.reduce(0.0) { $0 + samples[$1] } / Double(drawn.count)
    }
  }

  /// Linear interpolation between the order statistics.
  private static func quantile(_ part: Double, of sorted: [Double]) -> Double {
    let position = part * Double(sorted.count - 1)
    let low = Int(position)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }
}
