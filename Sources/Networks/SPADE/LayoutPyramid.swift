import TensorCore

/// A layout `[N, L, H, W]` (one channel per class) and its nearest-neighbour reductions, each made
/// once: every SPADE layer of one size reads the same.
public final class LayoutPyramid {
  /// The layout at full size.
  public let full: Tensor
  private var reduced: [[Int]: Tensor] = [:]

  /// A pyramid over a layout.
  public init(_ layout: Tensor) {
    check(layout.shape.rank == 4, "layout: \(layout.shape)")
    full = layout
  }

  /// The layout at another size: pixel `floor(i H / height)` of every axis.
  public func level(height: Int, width: Int) -> Tensor {
    if let known = reduced[[height, width]] { return known }
    let level = full.resizedNearest(height: height, width: width)
    reduced[[height, width]] = level
    return level
  }

  /// The layout at the size of a feature map.
  public func level(like x: Tensor) -> Tensor { level(height: x.shape[2], width: x.shape[3]) }
}
