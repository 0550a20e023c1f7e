import Layers
import TensorCore

/// The sizes of a generator and discriminator that start from random weights.
public struct StyleGAN2Architecture: Sendable, Equatable {
  /// Side of the pictures, a power of two from 8 on.
  public var resolution: Int
  /// Channels times resolution, where `channelMaximum` does not bind.
  public var channelBase: Int
  /// The most channels of a layer.
  public var channelMaximum: Int
  /// Numbers of a z.
  public var inputSize: Int
  /// Numbers of a w.
  public var latentSize: Int
  /// Numbers of a label; 0 for none.
  public var labelSize: Int
  /// Layers of the mapping network.
  public var mappingLayers: Int

  /// Sizes; without arguments those of StyleGAN2 config F.
  public init(
    resolution: Int, channelBase: Int = 32768, channelMaximum: Int = 512, inputSize: Int = 512,
    latentSize: Int = 512, labelSize: Int = 0, mappingLayers: Int = 8
  ) {
    check(
      resolution >= 8 && resolution & (resolution - 1) == 0 && channelBase >= resolution
        && mappingLayers > 0, "StyleGAN2 architecture: resolution \(resolution)")
    self.resolution = resolution
    self.channelBase = channelBase
    self.channelMaximum = channelMaximum
    self.inputSize = inputSize
    self.latentSize = latentSize
    self.labelSize = labelSize
    self.mappingLayers = mappingLayers
  }

  /// Channels at one resolution (formats spec 1.1).
  public func channels(at resolution: Int) -> Int {
    min(channelBase / resolution, channelMaximum)
  }

  /// Channels of the styled convolutions, first to last.
  public var layerChannels: [Int] {
    sides.flatMap { [Int](repeating: channels(at: $0), count: $0 == 4 ? 1 : 2) }
  }

  /// Weights to start the training of a generator from, by the names of its checkpoint.
  public func generatorWeights(
    seed: UInt64, configuration: StyleGAN2Configuration = .init()
  ) -> [String: Tensor] {
    var weights = RandomWeights(seed: seed, configuration: configuration)
    weights.mapping("mapping.", self, inputSize: inputSize, latentSize: latentSize)
    weights.constant("mapping.w_avg", 0, [latentSize])
    weights.normal("synthesis.b4.const", [channels(at: 4), 4, 4])
    var inputs = channels(at: 4)
    for side in sides {
      let prefix = "synthesis.b\(side)."
      let outputs = channels(at: side)
      for name in side == 4 ? ["conv1"] : ["conv0", "conv1"] {
        let key = prefix + name
        weights.normal("\(key).weight", [outputs, inputs, 3, 3])
        weights.constant("\(key).bias", 0, [outputs])
        weights.affine(key, outputs: inputs, inputs: latentSize)
        weights.normal("\(key).noise_const", [side, side])
        weights.constant("\(key).noise_strength", 0, [])
        weights.filter(key)
        inputs = outputs
      }
      weights.normal("\(prefix)torgb.weight", [3, outputs, 1, 1])
      weights.constant("\(prefix)torgb.bias", 0, [3])
      weights.affine("\(prefix)torgb", outputs: outputs, inputs: latentSize)
      weights.filter("synthesis.b\(side)")
    }
    return weights.tensors
  }

  /// Weights to start the training of a discriminator from, by the names of its checkpoint.
  public func discriminatorWeights(
    seed: UInt64, configuration: StyleGAN2Configuration = .init()
  ) -> [String: Tensor] {
    var weights = RandomWeights(seed: seed, configuration: configuration)
    let features = channels(at: 4)
    if labelSize > 0 { weights.mapping("mapping.", self, inputSize: 0, latentSize: features) }
    weights.convolution("b\(resolution).fromrgb", [channels(at: resolution), 3, 1, 1])
    for side in sides.reversed() where side > 4 {
      let (inputs, outputs) = (channels(at: side), channels(at: side / 2))
      weights.convolution("b\(side).conv0", [inputs, inputs, 3, 3])
      weights.convolution("b\(side).conv1", [outputs, inputs, 3, 3])
      weights.normal("b\(side).skip.weight", [outputs, inputs, 1, 1])
      weights.filter("b\(side).skip")
      weights.filter("b\(side)")
    }
    weights.convolution("b4.conv", [features, features + 1, 3, 3])
    weights.linear("b4.fc", outputs: features, inputs: features * 16)
    weights.linear("b4.out", outputs: labelSize > 0 ? features : 1, inputs: features)
    return weights.tensors
  }

  private var sides: [Int] { (2...12).map { 1 << $0 }.filter { $0 <= resolution } }
}

/// Collects random tensors; each has its own stream of random numbers.
private struct RandomWeights {
  let seed: UInt64
  let configuration: StyleGAN2Configuration
  private(set) var tensors: [String: Tensor] = [:]

  init(seed: UInt64, configuration: StyleGAN2Configuration) {
    self.seed = seed
    self.configuration = configuration
  }

  mutating func normal(_ name: String, _ shape: Shape, scale: Float = 1) {
    var random = RandomSource(seed: seed, stream: UInt64(tensors.count))
    let values = random.normal(shape)
    tensors[name] = scale == 1 ? values : values * scale
  }

  mutating func constant(_ name: String, _ value: Float, _ shape: Shape) {
    tensors[name] = Tensor(repeating: value, shape: shape)
  }

  mutating func filter(_ key: String) {
    let filter = configuration.filter
    tensors["\(key).resample_filter"] = Tensor(filter.taps, shape: [filter.height, filter.width])
  }

  mutating func linear(_ key: String, outputs: Int, inputs: Int, multiplier: Float = 1) {
    normal("\(key).weight", [outputs, inputs], scale: 1 / multiplier)
    constant("\(key).bias", 0, [outputs])
  }

  mutating func convolution(_ key: String, _ shape: Shape) {
    normal("\(key).weight", shape)
    constant("\(key).bias", 0, [shape[0]])
    filter(key)
  }

  mutating func affine(_ key: String, outputs: Int, inputs: Int) {
    normal("\(key).affine.weight", [outputs, inputs])
    constant("\(key).affine.bias", 1, [outputs])
  }

  mutating func mapping(
    _ prefix: String, _ sizes: StyleGAN2Architecture, inputSize: Int, latentSize: Int
  ) {
    if sizes.labelSize > 0 {
      linear("\(prefix)embed", outputs: latentSize, inputs: sizes.labelSize)
    }
    var inputs = inputSize + (sizes.labelSize > 0 ? latentSize : 0)
    for index in 0..<sizes.mappingLayers {
      linear(
        "\(prefix)fc\(index)", outputs: latentSize, inputs: inputs,
        multiplier: configuration.mappingLearningRateMultiplier)
      inputs = latentSize
    }
  }
}
