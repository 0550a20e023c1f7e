import TensorCore

extension Tensor {
  /// `[N, C, H, W]` with `width` pixels on each side, mirrored at the outermost pixels, which are
  /// not repeated.
  public func reflectionPadded(_ width: Int) -> Tensor {
    if width == 0 { return self }
    func map(_ length: Int) -> AxisMap {
      check(width < length, "reflection padding: \(width) pixels of \(shape)")
      return AxisMap(
        inputCount: length,
        rows: (-width..<length + width).map { position in
          let mirrored = abs(position)
          return [(mirrored < length ? mirrored : 2 * (length - 1) - mirrored, 1)]
        })
    }
    return resampled(by: PlaneMap(rows: map(shape[2]), columns: map(shape[3])))
  }
}
