import Layers
import TensorCore

/// The sizes of a multi-scale patch discriminator (SPADE spec 4).
public struct PatchDiscriminatorConfiguration: Sendable, Equatable {
  /// Channels of its input: layout and picture.
  public var inputChannels: Int
  /// Filters of the first layer (`ndf`); they double up to eight times as many, 512 at most.
  public var filters: Int
  /// Networks, each at half the size of the one before.
  public var scales: Int
  /// Strided layers and the one after them.
  public var layers: Int

  /// Sizes; those not given are the reference's.
  public init(inputChannels: Int, filters: Int = 64, scales: Int = 2, layers: Int = 4) {
    self.inputChannels = inputChannels
    self.filters = filters
    self.scales = scales
    self.layers = layers
  }

  /// The convolutions of one scale.
  func convolutions(scale: Int) -> [ConvolutionDescription] {
    let prefix = "discriminator_\(scale).model"
    var result = [
      ConvolutionDescription(
        name: "\(prefix)0.0", inputs: inputChannels, outputs: filters, kernel: 4, stride: 2,
        padding: 2)
    ]
    var channels = filters
    for layer in 1..<layers {
      let outputs = min(channels * 2, 512)
      result.append(
        ConvolutionDescription(
          name: "\(prefix)\(layer).0.0", inputs: channels, outputs: outputs, kernel: 4,
          stride: layer == layers - 1 ? 1 : 2, padding: 2, hasBias: false, isSpectral: true))
      channels = outputs
    }
    result.append(
      ConvolutionDescription(
        name: "\(prefix)\(layers).0", inputs: channels, outputs: 1, kernel: 4, padding: 2))
    return result
  }

  /// All tensors of the discriminator.
  public var weights: [WeightDescription] {
    (0..<scales).flatMap { convolutions(scale: $0).flatMap(\.weights) }
  }
}

/// Judges patches of pictures together with their layouts, at several scales (SPADE spec 4).
public final class PatchDiscriminator {
  /// The results of the layers at every scale: features behind the activation, and last the
  /// judgement `[N, 1, h, w]`.
  public typealias Output = [[Tensor]]

  /// The convolutions of every scale.
  public let scales: [[SpectralConvolution]]
  /// Channels of its input.
  public let inputChannels: Int
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: spectral vectors.
  public let buffers: [String: Tensor]
  /// Slope of the leaky ReLUs.
  public static let slope: Float = 0.2

  /// Reads `PREFIXdiscriminator_{scale}.model{layer}.*`.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "discriminator.",
    configuration: PatchDiscriminatorConfiguration
  ) throws(ModelError) {
    var scales: [[SpectralConvolution]] = []
    for scale in 0..<configuration.scales {
      var layers: [SpectralConvolution] = []
      for convolution in configuration.convolutions(scale: scale) {
        layers.append(try convolution.layer(weights, prefix: prefix))
      }
      scales.append(layers)
    }
    self.scales = scales
    inputChannels = configuration.inputChannels
    parameters = weights.taken(under: prefix, role: .parameter)
    buffers = weights.taken(under: prefix, role: .buffer)
  }

  /// The results for `[N, L + 3, H, W]`: layouts with pictures behind them.
  public func callAsFunction(_ input: Tensor, mode: NetworkMode = .evaluation) -> Output {
    check(
      input.shape.rank == 4 && input.shape[1] == inputChannels,
      "patch discriminator: input \(input.shape), \(inputChannels) channels expected")
    var current = input
    return scales.enumerated().map { index, layers in
      if index > 0 { current = current.halvedByMeans() }
      var h = current
      var outputs: [Tensor] = []
      for (position, layer) in layers.enumerated() {
        h = layer(h, mode: mode)
        if position > 0, position < layers.count - 1 {
          h = ChannelNormalization.instance(h, mode: mode)
        }
        if position < layers.count - 1 { h = h.leakyReLU(slope: Self.slope) }
        outputs.append(h)
      }
      return outputs
    }
  }
}

extension Tensor {
  /// Means over 3x3 windows of stride 2 with a border of one pixel that does not count.
  func halvedByMeans() -> Tensor {
    func map(_ length: Int) -> AxisMap {
      AxisMap(
        inputCount: length,
        rows: (0..<(length - 1) / 2 + 1).map { index in
          let window = max(0, 2 * index - 1)..<min(length, 2 * index + 2)
          return window.map { ($0, 1 / Double(window.count)) }
        })
    }
    return resampled(by: PlaneMap(rows: map(shape[2]), columns: map(shape[3])))
  }
}
