import TensorCore

extension Tensor {
  /// `x` where it is positive, `slope x` elsewhere, with a slope for each channel (PReLU, He et al.
  /// 2015): `[N, C, H, W]` with slopes `[C]`.
  public func parametricReLU(slopes: Tensor) -> Tensor {
    check(
      shape.rank == 4 && slopes.shape == [shape[1]],
      "parametric ReLU: input \(shape), slopes \(slopes.shape)")
    return rectified() - (self * -1).rectified() * slopes.reshaped([slopes.count, 1, 1])
  }
}
