import Checkpoints
import TensorCore

extension SegmenterTraining {
  private static let kind = "segmenter"

  private struct Record: Codable {
    var options: SegmenterTrainingOptions
    var model: String
    var examples: String
    var round: Int
    var step: Int
    var history: [SegmenterScores]
  }

  /// Writes everything that `resume` needs.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func writeState(to path: String) throws(TrainingError) {
    var tensors = ["features.mean": statistics.mean, "features.scale": statistics.scale]
    for (prefix, part) in parts {
      tensors.merge(TrainingState.named(part, prefix: prefix)) { first, _ in first }
    }
    let record = Record(
      options: options, model: model.fingerprint, examples: exampleHash, round: round,
      step: members[0].optimizer.step, history: history)
    try TrainingState(kind: Self.kind, record: record, tensors: tensors).write(to: path)
  }

  /// Goes on from a state that `writeState` wrote.
  ///
  /// - Throws: `TrainingError.damagedState` when it belongs to another model, to other pictures or
  ///   masks, or to other options.
  public func resume(from path: String) throws(TrainingError) {
    let state = try TrainingState(contentsOf: path, kind: Self.kind)
    let record = try state.record(as: Record.self)
    guard record.model == model.fingerprint else {
      throw .damagedState(path: path, reason: "it belongs to another generator")
    }
    guard record.options == options else {
      throw .damagedState(path: path, reason: "it was begun with other options")
    }
    guard record.examples == exampleHash else {
      throw .damagedState(path: path, reason: "it was begun with other pictures or masks")
    }
    for (prefix, part) in parts { try state.restore(part, prefix: prefix) }
    try state.restore(
      ["mean": statistics.mean, "scale": statistics.scale], prefix: "features")
    for member in members { member.optimizer.resume(after: record.step) }
    round = record.round
    history = record.history
  }

  private var parts: [(prefix: String, tensors: [String: Tensor])] {
    members.enumerated().flatMap { index, member in
      [
        ("weights.\(index)", member.parameters), ("average.\(index)", member.average.averages),
        ("best.\(index)", best[index]), ("adam.\(index)", member.optimizer.state),
      ]
    }
  }
}
