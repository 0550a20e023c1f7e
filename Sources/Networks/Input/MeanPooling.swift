import TensorCore

extension AxisMap {
  /// Means over `floor(i input / output) ..< ceil((i + 1) input / output)`: PyTorch's adaptive
  /// average pooling, whose windows may overlap.
  public static func adaptiveMean(from input: Int, to output: Int) -> AxisMap {
    AxisMap(
      inputCount: input,
      rows: (0..<output).map { index in
        let first = index * input / output
        let end = ((index + 1) * input + output - 1) / output
        return (first..<end).map { ($0, 1 / Double(end - first)) }
      })
  }
}

extension Tensor {
  /// `[N, C, H, W]` at another size: adaptive means where it shrinks, bilinear interpolation along
  /// an axis that grows.
  public func meanPooled(height: Int, width: Int) -> Tensor {
    func map(_ input: Int, _ output: Int) -> AxisMap {
      input < output
        ? .bilinear(from: input, to: output) : .adaptiveMean(from: input, to: output)
    }
    if shape[2] == height && shape[3] == width { return self }
    return resampled(by: PlaneMap(rows: map(shape[2], height), columns: map(shape[3], width)))
  }
}
