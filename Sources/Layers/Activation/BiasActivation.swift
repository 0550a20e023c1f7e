import TensorCore

/// Bias, activation, gain and clamp, in this order (formats spec 1.5).
public struct BiasActivation: Sendable, Equatable {
  /// The function.
  public var activation: Activation
  /// The factor behind the function.
  public var gain: Float
  /// The result is limited to `-clamp...clamp`, after the gain.
  public var clamp: Float?

  /// An activation with its default gain unless another is given.
  public init(_ activation: Activation = .leakyReLU, gain: Float? = nil, clamp: Float? = nil) {
    self.activation = activation
    self.gain = gain ?? activation.defaultGain
    self.clamp = clamp
  }

  /// The activation of `[N, C]` or `[N, C, H, W]` plus a bias `[C]`, in the same shape.
  public func callAsFunction(_ x: Tensor, bias: Tensor?) -> Tensor {
    var y = x
    if let bias { y = y + bias.alongChannels(rank: x.shape.rank) }
    y = activation(y, gain: gain)
    if let clamp { y = y.clamped(to: -clamp...clamp) }
    return y
  }
}

extension Tensor {
  /// A value per channel `[C]`, or per sample and channel `[N, C]`, shaped to meet a tensor of
  /// `rank` axes whose axis 1 are the channels.
  public func alongChannels(rank: Int) -> Tensor {
    check(shape.rank == 1 || shape.rank == 2, "alongChannels: \(shape)")
    let samples = shape.rank == 2 ? shape[0] : 1
    return reshaped(
      Shape([samples, shape[-1]] + [Int](repeating: 1, count: rank - 2)))
  }
}
