import Layers
import TensorCore

/// A residual block of a `BlockedSPADEGenerator`, at one size.
struct BlockedSPADEBlock {
  /// A normalisation and what modulates its result.
  struct Norm {
    /// nil measures the image itself.
    var stored: ChannelNormalizer?
    var modulation: LabelModulation

    func modulated(_ x: Tensor, _ patches: LabelPatches, slope: Float) -> ModulatedImage {
      let normalizer =
        stored ?? ChannelNormalizer(measuring: x, epsilon: ChannelNormalization.epsilon)
      return ModulatedImage(
        x, normalizer: normalizer, modulation: modulation, patches: patches, slope: slope)
    }
  }

  private let (height, width, kernel): (Int, Int, Int)
  private let doubles: Bool
  private let norm0: Norm
  private let conv0: PreparedConvolution
  private let norm1: Norm
  private let conv1: PreparedConvolution
  private let shortcut: (norm: Norm, convolution: PreparedConvolution)?

  init(
    _ block: SPADEConfiguration.Block, configuration: SPADEConfiguration, height: Int, width: Int,
    _ reader: FrozenReader
  ) throws(ModelError) {
    (self.height, self.width, kernel) = (height, width, configuration.normalization.kernel)
    doubles = block.doubles
    func norm(_ name: String, _ channels: Int) throws(ModelError) -> Norm {
      try reader.norm("\(block.name).\(name)", channels, configuration)
    }
    func convolution(
      _ name: String, _ inputs: Int, _ outputs: Int, kernel: Int = 3
    ) throws(ModelError) -> PreparedConvolution {
      try reader.convolution(
        "\(block.name).\(name)", outputs, inputs, kernel: kernel, height: height, width: width,
        isSpectral: configuration.normalization.isSpectral, hasBias: kernel == 3)
    }
    norm0 = try norm("norm_0", block.inputs)
    conv0 = try convolution("conv_0", block.inputs, block.middle)
    norm1 = try norm("norm_1", block.middle)
    conv1 = try convolution("conv_1", block.middle, block.outputs)
    if block.inputs == block.outputs {
      shortcut = nil
    } else {
      shortcut = (
        try norm("norm_s", block.inputs),
        try convolution("conv_s", block.inputs, block.outputs, kernel: 1)
      )
    }
  }

  /// A blocked image to the next, through a leaky ReLU of `slope` at the end (1: none).
  func callAsFunction(_ x: Tensor, layout: LayoutNeighborhoods, slope: Float) -> Tensor {
    let patches = layout.patches(height: height, width: width, kernel: kernel)
    let inner = SPADEResidualBlock.slope
    var h = conv0(norm0.modulated(x, patches, slope: inner).tensor())
    h = conv1(norm1.modulated(h, patches, slope: inner).tensor(reusingMemory: true))
    guard let shortcut else {
      h.addInPlace(enlarging: x)
      return slope == 1 ? h : h.leakyReLU(slope: slope)
    }
    shortcut.norm.modulated(x, patches, slope: 1)
      .addProduct(with: shortcut.convolution.weights, to: h, slope: slope)
    return h
  }
}

/// A convolution of blocked images of one size, whose weights exist in the form for it only.
struct PreparedConvolution {
  let weights: FrozenWeights
  let algorithm: ConvolutionAlgorithm
  let bias: Tensor?

  func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolved(
      withFrozen: weights, epilogue: ConvolutionEpilogue(bias: bias), algorithm: algorithm)
  }
}

/// Reads weights into the forms that they are used in and lets them go.
struct FrozenReader {
  let weights: WeightTable
  let prefix: String

  /// The weight of a convolution; one under spectral normalisation is divided by its norm unless the
  /// file holds it divided already.
  private func weight(
    _ name: String, _ outputs: Int, _ inputs: Int, kernel: Int, isSpectral: Bool
  ) throws(ModelError) -> Tensor {
    let key = prefix + name
    let shape = [outputs, inputs, kernel, kernel]
    if !isSpectral || weights.shape(of: "\(key).weight") != nil {
      return try weights.transient("\(key).weight", shape: shape)
    }
    let rest = inputs * kernel * kernel
    let original = try weights.transient("\(key).weight_orig", shape: shape)
    let norm = SpectralNorm(
      u: try weights.transient("\(key).weight_u", shape: [outputs]),
      v: try weights.transient("\(key).weight_v", shape: [rest]))
    return withoutRecording {
      norm.normalized(original.reshaped([outputs, rest]), mode: .evaluation)
        .reshaped(original.shape)
    }
  }

  /// A convolution prepared for images of one size.
  func convolution(
    _ name: String, _ outputs: Int, _ inputs: Int, kernel: Int, height: Int, width: Int,
    isSpectral: Bool, hasBias: Bool = true
  ) throws(ModelError) -> PreparedConvolution {
    let frozen = FrozenWeights(
      try weight(name, outputs, inputs, kernel: kernel, isSpectral: isSpectral))
    let algorithm = Self.algorithm(for: frozen.window, height: height, width: width)
    frozen.seal(for: algorithm)
    return PreparedConvolution(
      weights: frozen, algorithm: algorithm,
      bias: hasBias ? try weights.tensor("\(prefix)\(name).bias", shape: [outputs]) : nil)
  }

  /// The smallest images meet the largest weights with few multiplications; patches read these as
  /// they are stored.
  private static func algorithm(
    for window: ConvolutionWindow, height: Int, width: Int
  ) -> ConvolutionAlgorithm {
    if window.kernelHeight != 3 || height * width <= 64 { return .patches }
    return .best(for: window, height: height, width: width)
  }

  /// A convolution of labels, which is never under spectral normalisation.
  func lookup(_ name: String, _ outputs: Int, _ inputs: Int, kernel: Int) throws(ModelError)
    -> LabelLookup
  {
    LabelLookup(
      weight: try weight(name, outputs, inputs, kernel: kernel, isSpectral: false),
      bias: try weights.transient("\(prefix)\(name).bias", shape: [outputs]))
  }

  /// A SPADE layer.
  func norm(_ name: String, _ channels: Int, _ configuration: SPADEConfiguration)
    throws(ModelError) -> BlockedSPADEBlock.Norm
  {
    let kernel = configuration.normalization.kernel
    let hidden = configuration.hiddenChannels
    func part(_ part: String) throws(ModelError) -> (weight: Tensor, bias: Tensor) {
      (
        try weight("\(name).\(part)", channels, hidden, kernel: kernel, isSpectral: false),
        try weights.transient("\(prefix)\(name).\(part).bias", shape: [channels])
      )
    }
    var scale = try part("mlp_gamma")
    scale.bias = scale.bias + 1
    let modulation = LabelModulation(
      lookup: try lookup(
        "\(name).mlp_shared.0", hidden, configuration.layoutChannels, kernel: kernel),
      scale: scale, shift: try part("mlp_beta"))
    guard configuration.normalization.kind != .instance else {
      return .init(stored: nil, modulation: modulation)
    }
    let key = "\(prefix)\(name).param_free_norm"
    return .init(
      stored: ChannelNormalizer(
        mean: try weights.transient("\(key).running_mean", shape: [channels]),
        variance: try weights.transient("\(key).running_var", shape: [channels]),
        epsilon: ChannelNormalization.epsilon),
      modulation: modulation)
  }
}
