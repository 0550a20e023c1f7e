/// The sizes and variants of a pix2pixHD generator (SPADE spec 3).
public struct Pix2PixHDConfiguration: Sendable, Equatable {
  /// What follows every convolution but the last.
  public enum Normalization: Sendable, Equatable {
    /// Instance normalisation without parameters.
    case instance
    /// Batch normalisation with a learned scale and shift.
    case batch
    /// A SPADE layer that reads the layout ("pix2pixHD++ w/ SPADE").
    case spade(SPADENormalization, hiddenChannels: Int)
  }

  /// Channels of the layout.
  public var layoutChannels: Int
  /// Filters of the first layer (`ngf`).
  public var filters: Int
  /// Layers that halve the size, and later double it.
  public var reductions: Int
  /// Residual blocks at the smallest size.
  public var residualBlocks: Int
  /// Side of the first and last kernel.
  public var outerKernel: Int
  /// What follows every convolution but the last.
  public var normalization: Normalization
  /// Whether every residual block reads the layout again, as channels of its first convolution
  /// ("pix2pixHD++ w/ Concat").
  public var concatenatesLayout: Bool
  /// Whether all convolutions but the last are under spectral normalisation.
  public var isSpectral: Bool
  /// Width of the pictures that it is trained for.
  public var width: Int
  /// Height of the pictures that it is trained for.
  public var height: Int

  /// A configuration; sizes not given are the reference's.
  public init(
    layoutChannels: Int, filters: Int = 64, reductions: Int = 4, residualBlocks: Int = 9,
    outerKernel: Int = 7, normalization: Normalization = .instance,
    concatenatesLayout: Bool = false, isSpectral: Bool = true, width: Int = 256,
    height: Int = 256
  ) {
    self.layoutChannels = layoutChannels
    self.filters = filters
    self.reductions = reductions
    self.residualBlocks = residualBlocks
    self.outerKernel = outerKernel
    self.normalization = normalization
    self.concatenatesLayout = concatenatesLayout
    self.isSpectral = isSpectral
    self.width = width
    self.height = height
  }

  /// A convolution and the name of the normalisation behind it, nil for the last convolution.
  struct Stage: Sendable {
    var convolution: ConvolutionDescription
    var normalization: String?
  }

  private func stage(
    _ name: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1,
    padding: Int = 0, isTransposed: Bool = false
  ) -> Stage {
    Stage(
      convolution: ConvolutionDescription(
        name: "\(name).0", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
        padding: padding, hasBias: false, isSpectral: isSpectral, isTransposed: isTransposed),
      normalization: "\(name).1")
  }

  /// The layer that reads the layout. Numbers in names count the modules of the reference.
  var first: Stage { stage("model.1", layoutChannels, filters, kernel: outerKernel) }

  /// The layers that halve the size.
  var down: [Stage] {
    (0..<reductions).map { index in
      stage(
        "model.\(3 + 2 * index)", filters << index, filters << (index + 1), stride: 2, padding: 1)
    }
  }

  /// Both layers of every residual block.
  var blocks: [[Stage]] {
    let channels = filters << reductions
    return (0..<residualBlocks).map { index in
      let name = "model.\(3 + 2 * reductions + index).conv_block"
      return [
        stage(
          "\(name).1", channels + (concatenatesLayout ? layoutChannels : 0), channels),
        stage("\(name).4", channels, channels),
      ]
    }
  }

  /// The layers that double the size.
  var up: [Stage] {
    (0..<reductions).map { index in
      let channels = filters << (reductions - index)
      return stage(
        "model.\(3 + 2 * reductions + residualBlocks + 2 * index)", channels, channels / 2,
        stride: 2, padding: 1, isTransposed: true)
    }
  }

  /// The layer that makes the picture.
  var last: Stage {
    Stage(
      convolution: ConvolutionDescription(
        name: "model.\(4 + 4 * reductions + residualBlocks)", inputs: filters, outputs: 3,
        kernel: outerKernel, padding: 0))
  }

  /// The SPADE layer called `name`.
  func spade(
    _ name: String, channels: Int, _ normalization: SPADENormalization, hiddenChannels: Int
  ) -> SPADELayerDescription {
    SPADELayerDescription(
      name: name, channels: channels, layoutChannels: layoutChannels,
      hiddenChannels: hiddenChannels, normalization: normalization)
  }

  /// All tensors of a generator.
  public var generatorWeights: [WeightDescription] {
    ([first] + down + blocks.flatMap { $0 } + up + [last]).flatMap { stage in
      stage.convolution.weights
        + (stage.normalization.map {
          normalizationWeights($0, channels: stage.convolution.outputs)
        } ?? [])
    }
  }

  private func normalizationWeights(_ name: String, channels: Int) -> [WeightDescription] {
    switch normalization {
    case .instance: []
    case .batch:
      [
        .init("\(name).weight", [channels], .constant(1)),
        .init("\(name).bias", [channels], .constant(0)),
      ] + WeightDescription.runningStatistics(name, channels: channels)
    case .spade(let kind, let hidden):
      spade(name, channels: channels, kind, hiddenChannels: hidden).weights
    }
  }
}
