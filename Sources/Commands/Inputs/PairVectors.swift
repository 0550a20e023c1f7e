import Editing
import Networks

/// Learns vectors from photos or codes before and after an edit.
struct PairVectors {
  /// What is learned with.
  let session: Session
  /// Numbers of the classes that the edit changes.
  let classes: [UInt8]
  /// Name of the vector, when there is no table.
  let name: String
  /// How much of which vector each pair shows; nil for one vector with strength 1.
  let table: AttributeTable?

  /// Learns from inputs that belong together in order.
  ///
  /// - Throws: `CommandError.unequalSets`, `.damagedTable`; `EditingError`.
  func callAsFunction(before: [String], after: [String]) throws -> [EditVector] {
    guard before.count == after.count else {
      throw CommandError.unequalSets(before: before.count, after: after.count)
    }
    let (names, strengths) = try table.map { try vectors($0, before) } ?? ([name], nil)
    var edits: [(strengths: [Float], difference: WPlus)] = []
    for (index, paths) in zip(before, after).enumerated() {
      let prefix = "\(index + 1)/\(before.count) "
      let difference = try code(paths.1, prefix) - code(paths.0, prefix)
      edits.append((strengths?[index] ?? [1], difference))
    }
    let origin =
      (table == nil ? "mean difference of " : "least squares of the differences of ")
      + "\(edits.count) pair\(edits.count == 1 ? "" : "s")"
    return zip(names, try CodeDirections.leastSquares(edits)).map { name, delta in
      EditVector(
        delta: delta,
        record: session.model.record(name: name, classes: classes, origin: origin))
    }
  }

  private func code(_ path: String, _ prefix: String) throws -> WPlus {
    try session.subject(OpenedInput(path, warn: session.console.warn), prefix: prefix).code.wPlus
  }

  private func vectors(_ table: AttributeTable, _ inputs: [String]) throws -> (
    names: [String], strengths: [[Float]]
  ) {
    let names = Array(table.columns.dropFirst())
    if let name = names.first(where: { !VectorDestination.isName($0) }) {
      throw CommandError.damagedTable(
        path: table.path, line: 1, reason: "has the column '\(name)', no name for a vector")
    }
    let rows = table.rowsByName()
    let strengths = try inputs.map { path in
      guard let row = rows[AttributeTable.key(PathText.stem(of: path))] else {
        throw CommandError.damagedTable(
          path: table.path, line: 1, reason: "has no row for '\(PathText.stem(of: path))'")
      }
      return try row.dropFirst().map { value in
        guard let number = Float(value), number.isFinite else {
          throw CommandError.damagedTable(
            path: table.path, line: 1 + (table.rows.firstIndex(of: row) ?? 0) + 1,
            reason: "has the strength '\(value)', which is not a finite number")
        }
        return number
      }
    }
    return (names, strengths)
  }
}
