import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a SPADE model's file says of its networks: the JSON object `spade` in the metadata `config`,
/// with the option names of the reference, completed by the shapes of the tensors.
public struct SPADEDescription: Sendable, Equatable {
  /// The generator.
  public var generator: SPADEConfiguration
  /// The style encoder; nil for a model without one.
  public var encoder: StyleEncoderConfiguration?
  /// What the channels of a layout stand for.
  public var layout: LayoutChannels

  /// A description.
  public init(
    generator: SPADEConfiguration, encoder: StyleEncoderConfiguration?, layout: LayoutChannels
  ) {
    self.generator = generator
    self.encoder = encoder
    self.layout = layout
  }

  private struct Stored: Codable {
    var cropSize: Int?
    var aspectRatio: Double?
    var depth: String?
    var normalization: String?
    var hasUnknown: Bool?
    var hasNoInstances: Bool?
    var encoderSide: Int?
    var filters: Int?
    var layoutChannels: Int?
    var hiddenChannels: Int?
    var hasEncoder: Bool?
    var latentSize: Int?

    enum CodingKeys: String, CodingKey {
      case cropSize = "crop_size"
      case aspectRatio = "aspect_ratio"
      case depth = "num_upsampling_layers"
      case normalization = "norm_G"
      case hasUnknown = "contain_dontcare_label"
      case hasNoInstances = "no_instance"
      case encoderSide = "encoder_size"
      case filters = "ngf"
      case layoutChannels = "semantic_nc"
      case hiddenChannels = "nhidden"
      case hasEncoder = "use_vae"
      case latentSize = "z_dim"
    }
  }

  private struct Config: Codable { var spade: Stored? }

  /// The value of the metadata `config`.
  public var configText: String {
    let stored = Stored(
      cropSize: generator.cropSize, aspectRatio: generator.aspectRatio,
      depth: generator.depth.rawValue, normalization: generator.normalization.text,
      hasUnknown: layout.hasUnknown, hasNoInstances: !layout.hasEdges, encoderSide: encoder?.side,
      filters: generator.filters, layoutChannels: generator.layoutChannels,
      hiddenChannels: generator.hiddenChannels, hasEncoder: generator.latentSize != nil,
      latentSize: generator.latentSize)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Config(spade: stored)) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Reads the description of a file.
  ///
  /// - Throws: `ModelError.missingTensor` for a file without SPADE generator,
  ///   `.invalidConfiguration` or `.unsupportedConfiguration` for a `config` that cannot be followed.
  public init(metadata: [String: String], weights: WeightTable) throws(ModelError) {
    let stored = try Self.stored(metadata, weights.path)
    let first = "generator.head_0.norm_0.mlp_shared.0.weight"
    guard let shared = weights.shape(of: first), shared.count == 4 else {
      throw .missingTensor(path: weights.path, name: first, expected: [nil, nil, nil, nil])
    }
    let last = "generator.conv_img.weight"
    guard let image = weights.shape(of: last), image.count == 4,
      let head = weights.shape(
        of: "generator.fc.weight")
    else { throw .missingTensor(path: weights.path, name: last, expected: [3, nil, 3, 3]) }
    let hasExtraBlock = weights.shape(of: "generator.up_4.conv_0.bias") != nil
    let depth = try Self.depth(stored, hasExtraBlock: hasExtraBlock, path: weights.path)
    generator = SPADEConfiguration(
      layoutChannels: shared[1], filters: hasExtraBlock ? 2 * image[1] : image[1],
      hiddenChannels: shared[0], latentSize: head.count == 2 ? head[1] : nil, depth: depth,
      cropSize: stored.cropSize ?? 256, aspectRatio: stored.aspectRatio ?? 1,
      normalization: try Self.normalization(stored, weights, kernel: shared[2]))
    let hasUnknown = stored.hasUnknown ?? false
    let hasEdges = !(stored.hasNoInstances ?? true)
    layout = LayoutChannels(
      classes: shared[1] - (hasUnknown ? 1 : 0) - (hasEdges ? 1 : 0), hasUnknown: hasUnknown,
      hasEdges: hasEdges)
    let sizes = [generator.baseWidth, generator.baseHeight, layout.classes]
    guard sizes.allSatisfy({ $0 > 0 }), generator.cropSize <= 8192 else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "crop_size", value: "\(generator.cropSize)",
        supported: "sizes from \(1 << depth.doublings) to 8192, and at least one class")
    }
    if let mean = weights.shape(of: "encoder.fc_mu.weight"), mean.count == 2,
      let layer = weights.shape(of: "encoder.layer1.0.weight")
        ?? weights.shape(of: "encoder.layer1.0.weight_orig"), let filters = layer.first
    {
      encoder = StyleEncoderConfiguration(
        filters: filters, latentSize: mean[0],
        side: stored.encoderSide ?? 256)
    }
  }

  private static func stored(_ metadata: [String: String], _ path: String) throws(ModelError)
    -> Stored
  {
    guard let text = metadata["config"] else { return Stored() }
    do {
      return try JSONDecoder().decode(Config.self, from: Data(text.utf8)).spade ?? Stored()
    } catch {
      throw .invalidConfiguration(
        path: path, reason: "'spade' is not the object of options that is expected there")
    }
  }

  private static func depth(_ stored: Stored, hasExtraBlock: Bool, path: String)
    throws(ModelError) -> SPADEConfiguration.Depth
  {
    guard let text = stored.depth else { return hasExtraBlock ? .most : .normal }
    guard let depth = SPADEConfiguration.Depth(rawValue: text), (depth == .most) == hasExtraBlock
    else {
      throw .unsupportedConfiguration(
        path: path, key: "num_upsampling_layers", value: "'\(text)'",
        supported: hasExtraBlock ? "'most'" : "'normal' and 'more'")
    }
    return depth
  }

  private static func normalization(_ stored: Stored, _ weights: WeightTable, kernel: Int)
    throws(ModelError) -> SPADENormalization
  {
    let hasStatistics =
      weights.shape(of: "generator.head_0.norm_0.param_free_norm.running_mean") != nil
    guard let text = stored.normalization else {
      return SPADENormalization(kind: hasStatistics ? .batch : .instance, kernel: kernel)
    }
    guard let normalization = SPADENormalization(text), normalization.kernel == kernel,
      (normalization.kind != .instance) == hasStatistics
    else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "norm_G", value: "'\(text)'",
        supported: "'spectralspade\(hasStatistics ? "batch" : "instance")\(kernel)x\(kernel)'")
    }
    return normalization
  }
}
