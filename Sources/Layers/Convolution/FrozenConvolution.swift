import TensorCore

/// A convolution with constant weights, its bias and its activation: the building block of networks
/// that only judge pictures (perceptual distance, encoders).
///
/// Gradients flow to the input only. Whoever holds one never sees how it is computed, so that it
/// may keep its weights in any layout.
public final class FrozenConvolution {
  /// What follows the bias.
  public enum Activation: Equatable, Sendable {
    /// Nothing.
    case linear
    /// `max(x, 0)`.
    case rectified
    /// `x >= 0 ? x : slope * x`.
    case leaky(slope: Float)
  }

  /// Number of input channels C.
  public let inputChannels: Int
  /// Number of output channels K.
  public let outputChannels: Int
  private let weight: Tensor
  private let bias: Tensor?
  private let stride: Int
  private let padding: Int
  private let activation: Activation

  /// A convolution with `weight` `[K, C, kh, kw]` and `bias` `[K]`.
  public init(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0,
    activation: Activation = .linear
  ) {
    check(
      weight.shape.rank == 4 && (bias.map { $0.count == weight.shape[0] } ?? true),
      "frozen convolution: weight \(weight.shape), bias \(bias?.shape ?? [])")
    inputChannels = weight.shape[1]
    outputChannels = weight.shape[0]
    self.weight = weight.detached()
    self.bias = bias?.detached().reshaped([weight.shape[0], 1, 1])
    self.stride = stride
    self.padding = padding
    self.activation = activation
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']` with `H' = (H + 2 padding - kh) / stride + 1`.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    var h = input.convolved(with: weight, stride: stride, padding: padding)
    if let bias { h = h + bias }
    switch activation {
    case .linear: return h
    case .rectified: return h.rectified()
    case .leaky(let slope): return h.leakyReLU(slope: slope)
    }
  }
}
