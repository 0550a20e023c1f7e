/// How a stored picture has to be turned to be upright: the EXIF tag `Orientation` (Exif 2.32,
/// 4.6.4 A), with its eight values.
public enum Orientation: Int, CaseIterable, Sendable {
  /// Upright as stored.
  case upright = 1
  /// Mirrored left to right.
  case mirrored = 2
  /// Turned by 180 degrees.
  case turnedHalf = 3
  /// Mirrored top to bottom.
  case flipped = 4
  /// Mirrored along the main diagonal.
  case transposed = 5
  /// To be turned clockwise by 90 degrees.
  case turnedClockwise = 6
  /// Mirrored along the other diagonal.
  case transversed = 7
  /// To be turned counter-clockwise by 90 degrees.
  case turnedCounterclockwise = 8

  /// Whether turning exchanges width and height.
  public var exchangesSides: Bool { rawValue >= 5 }

  /// The stored pixel that appears at (`x`, `y`) of the upright picture, for a stored picture of
  /// `width` x `height`.
  @inline(__always)
  func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .turnedHalf: (width - 1 - x, height - 1 - y)
    case .flipped: (x, height - 1 - y)
    case .transposed: (y, x)
    case .turnedClockwise: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .turnedCounterclockwise: (width - 1 - y, x)
    }
  }
}
