import Layers
import TensorCore

/// The sizes of a style encoder (SPADE spec 5).
public struct StyleEncoderConfiguration: Sendable, Equatable {
  /// Filters of the first layer; the reference takes those of the generator.
  public var filters: Int
  /// Numbers of a style code.
  public var latentSize: Int
  /// Side that pictures are brought to; the last feature map has a side of four.
  public var side: Int

  /// Sizes; those not given are the reference's.
  public init(filters: Int, latentSize: Int = 256, side: Int = 256) {
    self.filters = filters
    self.latentSize = latentSize
    self.side = side
  }

  private var layerCount: Int { max(1, (side / 4).trailingZeroBitCount) }

  var convolutions: [ConvolutionDescription] {
    var inputs = 3
    return (1...layerCount).map { layer in
      let outputs = filters * min(8, 1 << (layer - 1))
      defer { inputs = outputs }
      return ConvolutionDescription(
        name: "layer\(layer).0", inputs: inputs, outputs: outputs, stride: 2, hasBias: false,
        isSpectral: true)
    }
  }

  /// Features behind the last convolution.
  var features: Int {
    let outputs = convolutions.last?.outputs ?? 0
    let last = side >> layerCount
    return outputs * last * last
  }

  /// All tensors of the encoder.
  public var weights: [WeightDescription] {
    convolutions.flatMap(\.weights)
      + ["fc_mu", "fc_var"].flatMap { name -> [WeightDescription] in
        [
          .init("\(name).weight", [latentSize, features], .glorot),
          .init("\(name).bias", [latentSize], .constant(0)),
        ]
      }
  }
}

/// A normal distribution of style codes for every picture.
public struct StyleDistribution {
  /// Means `[N, z]`.
  public let mean: Tensor
  /// Logarithms of the variances `[N, z]`.
  public let logVariance: Tensor

  /// `mean + exp(logVariance / 2) noise` for standard normal `noise` `[N, z]`.
  public func sample(noise: Tensor) -> Tensor {
    mean + (logVariance * 0.5).exponential() * noise
  }

  /// The Kullback-Leibler divergence from the standard normal distribution, summed over batch and
  /// numbers: `-1/2 sum(1 + logVariance - mean^2 - exp(logVariance))`. A scalar.
  public var divergence: Tensor {
    (logVariance + 1 - mean.squared() - logVariance.exponential()).sum() * -0.5
  }
}

/// The encoder of a variational autoencoder (SPADE spec 5): a picture to a distribution of style
/// codes.
public final class StyleEncoder {
  /// Sizes.
  public let configuration: StyleEncoderConfiguration
  /// Strided convolutions.
  public let convolutions: [SpectralConvolution]
  /// Means: weight `[z, features]` and bias `[z]`.
  public let mean: (weight: Tensor, bias: Tensor)
  /// Logarithms of variances: weight `[z, features]` and bias `[z]`.
  public let logVariance: (weight: Tensor, bias: Tensor)
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: spectral vectors.
  public let buffers: [String: Tensor]
  /// Slope of the leaky ReLUs.
  public static let slope: Float = 0.2

  /// Reads `PREFIXlayer{i}.0.*`, `PREFIXfc_mu.*` and `PREFIXfc_var.*`.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "encoder.", configuration: StyleEncoderConfiguration
  ) throws(ModelError) {
    self.configuration = configuration
    var layers: [SpectralConvolution] = []
    for description in configuration.convolutions {
      layers.append(try description.layer(weights, prefix: prefix))
    }
    convolutions = layers
    func linear(_ name: String) throws(ModelError) -> (weight: Tensor, bias: Tensor) {
      let size = configuration.latentSize
      return (
        try weights.tensor("\(prefix)\(name).weight", shape: [size, configuration.features]),
        try weights.tensor("\(prefix)\(name).bias", shape: [size])
      )
    }
    mean = try linear("fc_mu")
    logVariance = try linear("fc_var")
    parameters = weights.taken(under: prefix, role: .parameter)
    buffers = weights.taken(under: prefix, role: .buffer)
  }

  /// The distributions of pictures `[N, 3, H, W]` in -1...1 of any size.
  ///
  /// - Parameter onLayer: is told every convolution's normalised result, before the activation.
  public func callAsFunction(
    _ pictures: Tensor, mode: NetworkMode = .evaluation, onLayer: ((Int, Tensor) -> Void)? = nil
  ) -> StyleDistribution {
    var h = pictures.resizedBilinear(height: configuration.side, width: configuration.side)
    for (index, convolution) in convolutions.enumerated() {
      if index > 0 { h = h.leakyReLU(slope: Self.slope) }
      h = ChannelNormalization.instance(convolution(h, mode: mode), mode: mode)
      onLayer?(index + 1, h)
    }
    h = h.leakyReLU(slope: Self.slope)
    h = h.reshaped([h.shape[0], h.count / h.shape[0]])
    return StyleDistribution(
      mean: h.matrixProduct(mean.weight, transposingOther: true) + mean.bias,
      logVariance: h.matrixProduct(logVariance.weight, transposingOther: true) + logVariance.bias)
  }
}
