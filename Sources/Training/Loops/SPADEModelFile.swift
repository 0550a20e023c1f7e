import Checkpoints
import Networks
import Pictures
import TensorCore

/// A trained SPADE model as a file: weights in half precision, running statistics in single
/// precision.
public struct SPADEModelFile {
  /// Sizes of the networks.
  public let description: SPADEDescription
  /// `generator.*` and `encoder.*`.
  public let tensors: [String: Tensor]
  /// The classes of layouts.
  public let classes: Palette
  /// What the model was made from and how, for its users.
  public let provenance: String

  /// A model to be written.
  public init(
    _ description: SPADEDescription, tensors: [String: Tensor], classes: Palette,
    provenance: String
  ) {
    self.description = description
    self.tensors = tensors
    self.classes = classes
    self.provenance = provenance
  }

  /// Writes the file; it appears whole or not at all.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func write(to path: String) throws(TrainingError) {
    do throws(CheckpointError) {
      try SafetensorsWriter.write(
        tensors.mapValues { CheckpointTensor($0) },
        metadata: [
          "format": "semblance.spade", "kind": "spade", "config": description.configText,
          "classes": ClassList.json(classes, count: description.layout.classes),
          "provenance": provenance,
        ], precision: .float16,
        keepingSinglePrecision: Set(tensors.keys.filter { $0.contains(".running_") }),
        to: path)
    } catch { throw .checkpoint(error) }
  }

  /// The model in memory, with weights in single precision.
  ///
  /// - Throws: `TrainingError.model`.
  public func model() throws(TrainingError) -> (any LayoutGenerator, StyleEncoder?) {
    let table = WeightTable(tensors)
    do throws(ModelError) {
      return (
        try description.generator.generator(table),
        try description.encoder.map { (sizes) throws(ModelError) in
          try StyleEncoder(table, configuration: sizes)
        }
      )
    } catch { throw .model(error) }
  }
}
