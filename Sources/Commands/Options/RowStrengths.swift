import ArgumentParser
import Editing

/// Factors of rows of a vector, as they are written on the command line: `0-3:0.5,8:2`.
struct RowStrengths: Equatable {
  /// Rows with one factor.
  struct Part: Equatable {
    var rows: ClosedRange<Int>
    var factor: Float
  }

  /// The parts in order; of several about a row the last counts.
  var parts: [Part]

  /// `ROW:FACTOR` or `FIRST-LAST:FACTOR`, joined by commas.
  ///
  /// - Throws: `ValidationError` for anything else.
  init(_ text: String) throws {
    parts = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let sides = part.split(separator: ":", omittingEmptySubsequences: false)
      guard sides.count == 2, let rows = Self.rows(sides[0]), let factor = Float(sides[1]),
        factor.isFinite
      else {
        throw ValidationError("'\(part)' is no FIRST-LAST:FACTOR, as in 0-3:0.5")
      }
      return Part(rows: rows, factor: factor)
    }
  }

  /// Rows `FIRST-LAST` or `ROW`, counted from 0; nil for anything else.
  static func rows(_ text: some StringProtocol) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first >= 0, first <= last, last < 1000
    else { return nil }
    return first...last
  }

  /// The vector with these factors.
  ///
  /// - Throws: `EditingError.unknownRow`.
  func applied(to vector: EditVector) throws(EditingError) -> EditVector {
    var vector = vector
    for part in parts { try vector.scale(rows: part.rows, by: part.factor) }
    return vector
  }
}
