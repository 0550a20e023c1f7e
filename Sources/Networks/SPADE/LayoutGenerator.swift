import Layers
import TensorCore

/// A network that draws layouts and can be trained to.
public protocol LayoutGenerator: AnyObject {
  /// What gradient descent learns, by the names of the checkpoint.
  var parameters: [String: Tensor] { get }
  /// What is stored beside: running statistics, spectral vectors.
  var buffers: [String: Tensor] { get }
  /// The running statistics of all batch normalisations.
  var runningStatistics: [RunningStatistics] { get }

  /// Pictures `[N, 3, H, W]` in -1...1 of layouts `[N, L, H, W]`.
  ///
  /// - Parameter latent: style codes `[N, z]` for a generator that starts from one.
  func pictures(of layouts: Tensor, latent: Tensor?, mode: NetworkMode) -> Tensor
}

extension SPADEGenerator: LayoutGenerator {
  /// Pictures `[N, 3, H, W]` in -1...1 of layouts `[N, L, H', W']`.
  public func pictures(of layouts: Tensor, latent: Tensor?, mode: NetworkMode) -> Tensor {
    self(layouts, latent: latent, mode: mode)
  }
}

extension Pix2PixHDGenerator: LayoutGenerator {
  /// Pictures `[N, 3, H, W]` in -1...1 of layouts `[N, L, H, W]`; there are no styles.
  public func pictures(of layouts: Tensor, latent: Tensor?, mode: NetworkMode) -> Tensor {
    self(layouts, mode: mode)
  }
}

/// Sizes and variant of any network that draws layouts.
public enum LayoutGeneratorConfiguration: Sendable, Equatable {
  /// The SPADE generator and its ablation with concatenated layouts.
  case spade(SPADEConfiguration)
  /// The pix2pixHD generator and its variants.
  case pix2pixHD(Pix2PixHDConfiguration)

  /// Width of the pictures.
  public var width: Int {
    switch self {
    case .spade(let configuration): configuration.width
    case .pix2pixHD(let configuration): configuration.width
    }
  }

  /// Height of the pictures.
  public var height: Int {
    switch self {
    case .spade(let configuration): configuration.height
    case .pix2pixHD(let configuration): configuration.height
    }
  }

  /// Channels of a layout.
  public var layoutChannels: Int {
    switch self {
    case .spade(let configuration): configuration.layoutChannels
    case .pix2pixHD(let configuration): configuration.layoutChannels
    }
  }

  /// Numbers of a style code; nil for pictures that depend on the layout alone.
  public var latentSize: Int? {
    switch self {
    case .spade(let configuration): configuration.latentSize
    case .pix2pixHD: nil
    }
  }

  /// All tensors of the generator.
  public var generatorWeights: [WeightDescription] {
    switch self {
    case .spade(let configuration): configuration.generatorWeights
    case .pix2pixHD(let configuration): configuration.generatorWeights
    }
  }

  /// The generator with weights of the names `generator.*`.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public func generator(_ weights: WeightTable) throws(ModelError) -> any LayoutGenerator {
    switch self {
    case .spade(let configuration):
      try SPADEGenerator(weights, configuration: configuration)
    case .pix2pixHD(let configuration):
      try Pix2PixHDGenerator(weights, configuration: configuration)
    }
  }
}
