extension EditVector {
  /// Multiplies rows by a factor: coarse rows move shapes, the last ones colours.
  ///
  /// - Throws: `EditingError.unknownRow`.
  public mutating func scale(rows: ClosedRange<Int>, by factor: Float) throws(EditingError) {
    try require(rows)
    guard factor.isFinite else { throw .invalidStrength(factor) }
    for index in rows.lowerBound * delta.width..<(rows.upperBound + 1) * delta.width {
      delta.values[index] *= factor
    }
  }

  /// Sets all other rows to zero.
  ///
  /// - Throws: `EditingError.unknownRow`.
  public mutating func keep(rows: ClosedRange<Int>) throws(EditingError) {
    try require(rows)
    delta = delta.restricted(toRows: rows.lowerBound..<rows.upperBound + 1)
    record.layers = [
      max(record.layers[0], rows.lowerBound), min(record.layers[1], rows.upperBound + 1),
    ]
  }

  private func require(_ rows: ClosedRange<Int>) throws(EditingError) {
    guard rows.lowerBound >= 0 else {
      throw .unknownRow(rows.lowerBound, rowCount: delta.rowCount)
    }
    guard rows.upperBound < delta.rowCount else {
      throw .unknownRow(rows.upperBound, rowCount: delta.rowCount)
    }
  }
}
