import TensorCore

/// The sizes of an encoder that starts from random weights.
public struct ImageEncoderArchitecture: Sendable, Equatable, Codable {
  /// Side of the pictures, a power of two from 8 on.
  public var resolution: Int
  /// Rows of W+.
  public var rowCount: Int
  /// Numbers of a row.
  public var latentSize: Int
  /// Channels of each strided convolution; each halves the side.
  public var channels: [Int]
  /// Units of the hidden linear layer.
  public var hidden: Int

  /// Sizes for a generator: convolutions down to 4x4 whose channels double from 32 to 192, the last
  /// one with 128.
  public init(
    resolution: Int, rowCount: Int, latentSize: Int, channels: [Int]? = nil, hidden: Int = 320
  ) {
    check(
      resolution >= 8 && resolution & (resolution - 1) == 0 && rowCount > 0 && latentSize > 0
        && hidden > 0, "encoder architecture: resolution \(resolution), \(rowCount) rows")
    let count = resolution.trailingZeroBitCount - 2
    self.resolution = resolution
    self.rowCount = rowCount
    self.latentSize = latentSize
    self.channels =
      channels ?? (0..<count).map { $0 == count - 1 ? 128 : min(32 << min($0, 3), 192) }
    self.hidden = hidden
  }

  /// Weights to start training from, by the names of a model file (`encoder.*`): He's
  /// initialisation for the leaky ReLU, and a last layer that begins near the mean latent.
  public func weights(seed: UInt64) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    func add(_ name: String, _ shape: Shape, inputs: Int, gain: Float) {
      var random = RandomSource(seed: seed, stream: UInt64(tensors.count))
      tensors["encoder.\(name).weight"] = random.normal(shape) * (gain / Float(inputs)).squareRoot()
      tensors["encoder.\(name).bias"] = .zeros([shape[0]])
    }
    let gain = 2 / (1 + ImageEncoder.slope * ImageEncoder.slope)
    var inputs = 3
    var side = resolution
    for (index, outputs) in channels.enumerated() {
      add("conv\(index)", [outputs, inputs, 3, 3], inputs: inputs * 9, gain: gain)
      inputs = outputs
      side = (side - 1) / 2 + 1
    }
    inputs *= side * side
    add("fc0", [hidden, inputs], inputs: inputs, gain: gain)
    add("fc1", [rowCount * latentSize, hidden], inputs: hidden, gain: 0.01)
    return tensors
  }
}
