/// A rectangle of whole pixels; `left` and `top` may be negative for frames that reach beyond a
/// picture.
public struct PixelRect: Hashable, Sendable {
  /// First column.
  public var left: Int
  /// First row.
  public var top: Int
  /// Number of columns, never negative.
  public var width: Int
  /// Number of rows, never negative.
  public var height: Int

  /// A rectangle; negative extents become 0.
  public init(left: Int, top: Int, width: Int, height: Int) {
    self.left = left
    self.top = top
    self.width = max(width, 0)
    self.height = max(height, 0)
  }

  /// Column after the last.
  public var right: Int { left + width }
  /// Row after the last.
  public var bottom: Int { top + height }
  /// Whether there is no pixel in it.
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// The pixels that lie in both rectangles.
  public func intersection(_ other: PixelRect) -> PixelRect {
    let left = max(self.left, other.left)
    let top = max(self.top, other.top)
    return PixelRect(
      left: left, top: top, width: min(right, other.right) - left,
      height: min(bottom, other.bottom) - top)
  }

  /// Whether every pixel of `other` is in this rectangle.
  public func contains(_ other: PixelRect) -> Bool {
    other.isEmpty
      || (other.left >= left && other.top >= top && other.right <= right
        && other.bottom <= bottom)
  }
}
