import TensorCore

extension Tensor {
  /// The penalty that keeps optimised noise maps `[N, 1, H, W]` white (Karras et al. 2020,
  /// appendix D): squared mean products with the neighbour in x and in y, summed over a pyramid of
  /// 2x2 means down to a side of 8. A scalar, without weight.
  public func noiseAutocorrelation() -> Tensor {
    var level = self
    var total = Tensor(0)
    while true {
      for axis in [3, 2] {
        total = total + (level * level.rolled(axis: axis)).mean().squared()
      }
      let (height, width) = (level.shape[2], level.shape[3])
      if height <= 8 || width < 2 { return total }
      level = level.resampled(
        by: PlaneMap(
          rows: .area(from: height, to: height / 2), columns: .area(from: width, to: width / 2)))
    }
  }

  /// Every element moved one place up along `axis`, the last one to the front.
  private func rolled(axis: Int) -> Tensor {
    let length = shape[axis]
    return .concatenated(
      [slice(length - 1..<length, axis: axis), slice(0..<length - 1, axis: axis)], axis: axis)
  }
}
