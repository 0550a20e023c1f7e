import TensorCore

/// A convolution with equalised learning rate: the weight is divided by sqrt(inputs * kernel area)
/// at run time; optionally halves the size (FIR filter, then stride 2).
///
/// The values of a weight that does not track gradients must not change during the layer's life.
public struct EqualizedConvolution {
  /// `[outputs, inputs, k, k]`, as stored.
  public let weight: Tensor
  /// `[outputs]`.
  public let bias: Tensor?
  /// The filter before decimation; nil keeps the size.
  public let downsampling: FIRFilter?
  /// What follows the bias.
  public let activation: BiasActivation
  private let frozenKernel: Tensor?

  /// A layer of a weight `[outputs, inputs, k, k]` with odd k and a bias `[outputs]`.
  public init(
    weight: Tensor, bias: Tensor?, downsampling: FIRFilter? = nil, activation: BiasActivation
  ) {
    check(
      weight.shape.rank == 4 && (bias == nil || bias?.shape == [weight.shape[0]]),
      "convolution: weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none")")
    self.weight = weight
    self.bias = bias
    self.downsampling = downsampling
    self.activation = activation
    frozenKernel = weight.tracksGradient ? nil : Self.scaled(weight)
  }

  /// `[N, inputs, H, W]` to `[N, outputs, H, W]`, or half that size.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let kernel = frozenKernel ?? Self.scaled(weight)
    let y =
      downsampling.map { x.convolvedDownsampling(with: kernel, filter: $0) }
      ?? x.convolved(with: kernel, padding: kernel.shape[2] / 2)
    return activation(y, bias: bias)
  }

  private static func scaled(_ weight: Tensor) -> Tensor {
    weight / Float(weight.shape[1] * weight.shape[2] * weight.shape[3]).squareRoot()
  }
}
