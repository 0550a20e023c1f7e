import TensorCore
import Testing

/// How far a result is from a reference.
public struct Deviation: CustomStringConvertible {
  /// The largest absolute difference.
  public var largest: Double = 0
  /// The largest absolute value of the reference.
  public var scale: Double = 0
  /// Elements whose difference exceeds the tolerance.
  public var exceeding = 0
  /// Elements.
  public var count = 0

  /// `largest / scale`.
  public var relative: Double { scale > 0 ? largest / scale : largest }

  /// For the message of a failed expectation.
  public var description: String {
    "largest deviation \(relative) of the largest value \(scale); \(exceeding) of \(count) exceed"
  }

  /// Compares element by element; not-a-number exceeds every tolerance.
  public init(_ values: [Float], _ reference: [Float], relativeToMax tolerance: Double) {
    count = reference.count
    scale = reference.reduce(0) { max($0, Double($1.magnitude)) }
    for (value, expected) in zip(values, reference) {
      let difference = (Double(value) - Double(expected)).magnitude
      if difference.isNaN { largest = .infinity } else { largest = max(largest, difference) }
      if !(difference <= tolerance * scale) { exceeding += 1 }
    }
  }
}

/// Expects every element within `tolerance` times the largest magnitude of the reference.
///
/// - Parameter allowingKinks: leaky ReLUs may flip isolated elements of a gradient: one element in
///   1,000 may exceed the tolerance, by a factor of ten at most.
public func expectClose(
  _ tensor: Tensor, _ reference: Tensor, relativeToMax tolerance: Double,
  allowingKinks: Bool = false, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard tensor.shape == reference.shape else {
    Issue.record(
      "\(name): shape \(tensor.shape), expected \(reference.shape)",
      sourceLocation: sourceLocation)
    return
  }
  let deviation = Deviation(tensor.values, reference.values, relativeToMax: tolerance)
  let allowed =
    allowingKinks
    ? deviation.exceeding * 1000 <= deviation.count && deviation.relative <= 10 * tolerance
    : deviation.exceeding == 0
  #expect(allowed, "\(name): \(deviation), tolerance \(tolerance)", sourceLocation: sourceLocation)
  DeviationReport.note(name, deviation)
}

/// Expects every element of a result within `tolerance` times the largest magnitude of values that
/// were computed in double precision.
public func expectClose(
  _ tensor: Tensor, _ reference: [Double], relativeToMax tolerance: Double, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard tensor.count == reference.count else {
    Issue.record(
      "\(name): \(tensor.count) values, expected \(reference.count)",
      sourceLocation: sourceLocation)
    return
  }
  let scale = reference.reduce(0) { max($0, $1.magnitude) }
  let largest = zip(tensor.values, reference).reduce(0) { worst, pair in
    let difference = (Double(pair.0) - pair.1).magnitude
    return difference.isNaN ? .infinity : max(worst, difference)
  }
  #expect(
    largest <= tolerance * max(scale, 1e-30),
    "\(name): deviation \(largest), largest value \(scale), tolerance \(tolerance)",
    sourceLocation: sourceLocation)
}
