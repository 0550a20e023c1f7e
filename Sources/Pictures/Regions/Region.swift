/// A set of pixels of a grid.
public struct Region: Equatable, Sendable {
  /// Number of columns of the grid.
  public let width: Int
  /// Number of rows of the grid.
  public let height: Int
  /// Whether each pixel belongs to the set, rows from top to bottom: `width * height` values.
  public internal(set) var bits: [Bool]

  /// A region from its pixels, `width * height` of them.
  public init(width: Int, height: Int, bits: [Bool]) {
    check(
      width > 0 && height > 0, "Region: expected a size of at least 1x1, got \(width)x\(height)")
    check(
      bits.count == width * height, "Region: expected \(width * height) bits, got \(bits.count)")
    self.width = width
    self.height = height
    self.bits = bits
  }

  /// The empty region of a grid.
  public init(width: Int, height: Int) {
    self.init(
      width: width, height: height,
      bits: [Bool](repeating: false, count: max(0, width) * max(0, height)))
  }

  /// Whether the pixel in column `x` and row `y` belongs to the set.
  public subscript(x: Int, y: Int) -> Bool {
    get { bits[offset(x, y)] }
    set { bits[offset(x, y)] = newValue }
  }

  /// Number of pixels in the set.
  public var count: Int { bits.reduce(0) { $0 + ($1 ? 1 : 0) } }

  /// Whether the set has no pixel.
  public var isEmpty: Bool { !bits.contains(true) }

  /// The smallest rectangle around the set; nil when it is empty.
  public var bounds: PixelRect? {
    var left = width
    var right = -1
    var top = height
    var bottom = -1
    for (pixel, bit) in bits.enumerated() where bit {
      let x = pixel % width
      let y = pixel / width
      left = min(left, x)
      right = max(right, x)
      top = min(top, y)
      bottom = max(bottom, y)
    }
    guard right >= 0 else { return nil }
    return PixelRect(left: left, top: top, width: right - left + 1, height: bottom - top + 1)
  }

  /// The pixels of either region; both have the same grid.
  public func union(_ other: Region) -> Region { combined(other) { $0 || $1 } }

  /// The pixels of both regions; both have the same grid.
  public func intersection(_ other: Region) -> Region { combined(other) { $0 && $1 } }

  /// The pixels of this region that are not in `other`; both have the same grid.
  public func subtracting(_ other: Region) -> Region { combined(other) { $0 && !$1 } }

  /// The pixels that are not in the set.
  public var complement: Region { Region(width: width, height: height, bits: bits.map { !$0 }) }

  /// The region on another grid; each pixel takes the bit at its centre.
  public func resized(width newWidth: Int, height newHeight: Int) -> Region {
    let map = LabelMap(width: width, height: height, labels: bits.map { $0 ? 1 : 0 })
      .resized(width: newWidth, height: newHeight)
    return Region(width: newWidth, height: newHeight, bits: map.labels.map { $0 == 1 })
  }

  private func combined(_ other: Region, _ operation: (Bool, Bool) -> Bool) -> Region {
    check(
      width == other.width && height == other.height,
      "Region: expected the grid \(width)x\(height), got \(other.width)x\(other.height)")
    return Region(
      width: width, height: height, bits: zip(bits, other.bits).map { operation($0, $1) })
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    check(
      x >= 0 && x < width && y >= 0 && y < height,
      "Region: expected a pixel inside \(width)x\(height), got \(x),\(y)")
    return y * width + x
  }
}
