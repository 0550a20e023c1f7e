import TensorCore

/// A convolution whose weight may be divided by its largest singular value.
///
/// The values of a weight that does not track gradients must not change during the layer's life.
public struct SpectralConvolution {
  /// `[outputs, inputs, k, k]`, or `[inputs, outputs, k, k]` for a transposed convolution; as
  /// stored.
  public let weight: Tensor
  /// `[outputs]`.
  public let bias: Tensor?
  /// nil for a weight that is used as stored.
  public let norm: SpectralNorm?
  /// Distance of neighbouring windows.
  public let stride: Int
  /// Zeros on each side.
  public let padding: Int
  /// Whether it enlarges by `stride` instead of reducing.
  public let isTransposed: Bool
  private let frozenKernel: Tensor?

  /// A layer of a stored weight.
  public init(
    weight: Tensor, bias: Tensor?, norm: SpectralNorm? = nil, stride: Int = 1, padding: Int,
    isTransposed: Bool = false
  ) {
    let outputs = weight.shape[isTransposed ? 1 : 0]
    check(
      weight.shape.rank == 4 && (bias == nil || bias?.shape == [outputs]),
      "convolution: weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none")")
    self.weight = weight
    self.bias = bias
    self.norm = norm
    self.stride = stride
    self.padding = padding
    self.isTransposed = isTransposed
    frozenKernel =
      weight.tracksGradient
      ? nil : Self.kernel(weight, norm, isTransposed: isTransposed, mode: .evaluation)
  }

  /// The weight in force, of the shape of the stored one. In training the spectral norm advances.
  public func kernel(mode: NetworkMode) -> Tensor {
    if mode == .evaluation, let frozenKernel { return frozenKernel }
    return Self.kernel(weight, norm, isTransposed: isTransposed, mode: mode)
  }

  /// `[N, inputs, H, W]` to `[N, outputs, H', W']`; a transposed convolution gives
  /// `stride` times the height and width.
  public func callAsFunction(_ x: Tensor, mode: NetworkMode) -> Tensor {
    let kernel = kernel(mode: mode)
    let y: Tensor
    if isTransposed {
      let window = ConvolutionWindow(
        kernelHeight: kernel.shape[2], kernelWidth: kernel.shape[3], stride: stride,
        padding: padding)
      y = x.convolutionInputGradient(
        weight: kernel, window: window, height: x.shape[2] * stride, width: x.shape[3] * stride)
    } else {
      y = x.convolved(with: kernel, stride: stride, padding: padding)
    }
    guard let bias else { return y }
    return y + bias.alongChannels(rank: 4)
  }

  private static func kernel(
    _ weight: Tensor, _ norm: SpectralNorm?, isTransposed: Bool, mode: NetworkMode
  ) -> Tensor {
    guard let norm else { return weight }
    // Rows are outputs, also where a transposed convolution stores its inputs first.
    let ordered = isTransposed ? weight.permuted([1, 0, 2, 3]) : weight
    let matrix = ordered.reshaped([ordered.shape[0], ordered.count / ordered.shape[0]])
    let normalized = norm.normalized(matrix, mode: mode).reshaped(ordered.shape)
    return isTransposed ? normalized.permuted([1, 0, 2, 3]) : normalized
  }
}
