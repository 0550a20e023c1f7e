import Layers
import TensorCore

/// StyleGAN2's discriminator with residual blocks (formats spec 1.7).
public struct Discriminator {
  /// One residual block; it halves the size.
  public struct Block {
    /// Side of the input.
    public let resolution: Int
    /// 3x3, keeps the size and the channels.
    public let conv0: EqualizedConvolution
    /// 3x3, halves the size.
    public let conv1: EqualizedConvolution
    /// 1x1 past both, halves the size.
    public let skip: EqualizedConvolution

    /// `[N, C, r, r]` to `[N, C', r/2, r/2]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { skip(x) + conv1(conv0(x)) }
  }

  /// 1x1, pictures to features.
  public let fromImage: EqualizedConvolution
  /// The blocks, from the full resolution to 8x8.
  public let blocks: [Block]
  /// Statistics of the minibatch, appended at 4x4.
  public let deviation: MinibatchDeviation
  /// 3x3 at 4x4.
  public let convolution: EqualizedConvolution
  /// All features of a sample to a vector.
  public let linear: EqualizedLinear
  /// To the logit, or to a vector that is compared with the labels' one.
  public let output: EqualizedLinear
  /// Labels to a vector; nil for a discriminator without labels.
  public let mapping: MappingNetwork?
  /// Side of the pictures.
  public let resolution: Int
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: filters.
  public let buffers: [String: Tensor]

  /// Reads `PREFIXb{r}.*` and `PREFIXmapping.*`; resolution and channels follow from the shapes.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "", configuration: StyleGAN2Configuration = .init()
  ) throws(ModelError) {
    let side = (3...12).map { 1 << $0 }.last {
      weights.shape(of: "\(prefix)b\($0).fromrgb.weight") != nil
    }
    let resolution = side ?? 8
    let reader = DiscriminatorReader(weights: weights, prefix: prefix, configuration: configuration)
    fromImage = try reader.convolution(
      "b\(resolution).fromrgb", inputs: 3, kernel: 1, clamp: configuration.convClamp)
    var channels = fromImage.weight.shape[0]
    var blocks: [Block] = []
    var current = resolution
    while current > 4 {
      let block = try reader.block(current, inputs: channels)
      channels = block.conv1.weight.shape[0]
      blocks.append(block)
      current /= 2
    }
    self.blocks = blocks
    convolution = try reader.convolution(
      "b4.conv", inputs: nil, kernel: 3, clamp: configuration.convClamp)
    let statistics = convolution.weight.shape[1] - channels
    guard statistics >= 0, statistics == 0 || channels % statistics == 0 else {
      throw .wrongShape(
        path: weights.path, name: "\(prefix)b4.conv.weight",
        expected: [nil, channels + 1, 3, 3], actual: convolution.weight.shape.dimensions)
    }
    deviation = MinibatchDeviation(
      groupSize: configuration.deviationGroupSize, channels: statistics)
    let features = convolution.weight.shape[0]
    linear = try reader.linear(
      "b4.fc", outputs: nil, inputs: features * 16, activation: configuration.activation)
    if weights.shape(of: "\(prefix)mapping.fc0.weight") == nil {
      mapping = nil
    } else {
      mapping = try MappingNetwork(
        weights, prefix: "\(prefix)mapping.", configuration: configuration)
    }
    output = try reader.linear(
      "b4.out", outputs: mapping?.latentSize ?? 1, inputs: linear.outputs, activation: .linear)
    self.resolution = resolution
    parameters = weights.taken(under: prefix, role: .parameter)
    buffers = weights.taken(under: prefix, role: .buffer)
  }

  /// Numbers of a label; 0 without labels.
  public var labelSize: Int { mapping?.labelSize ?? 0 }

  /// The logits `[N, 1]` of pictures `[N, 3, H, W]` and labels `[N, c]`. N is a multiple of the
  /// group size of the minibatch deviation, or smaller.
  public func callAsFunction(_ pictures: Tensor, labels: Tensor? = nil) -> Tensor {
    check(
      pictures.shape.rank == 4 && pictures.shape[2] == resolution
        && pictures.shape[3] == resolution,
      "discriminator: pictures \(pictures.shape), expected side \(resolution)")
    var h = fromImage(pictures)
    for block in blocks { h = block(h) }
    if deviation.channels > 0 { h = deviation(h) }
    h = convolution(h)
    h = output(linear(h.reshaped([h.shape[0], h.count / h.shape[0]])))
    guard let mapping else { return h }
    let expected = mapping(nil, labels: labels)
    return (h * expected).sum(axes: [1], keepingAxes: true)
      / Float(mapping.latentSize).squareRoot()
  }
}

/// Reads the layers of a discriminator.
private struct DiscriminatorReader {
  let weights: WeightTable
  let prefix: String
  let configuration: StyleGAN2Configuration

  func convolution(
    _ name: String, inputs: Int?, kernel: Int, outputs: Int? = nil, hasBias: Bool = true,
    downsamples: Bool = false, activation: Activation? = nil, gain: Float = 1, clamp: Float?
  ) throws(ModelError) -> EqualizedConvolution {
    let key = prefix + name
    let weight = try weights.tensor("\(key).weight", shape: [outputs, inputs, kernel, kernel])
    try weights.requireFilter("\(key).resample_filter", configuration.filter)
    let activation = activation ?? configuration.activation
    return EqualizedConvolution(
      weight: weight,
      bias: hasBias ? try weights.tensor("\(key).bias", shape: [weight.shape[0]]) : nil,
      downsampling: downsamples ? configuration.filter : nil,
      activation: BiasActivation(
        activation, gain: activation.defaultGain * gain, clamp: clamp.map { $0 * gain }))
  }

  func linear(_ name: String, outputs: Int?, inputs: Int, activation: Activation)
    throws(ModelError) -> EqualizedLinear
  {
    let weight = try weights.tensor("\(prefix)\(name).weight", shape: [outputs, inputs])
    return EqualizedLinear(
      weight: weight,
      bias: try weights.tensor("\(prefix)\(name).bias", shape: [weight.shape[0]]),
      activation: activation)
  }

  func block(_ resolution: Int, inputs: Int) throws(ModelError) -> Discriminator.Block {
    // Both ways carry half of the variance.
    let half = Float(0.5).squareRoot()
    try weights.requireFilter("\(prefix)b\(resolution).resample_filter", configuration.filter)
    let conv0 = try convolution(
      "b\(resolution).conv0", inputs: inputs, kernel: 3, clamp: configuration.convClamp)
    let conv1 = try convolution(
      "b\(resolution).conv1", inputs: conv0.weight.shape[0], kernel: 3, downsamples: true,
      gain: half, clamp: configuration.convClamp)
    let skip = try convolution(
      "b\(resolution).skip", inputs: inputs, kernel: 1, outputs: conv1.weight.shape[0],
      hasBias: false, downsamples: true, activation: .linear, gain: half, clamp: nil)
    return Discriminator.Block(resolution: resolution, conv0: conv0, conv1: conv1, skip: skip)
  }
}
