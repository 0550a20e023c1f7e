import TensorCore

extension Tensor {
  /// `[N, C]` with every row divided by the root of its mean square plus `epsilon` (pixel norm,
  /// formats spec 1.2).
  public func pixelNormalized(epsilon: Float = 1e-8) -> Tensor {
    self * (squared().mean(axes: [1], keepingAxes: true) + epsilon).reciprocalSquareRoot()
  }
}
