extension Pix2PixHDConfiguration {
  /// The layer that reads the layout, by which a file of such a generator is known.
  static let firstLayer = "generator.model.1.0"

  private static let supportedNorms =
    "'[spectral]instance', '[spectral]sync_batch' and '[spectral]spadesyncbatch3x3'"

  /// What the options and the shapes of the tensors say.
  ///
  /// - Throws: `ModelError.missingTensor`, `.unsupportedConfiguration`.
  init(_ options: SPADEOptions, _ weights: WeightTable) throws(ModelError) {
    let name = "\(Self.firstLayer).weight"
    guard let first = weights.shape(of: name) ?? weights.shape(of: "\(name)_orig"),
      first.count == 4, first[0] > 0, first[1] > 0
    else { throw .missingTensor(path: weights.path, name: name, expected: [nil, nil, 7, 7]) }
    func value(_ key: String, _ stored: Int?, _ standard: Int, _ range: ClosedRange<Int>)
      throws(ModelError) -> Int
    {
      let value = stored ?? standard
      guard range.contains(value) else {
        throw .unsupportedConfiguration(
          path: weights.path, key: key, value: "\(value)",
          supported: "\(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    let reductions = try value("resnet_n_downsample", options.reductions, 4, 1...8)
    let width = try value("crop_size", options.cropSize, 256, 16...8192)
    let ratio = options.aspectRatio ?? 1
    let multiple = 1 << reductions
    guard ratio.isFinite, ratio > 0, (16...8192).contains(Double(width) / ratio),
      width % multiple == 0, Int((Double(width) / ratio).rounded()) % multiple == 0
    else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "aspect_ratio", value: "\(ratio)",
        supported: "pictures of 16 to 8192 pixels whose sides are multiples of \(multiple)")
    }
    let text = options.normalization ?? "instance"
    guard
      let (normalization, isSpectral) = Self.normalization(
        text, hiddenChannels: options.hiddenChannels ?? 128)
    else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "norm_G", value: "'\(text)'", supported: Self.supportedNorms)
    }
    self.init(
      layoutChannels: first[1], filters: first[0], reductions: reductions,
      residualBlocks: try value("resnet_n_blocks", options.residualBlocks, 9, 1...64),
      outerKernel: first[2], normalization: normalization,
      concatenatesLayout: options.conditioning == SPADEOptions.concatenation,
      isSpectral: isSpectral, width: width, height: Int((Double(width) / ratio).rounded()))
    guard first[2] == first[3], first[2] % 2 == 1 else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "resnet_initial_kernel_size", value: "\(first[2])",
        supported: "odd kernels")
    }
  }

  private static func normalization(_ text: String, hiddenChannels: Int) -> (Normalization, Bool)? {
    if let spade = SPADENormalization(text) {
      return (.spade(spade, hiddenChannels: hiddenChannels), spade.isSpectral)
    }
    let isSpectral = text.hasPrefix("spectral")
    switch isSpectral ? text.dropFirst("spectral".count) : text[...] {
    case "instance": return (.instance, isSpectral)
    case "batch", "sync_batch": return (.batch, isSpectral)
    default: return nil
    }
  }
}

extension SPADEOptions {
  /// Takes over what `init(_:_:)` reads.
  mutating func describe(_ configuration: Pix2PixHDConfiguration) {
    network = Self.pix2pixHD
    conditioning = configuration.concatenatesLayout ? Self.concatenation : nil
    cropSize = configuration.width
    aspectRatio = Double(configuration.width) / Double(configuration.height)
    filters = configuration.filters
    layoutChannels = configuration.layoutChannels
    reductions = configuration.reductions
    residualBlocks = configuration.residualBlocks
    outerKernel = configuration.outerKernel
    let prefix = configuration.isSpectral ? "spectral" : ""
    switch configuration.normalization {
    case .instance: normalization = prefix + "instance"
    case .batch: normalization = prefix + "sync_batch"
    case .spade(var kind, let hidden):
      kind.isSpectral = configuration.isSpectral
      normalization = kind.text
      hiddenChannels = hidden
    }
  }
}
