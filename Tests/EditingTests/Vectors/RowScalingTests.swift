import Testing

@testable import Editing

/// Rows of a vector with strengths of their own.
struct RowScalingTests {
  private let vector = EditVector(
    delta: WPlus(rowCount: 3, width: 2, values: [1, 2, 3, 4, 5, 6]),
    record: EditVector.Record(
      name: "v", model: "m", domain: "d", classes: [], layers: [0, 3], origin: "test"))

  @Test func rowsAreScaled() throws {
    var scaled = vector
    try scaled.scale(rows: 1...2, by: 0.5)
    #expect(scaled.delta.values == [1, 2, 1.5, 2, 2.5, 3])
  }

  @Test func otherRowsAreZero() throws {
    var kept = vector
    try kept.keep(rows: 1...1)
    #expect(kept.delta.values == [0, 0, 3, 4, 0, 0])
    #expect(kept.record.layers == [1, 2])
  }

  @Test func rowsThatTheModelDoesNotHave() {
    var vector = vector
    #expect(throws: EditingError.unknownRow(3, rowCount: 3)) {
      try vector.scale(rows: 2...3, by: 1)
    }
    #expect(throws: EditingError.unknownRow(7, rowCount: 3)) { try vector.keep(rows: 7...7) }
    #expect(throws: EditingError.invalidStrength(.infinity)) {
      try vector.scale(rows: 0...0, by: .infinity)
    }
    #expect(
      EditingError.unknownRow(7, rowCount: 3).text
        == "there is no row 7; the model has rows 0 to 2")
  }
}
