import Layers
import TensorCore

/// A SPADE generator with frozen weights that draws layouts of one label per pixel fast: labels are
/// looked up in tables instead of being convolved, scales and shifts are computed once for each
/// neighbourhood of labels that occurs, normalisation comes before enlarging, and 3x3 convolutions
/// run on transformed weights in the blocked layout. Weights are kept in these forms only.
///
/// Against `SPADEGenerator` a picture differs by rounding: below 1e-5 of its largest value.
public final class BlockedSPADEGenerator {
  /// Sizes and variant.
  public let configuration: SPADEConfiguration
  private let head: Head
  private let blocks: [BlockedSPADEBlock]
  private let toImage: PreparedConvolution

  private enum Head {
    case layout(LabelLookup)
    case latent(weight: Tensor, bias: Tensor)
  }

  /// Reads `PREFIXfc.*`, `PREFIXhead_0.*`, ... as `SPADEGenerator` does.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors, and for a generator that
  ///   is told the layout by concatenation.
  public init(
    _ weights: WeightTable, prefix: String = "generator.", configuration: SPADEConfiguration
  ) throws(ModelError) {
    guard configuration.conditioning == .spade else {
      throw .unsupportedConfiguration(
        path: weights.path, key: "spade.conditioning", value: "concatenation", supported: "spade")
    }
    self.configuration = configuration
    let reader = FrozenReader(weights: weights, prefix: prefix)
    let wide = 16 * configuration.filters
    let (baseHeight, baseWidth) = (configuration.baseHeight, configuration.baseWidth)
    if let latentSize = configuration.latentSize {
      let outputs = wide * baseHeight * baseWidth
      head = .latent(
        weight: try weights.tensor("\(prefix)fc.weight", shape: [outputs, latentSize]),
        bias: try weights.tensor("\(prefix)fc.bias", shape: [outputs]))
    } else {
      head = .layout(
        try reader.lookup("fc", wide, configuration.layoutChannels, kernel: 3))
    }
    var blocks: [BlockedSPADEBlock] = []
    var (height, width) = (baseHeight, baseWidth)
    for block in configuration.blocks {
      if block.doubles { (height, width) = (2 * height, 2 * width) }
      blocks.append(
        try BlockedSPADEBlock(
          block, configuration: configuration, height: height, width: width, reader))
      // What the weights stood in as they were read: the next block's are of other sizes.
      StoragePool.trim()
    }
    self.blocks = blocks
    let channels = configuration.blocks.last?.outputs ?? wide
    toImage = try reader.convolution(
      "conv_img", 3, channels, kernel: 3, height: height, width: width, isSpectral: false)
    StoragePool.trim()
  }

  /// The picture `[1, 3, H, W]` in -1...1 of a layout of any size.
  ///
  /// - Parameter latent: the style code `[1, z]` for a generator that starts from one.
  public func callAsFunction(_ layout: SemanticLayout, latent: Tensor? = nil) -> Tensor {
    callAsFunction(LayoutNeighborhoods(layout), latent: latent)
  }

  /// The picture of a layout that is drawn several times, with other style codes: what depends on
  /// the labels alone is found once.
  public func callAsFunction(_ layout: LayoutNeighborhoods, latent: Tensor? = nil) -> Tensor {
    check(
      layout.layout.channelCount == configuration.layoutChannels,
      "SPADE generator: layout of \(layout.layout.channelCount) channels, "
        + "\(configuration.layoutChannels) expected")
    return withoutRecording {
      var h = start(layout, latent: latent)
      let last = blocks.count - 1
      for (index, block) in blocks.enumerated() {
        // The leaky ReLU before the last convolution belongs to the end of the last block.
        h = block(h, layout: layout, slope: index == last ? SPADEResidualBlock.slope : 1)
      }
      return toImage(h).unblocked(channels: 3).hyperbolicTangent()
    }
  }

  private func start(_ layout: LayoutNeighborhoods, latent: Tensor?) -> Tensor {
    let (height, width) = (configuration.baseHeight, configuration.baseWidth)
    switch head {
    case .layout(let lookup):
      return lookup.convolved(layout.patches(height: height, width: width, kernel: 3))
    case .latent(let weight, let bias):
      guard let latent, latent.shape == [1, weight.shape[1]] else {
        fatalError(
          "SPADE generator: style code \(latent.map { "\($0.shape)" } ?? "none"), expected "
            + "[1, \(weight.shape[1])]")
      }
      return (latent.matrixProduct(weight, transposingOther: true) + bias)
        .reshaped([1, 16 * configuration.filters, height, width]).blocked()
    }
  }
}

/// The neighbourhoods of a layout in every size that was asked for.
public final class LayoutNeighborhoods {
  /// The layout.
  public let layout: SemanticLayout
  private var found: [[Int]: LabelPatches] = [:]

  /// Nothing is computed yet.
  public init(_ layout: SemanticLayout) { self.layout = layout }

  func patches(height: Int, width: Int, kernel: Int) -> LabelPatches {
    if let known = found[[height, width, kernel]] { return known }
    let patches = layout.patches(height: height, width: width, kernel: kernel)
    found[[height, width, kernel]] = patches
    return patches
  }
}
