import TensorCore

/// A convolution with constant weights, its bias and its activation: the building block of networks
/// that only judge pictures (perceptual distance, encoders).
///
/// Activations are in the blocked layout `[N, ceil(C / 16), H, W, 16]` (`Tensor.blocked()`).
/// Gradients (first order) flow to the input only.
public struct FrozenConvolution {
  /// Number of input channels C.
  public var inputChannels: Int { weights.inputs }
  /// Number of output channels K.
  public var outputChannels: Int { weights.outputs }
  private let weights: FrozenWeights
  private let epilogue: ConvolutionEpilogue

  /// A convolution.
  ///
  /// - Parameters:
  ///   - weight: `[K, C, kh, kw]`.
  ///   - bias: `[K]`.
  ///   - slope: of the leaky ReLU behind the bias: 0 is the plain ReLU, 1 none.
  public init(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, slope: Float = 1
  ) {
    check(
      weight.shape.rank == 4 && (bias.map { $0.count == weight.shape[0] } ?? true),
      "frozen convolution: weight \(weight.shape), bias \(bias?.shape ?? [])")
    weights = FrozenWeights(weight.detached(), stride: stride, padding: padding)
    epilogue = ConvolutionEpilogue(bias: bias?.detached(), slope: slope)
  }

  /// Maps blocked images of C channels, H x W, to blocked images of K channels, H' x W' with
  /// `H' = (H + 2 padding - kh) / stride + 1`. Pictures `[N, C, H, W]` of at most four channels
  /// may stay planar.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.convolved(withFrozen: weights, epilogue: epilogue)
  }
}
