import Layers
import TensorCore

/// Sizes of a `CropDiscriminator`.
public struct CropDiscriminatorConfiguration: Sendable, Equatable {
  /// Side of the pictures, a power of two from 8 on.
  public var side: Int
  /// Channels behind the first layer; each block doubles them up to `mostChannels`.
  public var filters: Int
  /// The most channels of a layer.
  public var mostChannels: Int

  /// Sizes.
  public init(side: Int, filters: Int = 16, mostChannels: Int = 128) {
    check(side >= 8 && side & (side - 1) == 0, "crop discriminator: side \(side)")
    self.side = side
    self.filters = filters
    self.mostChannels = mostChannels
  }

  /// Channels behind the first layer and behind each block.
  var channels: [Int] {
    var result = [filters]
    var side = side
    while side > 4 {
      result.append(min(mostChannels, result[result.count - 1] * 2))
      side /= 2
    }
    return result
  }

  /// Random weights to start a training from: standard normal numbers, biases of 0.
  public func weights(seed: UInt64) -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    var random = RandomSource(seed: seed)
    func add(_ name: String, _ shape: Shape, hasBias: Bool = true) {
      weights["\(name).weight"] = random.normal(shape)
      if hasBias { weights["\(name).bias"] = .zeros([shape[0]]) }
    }
    let channels = channels
    add("from_rgb", [filters, 3, 1, 1])
    for index in 0..<channels.count - 1 {
      let (inputs, outputs) = (channels[index], channels[index + 1])
      add("blocks.\(index).conv0", [inputs, inputs, 3, 3])
      add("blocks.\(index).conv1", [outputs, inputs, 3, 3])
      add("blocks.\(index).skip", [outputs, inputs, 1, 1], hasBias: false)
    }
    let last = channels[channels.count - 1]
    add("final", [last, last + 1, 3, 3])
    add("out.0", [last, last * 16])
    add("out.1", [1, last])
    return weights
  }
}

/// A small residual discriminator of crops: equalised learning rate, leaky ReLU, strided
/// convolutions without filter, standard deviation of the minibatch. It also gives the features
/// behind each block, to be compared with those of the picture that was meant.
public struct CropDiscriminator {
  /// A convolution with equalised learning rate, and what follows it.
  private struct Layer {
    let weight: Tensor
    let bias: Tensor?
    let gain: Float

    init(_ weights: WeightTable, _ name: String, _ shape: [Int?], hasBias: Bool = true)
      throws(ModelError)
    {
      weight = try weights.tensor("\(name).weight", shape: shape)
      bias = hasBias ? try weights.tensor("\(name).bias", shape: [weight.shape[0]]) : nil
      gain = 1 / Float(weight.count / weight.shape[0]).squareRoot()
    }

    func callAsFunction(_ x: Tensor, stride: Int = 1) -> Tensor {
      x.convolved(with: weight * gain, stride: stride, padding: weight.shape[2] / 2)
    }

    /// With bias, leaky ReLU and gain.
    func activated(_ x: Tensor, stride: Int = 1) -> Tensor {
      BiasActivation(.leakyReLU)(self(x, stride: stride), bias: bias)
    }
  }

  private struct Block {
    let conv0: Layer
    let conv1: Layer
    let skip: Layer
  }

  /// A result.
  public struct Output {
    /// `[N, 1]`: how real each picture looks.
    public let logits: Tensor
    /// Features behind each block, `[N, C, h, w]`.
    public let features: [Tensor]
  }

  private let fromImage: Layer
  private let blocks: [Block]
  private let final: Layer
  private let linear: EqualizedLinear
  private let output: EqualizedLinear
  /// What gradient descent learns, by name.
  public let parameters: [String: Tensor]

  /// Reads a discriminator of these sizes.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "", configuration: CropDiscriminatorConfiguration
  ) throws(ModelError) {
    let channels = configuration.channels
    fromImage = try Layer(weights, "\(prefix)from_rgb", [channels[0], 3, 1, 1])
    var blocks: [Block] = []
    for index in 0..<channels.count - 1 {
      let name = "\(prefix)blocks.\(index)"
      let (inputs, outputs) = (channels[index], channels[index + 1])
      blocks.append(
        Block(
          conv0: try Layer(weights, "\(name).conv0", [inputs, inputs, 3, 3]),
          conv1: try Layer(weights, "\(name).conv1", [outputs, inputs, 3, 3]),
          skip: try Layer(weights, "\(name).skip", [outputs, inputs, 1, 1], hasBias: false)))
    }
    self.blocks = blocks
    let last = channels[channels.count - 1]
    final = try Layer(weights, "\(prefix)final", [last, last + 1, 3, 3])
    linear = EqualizedLinear(
      weight: try weights.tensor("\(prefix)out.0.weight", shape: [last, last * 16]),
      bias: try weights.tensor("\(prefix)out.0.bias", shape: [last]), activation: .leakyReLU)
    output = EqualizedLinear(
      weight: try weights.tensor("\(prefix)out.1.weight", shape: [1, last]),
      bias: try weights.tensor("\(prefix)out.1.bias", shape: [1]))
    parameters = weights.taken(under: prefix, role: .parameter)
  }

  /// Logits and features of pictures `[N, 3, side, side]`.
  public func callAsFunction(_ pictures: Tensor) -> Output {
    var h = fromImage.activated(pictures)
    var features: [Tensor] = []
    let half = Float(0.5).squareRoot()
    for block in blocks {
      let main = block.conv1.activated(block.conv0.activated(h), stride: 2)
      let way = block.skip(h.resizedArea(height: h.shape[2] / 2, width: h.shape[3] / 2))
      h = (main + way) * half
      features.append(h)
    }
    // Groups of as many samples as divide the batch, up to four of them.
    let groups = [4, 2, 1].first { h.shape[0] % $0 == 0 } ?? 1
    h = Self.withDeviation(h, groups: groups)
    h = final.activated(h)
    h = output(linear(h.reshaped([h.shape[0], h.count / h.shape[0]])))
    return Output(logits: h, features: features)
  }

  /// Appends the mean standard deviation over `groups` samples that stand N / groups apart.
  private static func withDeviation(_ x: Tensor, groups: Int) -> Tensor {
    MinibatchDeviation(groupSize: groups, channels: 1)(x)
  }
}
