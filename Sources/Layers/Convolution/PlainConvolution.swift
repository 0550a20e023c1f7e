import TensorCore

/// A convolution with weights as they are stored, of any kernel size.
public struct PlainConvolution {
  /// `[K, C, kh, kw]`.
  public let weight: Tensor
  /// `[K]`, or nil.
  public let bias: Tensor?
  /// Distance of neighbouring windows, in both directions.
  public let stride: Int
  /// Zeros above and below, and left and right.
  public private(set) var padding: (rows: Int, columns: Int)

  /// A convolution; `padding` nil keeps the size when the stride is 1 (odd kernels).
  public init(weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int? = nil) {
    check(
      weight.shape.rank == 4 && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
      "convolution: weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none")")
    self.weight = weight
    self.bias = bias
    self.stride = stride
    self.padding = (padding ?? weight.shape[2] / 2, padding ?? weight.shape[3] / 2)
  }

  /// `[N, C, H, W]` to `[N, K, H', W']` with `H' = (H + 2 padding - kh) / stride + 1`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let result: Tensor
    if padding.rows == padding.columns {
      result = x.convolved(with: weight, stride: stride, padding: padding.rows)
    } else {
      result = x.padded(before: padding.rows, after: padding.rows, axis: 2)
        .padded(before: padding.columns, after: padding.columns, axis: 3)
        .convolved(with: weight, stride: stride)
    }
    return bias.map { result + $0.reshaped([$0.count, 1, 1]) } ?? result
  }

  /// This convolution with a normalisation behind it, whose stored statistics are used, as one
  /// convolution.
  public func followed(by normalization: BatchNormalization) -> PlainConvolution {
    withoutRecording {
      let (factor, shift) = normalization.running
      let scaled = weight * factor.reshaped([factor.count, 1, 1, 1])
      var result = PlainConvolution(
        weight: scaled, bias: bias.map { $0 * factor + shift } ?? shift, stride: stride)
      result.padding = padding
      return result
    }
  }
}
