import Checkpoints
import Pictures
import TensorCore

/// A SPADE model of one file: the generator, the style encoder where there is one, and the classes
/// of its layouts. Weights are frozen.
public final class SPADEModel {
  /// Where the model was read.
  public let path: String
  /// Sizes and variant of the generator.
  public let configuration: LayoutGeneratorConfiguration
  /// Layout, and style code where there is an encoder, to picture.
  public let generator: any LayoutGenerator
  /// Picture to style code; nil for a model without style.
  public let encoder: StyleEncoder?
  /// Names and colours of the classes; nil when the file has none.
  public let palette: Palette?
  /// The channels of a layout.
  public let layout: LayoutChannels

  /// Reads a model file.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public convenience init(contentsOf path: String) throws(ModelError) {
    let file: SafetensorsFile
    do throws(CheckpointError) { file = try SafetensorsFile(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    try self.init(file)
  }

  /// Makes a model of an open file. `discriminator.*`, which training alone needs, is passed over.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public init(_ file: SafetensorsFile) throws(ModelError) {
    let weights = WeightTable(
      file.tensors.filter { !$0.key.hasPrefix("discriminator.") }, path: file.path)
    let description = try SPADEDescription(metadata: file.metadata, weights: weights)
    path = file.path
    configuration = description.generator
    generator = try description.generator.generator(weights)
    encoder = try description.encoder.map { (sizes) throws(ModelError) in
      try StyleEncoder(weights, configuration: sizes)
    }
    try weights.requireNothingRemains()
    layout = description.layout
    palette =
      file.metadata["classes"] == nil
      ? nil
      : try ModelDescription(file).palette(classCount: description.layout.classes, path: file.path)
  }
}

/// What the channels of a layout stand for (SPADE spec 7.1).
public struct LayoutChannels: Sendable, Equatable {
  /// One channel for each class.
  public var classes: Int
  /// Whether a channel for pixels without class (value 255) follows.
  public var hasUnknown: Bool
  /// Whether a channel for borders between instances comes last.
  public var hasEdges: Bool

  /// Channels of classes alone unless said otherwise.
  public init(classes: Int, hasUnknown: Bool = false, hasEdges: Bool = false) {
    self.classes = classes
    self.hasUnknown = hasUnknown
    self.hasEdges = hasEdges
  }

  /// Number of channels.
  public var count: Int { classes + (hasUnknown ? 1 : 0) + (hasEdges ? 1 : 0) }
}
