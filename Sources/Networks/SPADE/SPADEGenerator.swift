import Layers
import TensorCore

/// The SPADE generator (Park et al. 2019; SPADE spec 2): a layout, and a style code where the model
/// has one, to a picture.
public final class SPADEGenerator {
  /// Where the smallest feature map comes from.
  public enum Head {
    /// A 3x3 convolution of the layout at that size.
    case layout(SpectralConvolution)
    /// A linear layer of the style code: weight `[C h w, z]` and bias.
    case latent(weight: Tensor, bias: Tensor)
  }

  /// Sizes and variant.
  public let configuration: SPADEConfiguration
  /// The start.
  public let head: Head
  /// The residual blocks in the order of `configuration.blocks`.
  public let blocks: [SPADEResidualBlock]
  /// To the picture.
  public let toImage: SpectralConvolution
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: running statistics, spectral vectors.
  public let buffers: [String: Tensor]

  /// Reads `PREFIXfc.*`, `PREFIXhead_0.*`, ... by the names of the reference; convolutions of blocks
  /// either with their spectral vectors or already divided.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "generator.", configuration: SPADEConfiguration
  ) throws(ModelError) {
    self.configuration = configuration
    if let latentSize = configuration.latentSize {
      let outputs = configuration.headOutputs
      head = .latent(
        weight: try weights.tensor("\(prefix)fc.weight", shape: [outputs, latentSize]),
        bias: try weights.tensor("\(prefix)fc.bias", shape: [outputs]))
    } else {
      head = .layout(try configuration.layoutHead.layer(weights, prefix: prefix))
    }
    var blocks: [SPADEResidualBlock] = []
    for block in configuration.blocks {
      blocks.append(
        try SPADEBlockDescription(block: block, configuration: configuration)
          .layer(weights, prefix: prefix))
    }
    self.blocks = blocks
    toImage = try configuration.toImage.layer(weights, prefix: prefix)
    parameters = weights.taken(under: prefix, role: .parameter)
    buffers = weights.taken(under: prefix, role: .buffer)
  }

  /// The picture `[N, 3, H, W]` in -1...1 of a layout `[N, L, H', W']`.
  ///
  /// - Parameters:
  ///   - latent: style codes `[N, z]` for a generator that starts from one.
  ///   - onBlock: is told every residual block's name and result.
  public func callAsFunction(
    _ layout: Tensor, latent: Tensor? = nil, mode: NetworkMode = .evaluation,
    onBlock: ((String, Tensor) -> Void)? = nil
  ) -> Tensor {
    check(
      layout.shape.rank == 4 && layout.shape[1] == configuration.layoutChannels,
      "SPADE generator: layout \(layout.shape), \(configuration.layoutChannels) channels expected")
    let pyramid = LayoutPyramid(layout)
    var h = start(pyramid, latent: latent, mode: mode)
    for (block, description) in zip(blocks, configuration.blocks) {
      if description.doubles {
        h = h.resizedNearest(height: 2 * h.shape[2], width: 2 * h.shape[3])
      }
      h = block(h, layout: pyramid, mode: mode)
      onBlock?(description.name, h)
    }
    return toImage(h.leakyReLU(slope: SPADEResidualBlock.slope), mode: mode).hyperbolicTangent()
  }

  /// The running statistics of all batch normalisations.
  public var runningStatistics: [RunningStatistics] {
    blocks.flatMap { [$0.norm0, $0.norm1] + ($0.shortcut.map { [$0.norm] } ?? []) }
      .compactMap { conditioning in
        if case .batch(let statistics) = conditioning.normalization { statistics } else { nil }
      }
  }

  private func start(_ pyramid: LayoutPyramid, latent: Tensor?, mode: NetworkMode) -> Tensor {
    let (height, width) = (configuration.baseHeight, configuration.baseWidth)
    switch head {
    case .layout(let convolution):
      return convolution(pyramid.level(height: height, width: width), mode: mode)
    case .latent(let weight, let bias):
      guard let latent, latent.shape == [pyramid.full.shape[0], weight.shape[1]] else {
        fatalError(
          "SPADE generator: style code \(latent.map { "\($0.shape)" } ?? "none"), expected "
            + "[\(pyramid.full.shape[0]), \(weight.shape[1])]")
      }
      let h = latent.matrixProduct(weight, transposingOther: true) + bias
      return h.reshaped([latent.shape[0], 16 * configuration.filters, height, width])
    }
  }
}

extension SPADEConfiguration {
  var headOutputs: Int { 16 * filters * baseWidth * baseHeight }

  var layoutHead: ConvolutionDescription {
    ConvolutionDescription(name: "fc", inputs: layoutChannels, outputs: 16 * filters)
  }

  var toImage: ConvolutionDescription {
    ConvolutionDescription(name: "conv_img", inputs: lastChannels, outputs: 3)
  }

  /// All tensors of a generator.
  public var generatorWeights: [WeightDescription] {
    var result: [WeightDescription]
    if let latentSize {
      result = [
        .init("fc.weight", [headOutputs, latentSize], .glorot),
        .init("fc.bias", [headOutputs], .constant(0)),
      ]
    } else {
      result = layoutHead.weights
    }
    for block in blocks {
      result += SPADEBlockDescription(block: block, configuration: self).weights
    }
    return result + toImage.weights
  }
}
