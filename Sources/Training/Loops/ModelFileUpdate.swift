import Checkpoints
import TensorCore

/// A copy of a model file in which one network is exchanged.
public struct ModelFileUpdate {
  /// The model that everything else is taken from, as stored.
  public let source: SafetensorsFile
  /// What the names of the exchanged tensors begin with, for example `encoder.`.
  public let prefix: String
  /// The new tensors, by their full names.
  public let tensors: [String: Tensor]
  /// Metadata that is added or replaced.
  public var metadata: [String: String]

  /// An exchange.
  public init(
    of prefix: String, in source: SafetensorsFile, by tensors: [String: Tensor],
    metadata: [String: String] = [:]
  ) {
    check(
      tensors.keys.allSatisfy { $0.hasPrefix(prefix) },
      "model file: tensors \(tensors.keys.sorted().prefix(3)) do not begin with \(prefix)")
    self.source = source
    self.prefix = prefix
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Writes the copy, which appears whole or not at all. The new tensors have half precision when
  /// the model's other weights have.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func write(to path: String) throws(TrainingError) {
    let kept = source.tensors.filter { !$0.key.hasPrefix(prefix) }
    let isHalf = kept.contains { $0.value.elementType == .f16 }
    var all = kept
    all.merge(tensors.mapValues { CheckpointTensor($0) }) { first, _ in first }
    do throws(CheckpointError) {
      try SafetensorsWriter.write(
        all, metadata: source.metadata.merging(metadata) { $1 },
        precision: isHalf ? .float16 : .asIs,
        keepingSinglePrecision: Set(kept.filter { $0.value.elementType == .f32 }.keys), to: path)
    } catch { throw .checkpoint(error) }
  }
}
