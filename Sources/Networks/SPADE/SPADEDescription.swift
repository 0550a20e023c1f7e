import Checkpoints

/// What a layout model's file says of its networks: the options in the metadata `config`, completed
/// by the shapes of the tensors.
public struct SPADEDescription: Sendable, Equatable {
  /// The generator.
  public var generator: LayoutGeneratorConfiguration
  /// The style encoder; nil for a model without one.
  public var encoder: StyleEncoderConfiguration?
  /// What the channels of a layout stand for.
  public var layout: LayoutChannels

  /// A description.
  public init(
    generator: LayoutGeneratorConfiguration, encoder: StyleEncoderConfiguration?,
    layout: LayoutChannels
  ) {
    self.generator = generator
    self.encoder = encoder
    self.layout = layout
  }

  /// The value of the metadata `config`.
  public var configText: String {
    var options = SPADEOptions()
    switch generator {
    case .spade(let configuration): options.describe(configuration)
    case .pix2pixHD(let configuration): options.describe(configuration)
    }
    options.hasUnknown = layout.hasUnknown
    options.hasNoInstances = !layout.hasEdges
    options.encoderSide = encoder?.side
    return options.configText
  }

  /// Whether weights are those of a layout model, of whatever variant.
  static func fits(_ weights: WeightTable) -> Bool {
    ["generator.head_0.conv_0", Pix2PixHDConfiguration.firstLayer].contains { name in
      ["weight", "weight_orig"].contains { weights.shape(of: "\(name).\($0)") != nil }
    }
  }

  /// Reads the description of a file.
  ///
  /// - Throws: `ModelError.missingTensor` for a file without a generator of layouts,
  ///   `.invalidConfiguration` or `.unsupportedConfiguration` for a `config` that cannot be followed.
  public init(metadata: [String: String], weights: WeightTable) throws(ModelError) {
    let options = try SPADEOptions(metadata: metadata, path: weights.path)
    generator =
      options.network == SPADEOptions.pix2pixHD
      ? .pix2pixHD(try Pix2PixHDConfiguration(options, weights))
      : .spade(try SPADEConfiguration(options, weights))
    let hasUnknown = options.hasUnknown ?? false
    let hasEdges = !(options.hasNoInstances ?? true)
    layout = LayoutChannels(
      classes: generator.layoutChannels - (hasUnknown ? 1 : 0) - (hasEdges ? 1 : 0),
      hasUnknown: hasUnknown, hasEdges: hasEdges)
    guard layout.classes > 0 else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "semantic_nc", value: "\(generator.layoutChannels)",
        supported: "at least one class beside unlabelled pixels and edges")
    }
    if let mean = weights.shape(of: "encoder.fc_mu.weight"), mean.count == 2,
      let layer = weights.shape(of: "encoder.layer1.0.weight")
        ?? weights.shape(of: "encoder.layer1.0.weight_orig"), let filters = layer.first
    {
      encoder = StyleEncoderConfiguration(
        filters: filters, latentSize: mean[0], side: options.encoderSide ?? 256)
    }
  }
}

extension SPADEOptions {
  fileprivate mutating func describe(_ configuration: SPADEConfiguration) {
    conditioning = configuration.conditioning == .concatenation ? Self.concatenation : nil
    cropSize = configuration.cropSize
    aspectRatio = configuration.aspectRatio
    depth = configuration.depth.rawValue
    normalization = configuration.normalization.text
    filters = configuration.filters
    layoutChannels = configuration.layoutChannels
    hiddenChannels = configuration.hiddenChannels
    hasEncoder = configuration.latentSize != nil
    latentSize = configuration.latentSize
  }
}

extension SPADEConfiguration {
  /// What the options and the shapes of the tensors say.
  fileprivate init(_ options: SPADEOptions, _ weights: WeightTable) throws(ModelError) {
    let concatenates = options.conditioning == SPADEOptions.concatenation
    let (channels, hidden, kernel) = try Self.layoutSizes(weights, concatenates: concatenates)
    let last = "generator.conv_img.weight"
    guard let image = weights.shape(of: last), image.count == 4,
      let head = weights.shape(of: "generator.fc.weight")
    else { throw .missingTensor(path: weights.path, name: last, expected: [3, nil, 3, 3]) }
    let hasExtraBlock = weights.shape(of: "generator.up_4.conv_0.bias") != nil
    let depth = try Self.depth(options, hasExtraBlock: hasExtraBlock, path: weights.path)
    self.init(
      layoutChannels: channels, filters: hasExtraBlock ? 2 * image[1] : image[1],
      hiddenChannels: hidden ?? options.hiddenChannels ?? 128,
      latentSize: head.count == 2 ? head[1] : nil, depth: depth,
      cropSize: options.cropSize ?? 256, aspectRatio: options.aspectRatio ?? 1,
      normalization: try Self.normalization(options, weights, kernel: kernel),
      conditioning: concatenates ? .concatenation : .spade)
    guard cropSize <= 8192, baseWidth > 0, baseHeight > 0 else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "crop_size", value: "\(cropSize)",
        supported: "sizes from \(1 << depth.doublings) to 8192")
    }
  }

  /// Channels of a layout and, of SPADE layers, hidden channels and kernel.
  private static func layoutSizes(_ weights: WeightTable, concatenates: Bool) throws(ModelError)
    -> (channels: Int, hidden: Int?, kernel: Int?)
  {
    if concatenates {
      let first = "generator.head_0.conv_0.weight"
      guard let shape = weights.shape(of: first) ?? weights.shape(of: "\(first)_orig"),
        shape.count == 4
      else { throw .missingTensor(path: weights.path, name: first, expected: [nil, nil, 3, 3]) }
      return (shape[1] - shape[0], nil, nil)
    }
    let first = "generator.head_0.norm_0.mlp_shared.0.weight"
    guard let shared = weights.shape(of: first), shared.count == 4 else {
      throw .missingTensor(path: weights.path, name: first, expected: [nil, nil, nil, nil])
    }
    return (shared[1], shared[0], shared[2])
  }

  private static func depth(_ options: SPADEOptions, hasExtraBlock: Bool, path: String)
    throws(ModelError) -> Depth
  {
    guard let text = options.depth else { return hasExtraBlock ? .most : .normal }
    guard let depth = Depth(rawValue: text), (depth == .most) == hasExtraBlock else {
      throw .unsupportedConfiguration(
        path: path, key: "num_upsampling_layers", value: "'\(text)'",
        supported: hasExtraBlock ? "'most'" : "'normal' and 'more'")
    }
    return depth
  }

  private static func normalization(_ options: SPADEOptions, _ weights: WeightTable, kernel: Int?)
    throws(ModelError) -> SPADENormalization
  {
    let hasStatistics =
      weights.shape(of: "generator.head_0.norm_0.param_free_norm.running_mean") != nil
    guard let text = options.normalization else {
      return SPADENormalization(kind: hasStatistics ? .batch : .instance, kernel: kernel ?? 3)
    }
    guard let normalization = SPADENormalization(text),
      kernel == nil || normalization.kernel == kernel,
      (normalization.kind != .instance) == hasStatistics
    else {
      let side = kernel ?? 3
      throw .unsupportedConfiguration(
        path: weights.path, key: "norm_G", value: "'\(text)'",
        supported: "'spectralspade\(hasStatistics ? "batch" : "instance")\(side)x\(side)'")
    }
    return normalization
  }
}
