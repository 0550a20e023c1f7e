/// A rectangle of pixels in a square picture.
public struct PixelRectangle: Hashable, Sendable {
  /// Rows of the rectangle.
  public var rows: Range<Int>
  /// Columns of the rectangle.
  public var columns: Range<Int>

  /// The rectangle of these rows and columns.
  public init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  /// How many pixels there are.
  public var count: Int { rows.count * columns.count }

  /// The smallest rectangle that holds every pixel with a weight, nil when there is none.
  public static func bounding(_ weights: [Float], side: Int) -> PixelRectangle? {
    var (top, bottom, left, right) = (side, 0, side, 0)
    for row in 0..<side {
      for column in 0..<side where weights[row * side + column] != 0 {
        top = min(top, row)
        bottom = max(bottom, row + 1)
        left = min(left, column)
        right = max(right, column + 1)
      }
    }
    return top < bottom ? PixelRectangle(rows: top..<bottom, columns: left..<right) : nil
  }

  /// The rectangle cut into strips of whole rows with about `pixels` pixels each.
  func strips(pixels: Int) -> [PixelRectangle] {
    let height = max(1, pixels / max(columns.count, 1))
    return stride(from: rows.lowerBound, to: rows.upperBound, by: height).map {
      PixelRectangle(rows: $0..<min($0 + height, rows.upperBound), columns: columns)
    }
  }

  /// Positions of the pixels in a square of `side`, row by row.
  func pixels(side: Int) -> [Int] {
    rows.flatMap { row in columns.map { row * side + $0 } }
  }
}
