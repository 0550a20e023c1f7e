import Layers
import TensorCore

/// Spatially-adaptive normalisation (Park et al. 2019, equation 1; SPADE spec 1): a normalisation
/// without parameters, then per pixel a scale `1 + gamma` and a shift `beta` that two convolutions
/// read from the layout.
public struct SPADELayer {
  /// Batch or instance normalisation.
  public let normalization: ChannelNormalization
  /// Layout to hidden channels, followed by a ReLU.
  public let shared: SpectralConvolution
  /// Hidden channels to the scale, less 1.
  public let gamma: SpectralConvolution
  /// Hidden channels to the shift.
  public let beta: SpectralConvolution

  /// `x` `[N, C, H, W]`, normalised and modulated, then a leaky ReLU of `slope` (1: none).
  public func callAsFunction(
    _ x: Tensor, layout: LayoutPyramid, mode: NetworkMode, slope: Float = 1
  ) -> Tensor {
    modulate(normalization(x, mode: mode), layout: layout.level(like: x), mode: mode, slope: slope)
  }

  /// The second half: `normalized` modulated by the layout `[N, L, H, W]` of the same size.
  public func modulate(_ normalized: Tensor, layout: Tensor, mode: NetworkMode, slope: Float)
    -> Tensor
  {
    normalized.modulated(by: parameters(layout, mode: mode), slope: slope)
  }

  /// gamma and, behind it, beta `[N, 2C, H, W]` for a layout `[N, L, H, W]`.
  public func parameters(_ layout: Tensor, mode: NetworkMode) -> Tensor {
    let hidden = shared(layout, mode: mode).rectified()
    // One convolution with the outputs of both: the columns of the hidden map are made once.
    let kernel = Tensor.concatenated([gamma.weight, beta.weight], axis: 0)
    let y = hidden.convolved(with: kernel, padding: gamma.padding)
    guard let first = gamma.bias, let second = beta.bias else { return y }
    return y + Tensor.concatenated([first, second], axis: 0).alongChannels(rank: 4)
  }
}

/// A SPADE layer before it has weights.
struct SPADELayerDescription: Sendable {
  var name: String
  var channels: Int
  var layoutChannels: Int
  var hiddenChannels: Int
  var normalization: SPADENormalization

  private var convolutions: [ConvolutionDescription] {
    let kernel = normalization.kernel
    return [
      ConvolutionDescription(
        name: "\(name).mlp_shared.0", inputs: layoutChannels, outputs: hiddenChannels,
        kernel: kernel),
      ConvolutionDescription(
        name: "\(name).mlp_gamma", inputs: hiddenChannels, outputs: channels, kernel: kernel),
      ConvolutionDescription(
        name: "\(name).mlp_beta", inputs: hiddenChannels, outputs: channels, kernel: kernel),
    ]
  }

  var weights: [WeightDescription] {
    convolutions.flatMap(\.weights) + normalization.statistics(name, channels: channels)
  }

  func layer(_ table: WeightTable, prefix: String) throws(ModelError) -> SPADELayer {
    let parts = convolutions
    return SPADELayer(
      normalization: try normalization.layer(table, prefix + name, channels: channels),
      shared: try parts[0].layer(table, prefix: prefix),
      gamma: try parts[1].layer(table, prefix: prefix),
      beta: try parts[2].layer(table, prefix: prefix))
  }
}

extension SPADENormalization {
  /// The running statistics of the normalisation inside layer `name`; none for instance
  /// normalisation.
  func statistics(_ name: String, channels: Int) -> [WeightDescription] {
    kind == .instance
      ? [] : WeightDescription.runningStatistics("\(name).param_free_norm", channels: channels)
  }

  /// The normalisation inside layer `name`.
  func layer(_ table: WeightTable, _ name: String, channels: Int) throws(ModelError)
    -> ChannelNormalization
  {
    if kind == .instance { return .instance }
    return .batch(
      try table.runningStatistics(
        "\(name).param_free_norm", channels: channels,
        isSynchronized: kind == .synchronizedBatch))
  }
}
