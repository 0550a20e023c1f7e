import Editing
import Networks
import TensorCore

/// Learns vectors from photos or codes before and after an edit.
struct PairVectors {
  /// What is learned with.
  let session: Session
  /// Numbers of the classes that the edit changes.
  let classes: [UInt8]
  /// Steps that fit the vectors to the photos.
  let steps: Int
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
    var examples: [PairLearner.Example] = []
    for (index, paths) in zip(before, after).enumerated() {
      let prefix = "\(index + 1)/\(before.count) "
      let start = try subject(paths.0, prefix)
      let end = try subject(paths.1, prefix)
      examples.append(
        PairLearner.Example(
          start: start.code.wPlus, end: end.code.wPlus, change: try change(start, end),
          strengths: strengths?[index] ?? [1]))
    }
    var options = PairLearningOptions()
    options.steps = steps
    let outcome = try PairLearner(model: session.model, classes: classes, options: options)(
      examples, observer: session.console.observer("learning \(name)"))
    session.console.endProgress()
    let pairs = "\(examples.count) pair\(examples.count == 1 ? "" : "s")"
    let origin = "mean difference of \(pairs)" + (steps > 0 ? ", fitted in \(steps) steps" : "")
    let scores =
      steps == 0
      ? [:]
      : [
        "loss_difference": outcome.lossBefore.rounded(decimals: 4),
        "loss_fitted": outcome.lossAfter.rounded(decimals: 4),
      ]
    return zip(names, outcome.deltas).map { name, delta in
      EditVector(
        delta: delta,
        record: session.model.record(
          name: name, classes: classes, origin: origin, scores: scores))
    }
  }

  private func subject(_ path: String, _ prefix: String) throws -> Subject {
    try session.subject(OpenedInput(path, warn: session.console.warn), prefix: prefix)
  }

  /// The change of the photos, or of the generator's pictures where one is a code without photo.
  private func change(_ start: Subject, _ end: Subject) throws -> Tensor {
    let model = session.model
    if let before = start.photo, let after = end.photo {
      return try after.tensor(for: model) - before.tensor(for: model)
    }
    func picture(_ subject: Subject) -> Tensor {
      withoutRecording {
        model.synthesize(subject.code.wPlus.tensor, withFeatures: false).image
      }
    }
    return picture(end) - picture(start)
  }

  private func vectors(_ table: AttributeTable, _ inputs: [String]) throws -> (
    names: [String], strengths: [[Float]]
  ) {
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
    return (Array(table.columns.dropFirst()), strengths)
  }
}
