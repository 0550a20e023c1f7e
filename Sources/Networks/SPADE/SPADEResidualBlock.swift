import Layers
import TensorCore

/// A residual block of the SPADE generator (SPADE spec 2.1): two 3x3 convolutions behind
/// normalisation and leaky ReLU; a learned 1x1 shortcut where the number of channels changes.
public struct SPADEResidualBlock {
  /// Before the first convolution.
  public let norm0: LayoutConditioning
  /// To the middle channels.
  public let conv0: SpectralConvolution
  /// Before the second convolution.
  public let norm1: LayoutConditioning
  /// To the output channels.
  public let conv1: SpectralConvolution
  /// The learned shortcut; nil where input and result have the same channels.
  public let shortcut: (norm: LayoutConditioning, convolution: SpectralConvolution)?
  /// Slope of the leaky ReLUs.
  public static let slope: Float = 0.2

  /// `[N, C, H, W]` to `[N, C', H, W]`.
  public func callAsFunction(_ x: Tensor, layout pyramid: LayoutPyramid, mode: NetworkMode)
    -> Tensor
  {
    let layout = pyramid.level(like: x)
    let normalized = ChannelNormalization.normalize(
      x, by: [norm0.normalization] + (shortcut.map { [$0.norm.normalization] } ?? []), mode: mode)
    var skip = x
    if let shortcut {
      skip = shortcut.convolution(
        shortcut.norm(normalized[1], layout: layout, mode: mode, slope: 1), mode: mode)
    }
    var h = norm0(normalized[0], layout: layout, mode: mode, slope: Self.slope)
    h = norm1.normalization(conv0(h, mode: mode), mode: mode)
    h = conv1(norm1(h, layout: layout, mode: mode, slope: Self.slope), mode: mode)
    return skip + h
  }
}

/// A residual block before it has weights.
struct SPADEBlockDescription: Sendable {
  let block: SPADEConfiguration.Block
  let configuration: SPADEConfiguration

  private var extraChannels: Int {
    configuration.conditioning == .concatenation ? configuration.layoutChannels : 0
  }

  private func convolution(_ name: String, _ inputs: Int, _ outputs: Int) -> ConvolutionDescription
  {
    let isShortcut = name == "conv_s"
    return ConvolutionDescription(
      name: "\(block.name).\(name)", inputs: inputs + (isShortcut ? 0 : extraChannels),
      outputs: outputs, kernel: isShortcut ? 1 : 3, hasBias: !isShortcut,
      isSpectral: configuration.normalization.isSpectral)
  }

  private var conv0: ConvolutionDescription { convolution("conv_0", block.inputs, block.middle) }
  private var conv1: ConvolutionDescription { convolution("conv_1", block.middle, block.outputs) }
  private var shortcut: ConvolutionDescription? {
    block.inputs == block.outputs ? nil : convolution("conv_s", block.inputs, block.outputs)
  }

  private func spade(_ name: String, _ channels: Int) -> SPADELayerDescription {
    SPADELayerDescription(
      name: "\(block.name).\(name)", channels: channels,
      layoutChannels: configuration.layoutChannels, hiddenChannels: configuration.hiddenChannels,
      normalization: configuration.normalization)
  }

  private func weights(_ name: String, _ channels: Int) -> [WeightDescription] {
    switch configuration.conditioning {
    case .spade: spade(name, channels).weights
    case .concatenation:
      configuration.normalization.statistics("\(block.name).\(name)", channels: channels)
    }
  }

  var weights: [WeightDescription] {
    conv0.weights + conv1.weights + (shortcut?.weights ?? []) + weights("norm_0", block.inputs)
      + weights("norm_1", block.middle)
      + (shortcut == nil ? [] : weights("norm_s", block.inputs))
  }

  func layer(_ table: WeightTable, prefix: String) throws(ModelError) -> SPADEResidualBlock {
    func norm(_ name: String, _ channels: Int) throws(ModelError) -> LayoutConditioning {
      if configuration.conditioning == .spade {
        return .spade(try spade(name, channels).layer(table, prefix: prefix))
      }
      let normalization = try configuration.normalization.layer(
        table, "\(prefix)\(block.name).\(name)", channels: channels)
      return name == "norm_s" ? .plain(normalization) : .concatenation(normalization)
    }
    var learned: (norm: LayoutConditioning, convolution: SpectralConvolution)?
    if let shortcut {
      learned = (
        try norm("norm_s", block.inputs), try shortcut.layer(table, prefix: prefix)
      )
    }
    return SPADEResidualBlock(
      norm0: try norm("norm_0", block.inputs), conv0: try conv0.layer(table, prefix: prefix),
      norm1: try norm("norm_1", block.middle), conv1: try conv1.layer(table, prefix: prefix),
      shortcut: learned)
  }
}
