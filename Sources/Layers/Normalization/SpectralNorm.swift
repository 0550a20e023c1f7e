import TensorCore

/// The largest singular value of a convolution's weight, followed by power iteration (Miyato et al.
/// 2018, algorithm 1): `sigma = u . (W v)` with the weight as a matrix W `[outputs, rest]`.
public final class SpectralNorm {
  /// The left singular vector `[outputs]`, changed in place.
  public let u: Tensor
  /// The right singular vector `[rest]`, changed in place.
  public let v: Tensor
  /// What keeps a vanishing vector from being divided by zero.
  public static let epsilon: Float = 1e-12

  /// Vectors to start from.
  public init(u: Tensor, v: Tensor) {
    self.u = u
    self.v = v
  }

  /// One power iteration: `v = W^T u / |W^T u|`, then `u = W v / |W v|`.
  public func advance(_ matrix: Tensor) {
    withoutRecording {
      let row = u.reshaped([1, u.count])
      Self.normalize(row.matrixProduct(matrix), into: v)
      let column = v.reshaped([v.count, 1])
      Self.normalize(matrix.matrixProduct(column), into: u)
    }
  }

  /// `W / sigma`; the gradient passes through the weight and through sigma, u and v are constants.
  /// In training one power iteration comes first.
  public func normalized(_ matrix: Tensor, mode: NetworkMode) -> Tensor {
    check(
      matrix.shape == [u.count, v.count],
      "spectral norm: matrix \(matrix.shape), vectors \(u.count) and \(v.count)")
    if mode == .training { advance(matrix) }
    // Copies: the next iteration changes both vectors in place, the tape must not see that.
    let (left, right) = (u.copied().reshaped([1, u.count]), v.copied().reshaped([v.count, 1]))
    let sigma = left.matrixProduct(matrix.matrixProduct(right))
    return matrix / sigma
  }

  private static func normalize(_ product: Tensor, into vector: Tensor) {
    let values = product.values
    let length = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let scale = 1 / max(length, Double(epsilon))
    for (index, value) in values.enumerated() {
      vector.pointer[index] = Float(Double(value) * scale)
    }
  }
}
