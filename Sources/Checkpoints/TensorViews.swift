import TensorCore

/// Views for mappings: other orders and shapes of the same bytes. Indices are those of the
/// program, not of a file, so a mistake is a bug and stops it.
extension CheckpointTensor {
  /// The same elements with dimension `axes[i]` moved to place `i`.
  func permuted(_ axes: [Int]) -> CheckpointTensor {
    check(axes.sorted() == Array(shape.indices), "permuted: axes \(axes) of a \(shape) tensor")
    return view(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
  }

  /// The same elements with the order along `axes` reversed.
  func flipped(_ axes: [Int]) -> CheckpointTensor {
    check(axes.allSatisfy(shape.indices.contains), "flipped: axes \(axes) of a \(shape) tensor")
    if elementCount == 0 { return self }
    var steps = strides
    var first = offset
    for axis in axes {
      first += (shape[axis] - 1) * strides[axis]
      steps[axis] = -strides[axis]
    }
    return view(shape: shape, strides: steps, offset: first)
  }

  /// The same elements without dimensions of size 1, then with ones added in front or behind to
  /// match `target`; nil when the remaining dimensions differ.
  func reshaped(droppingOnesTo target: [Int]) -> CheckpointTensor? {
    let kept = shape.indices.filter { shape[$0] != 1 }
    guard kept.map({ shape[$0] }) == target.filter({ $0 != 1 }) else { return nil }
    var remaining = kept[...]
    let steps = target.map { size in size == 1 ? 1 : strides[remaining.removeFirst()] }
    return view(shape: target, strides: steps)
  }

  /// The sub-tensor at `index` of the first dimension, without that dimension.
  func element(_ index: Int) -> CheckpointTensor? {
    guard let size = shape.first, index >= 0, index < size else { return nil }
    return view(
      shape: Array(shape.dropFirst()), strides: Array(strides.dropFirst()),
      offset: offset &+ index &* strides[0])
  }

  private func view(shape: [Int], strides: [Int], offset: Int? = nil) -> CheckpointTensor {
    CheckpointTensor(
      unchecked: elementType, shape: shape, strides: strides, offset: offset ?? self.offset,
      count: shape.reduce(1, *), storage: storage, isBigEndian: isBigEndian)
  }
}
