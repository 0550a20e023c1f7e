/// A soft mask: how much of a patch covers each pixel, 0...1.
public struct AlphaMask: Equatable, Sendable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// Coverage of each pixel, 0...1, rows from top to bottom: `width * height` values.
  public let values: [Float]

  /// A mask from its values, `width * height` of them; each is clamped to 0...1, NaN becomes 0.
  public init(width: Int, height: Int, values: [Float]) {
    check(
      width > 0 && height > 0, "AlphaMask: expected a size of at least 1x1, got \(width)x\(height)")
    check(
      values.count == width * height,
      "AlphaMask: expected \(width * height) values, got \(values.count)")
    self.width = width
    self.height = height
    self.values = values.map { $0 > 0 ? min($0, 1) : 0 }
  }

  /// The coverage of the pixel in column `x` and row `y`, 0...1.
  public subscript(x: Int, y: Int) -> Float {
    check(
      x >= 0 && x < width && y >= 0 && y < height,
      "AlphaMask: expected a pixel inside \(width)x\(height), got \(x),\(y)")
    return values[y * width + x]
  }

  /// The pixels that a patch reaches at all.
  public var support: Region { Region(width: width, height: height, bits: values.map { $0 > 0 }) }

  /// The mask on another grid, interpolated linearly; pixels out of reach stay exactly 0.
  public func resized(width newWidth: Int, height newHeight: Int) -> AlphaMask {
    check(
      newWidth > 0 && newHeight > 0,
      "AlphaMask.resized: expected a size of at least 1x1, got \(newWidth)x\(newHeight)")
    if newWidth == width && newHeight == height { return self }
    return AlphaMask(
      width: newWidth, height: newHeight,
      values: resampled(
        values, width: width, height: height, channels: 1, toWidth: newWidth,
        toHeight: newHeight, by: .bilinear))
  }
}
