import Editing
import Networks
import Pictures

/// Learns a vector from photos with repainted masks.
struct RepaintedVector {
  /// What is learned with.
  let session: Session
  /// Name of the vector.
  let name: String
  /// Numbers of the classes that the edit is about; nil to find them from the masks.
  let classes: [UInt8]?
  /// Optimisation steps for each photo.
  let steps: Int
  /// Steps over all photos together.
  let polishingSteps: Int
  /// Pixels by which the region is enlarged.
  let dilation: Int

  /// Learns from the photos of a folder.
  ///
  /// - Throws: `EditingError`, `CommandError`.
  func callAsFunction(_ items: [RepaintedFolder.Item]) throws -> EditVector {
    let model = session.model
    var examples: [VectorLearner.Example] = []
    var counts = [Int](repeating: 0, count: 256)
    for (index, item) in items.enumerated() {
      let example = try read(item, prefix: "\(index + 1)/\(items.count) ")
      for id in example.edit.classes { counts[Int(id)] += 1 }
      examples.append(example)
    }
    // A class belongs to the edit when most examples say so.
    let members =
      classes ?? counts.indices.filter { counts[$0] * 2 > items.count }.map { UInt8($0) }
    var options = VectorLearningOptions()
    options.edit.steps = steps
    options.polishingSteps = polishingSteps
    let outcome = try VectorLearner(model: model, options: options)(
      examples, observer: session.console.observer("learning \(name)"))
    session.console.endProgress()
    let plural = items.count == 1 ? "" : "s"
    return EditVector(
      delta: outcome.delta,
      record: model.record(
        name: name, classes: members,
        origin: "learned from \(items.count) repainted mask\(plural), \(steps) steps each"
          + (polishingSteps > 0 ? ", polished in \(polishingSteps) steps" : ""),
        scores: [
          "accuracy_before": outcome.accuracyBefore.rounded(decimals: 4),
          "accuracy_optimized": outcome.accuracyOptimized.rounded(decimals: 4),
          "accuracy_shared": outcome.accuracyShared.rounded(decimals: 4),
          "outside_shared": outcome.outsideShared.rounded(decimals: 3),
          "factor": Double(outcome.factor),
        ]))
  }

  private func read(_ item: RepaintedFolder.Item, prefix: String) throws -> VectorLearner.Example {
    let model = session.model
    let opened = try OpenedInput(item.photo, warn: session.console.warn)
    let after = try model.mask(contentsOf: item.after, for: opened.photo).map
    let before = try item.before.map { try model.mask(contentsOf: $0, for: opened.photo).map }
    let subject = try session.subject(opened, prefix: prefix)
    return VectorLearner.Example(
      start: subject.code.wPlus,
      edit: try model.maskEdit(
        of: subject.code, painting: after, original: before, classes: classes, dilation: dilation))
  }
}

extension JointModel {
  /// The description of a vector that was learned with this model.
  func record(name: String, classes: [UInt8], origin: String, scores: [String: Double] = [:])
    -> EditVector.Record
  {
    EditVector.Record(
      name: name, model: fingerprint, domain: domain,
      classes: classes.map { palette.entries[Int($0)].name }, layers: [0, rowCount],
      origin: origin, scores: scores)
  }
}
