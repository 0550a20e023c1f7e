/// An opaque 8-bit RGB picture.
///
/// Values are sRGB as stored in files. All arithmetic of this module (resampling, blending) is done
/// on these values without linearisation, as image networks and their training data do. Alpha is
/// composited over a background colour when a file is decoded.
public struct Picture: Equatable, Sendable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// Red, green, blue of each pixel, rows from top to bottom: `width * height * 3` values 0...255.
  public internal(set) var pixels: [UInt8]
  /// EXIF block and colour profile of the file that the picture came from, kept when it is written.
  public var metadata: PictureMetadata

  /// A picture from its pixels.
  ///
  /// - Parameter pixels: `width * height * 3` values, interleaved RGB.
  public init(
    width: Int, height: Int, pixels: [UInt8], metadata: PictureMetadata = PictureMetadata()
  ) {
    check(
      width > 0 && height > 0, "Picture: expected a size of at least 1x1, got \(width)x\(height)")
    check(
      pixels.count == width * height * 3,
      "Picture: expected \(width * height * 3) values, got \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
    self.metadata = metadata
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, filledWith color: RGBColor) {
    check(
      width > 0 && height > 0, "Picture: expected a size of at least 1x1, got \(width)x\(height)")
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in stride(from: 0, to: count, by: 3) {
        buffer.initializeElement(at: i, to: color.red)
        buffer.initializeElement(at: i + 1, to: color.green)
        buffer.initializeElement(at: i + 2, to: color.blue)
      }
      initialized = count
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The colour of the pixel in column `x` and row `y`.
  public subscript(x: Int, y: Int) -> RGBColor {
    get {
      let i = offset(x, y)
      return RGBColor(pixels[i], pixels[i + 1], pixels[i + 2])
    }
    set {
      let i = offset(x, y)
      pixels[i] = newValue.red
      pixels[i + 1] = newValue.green
      pixels[i + 2] = newValue.blue
    }
  }

  /// The whole picture as a rectangle.
  public var frame: PixelRect { PixelRect(left: 0, top: 0, width: width, height: height) }

  /// Throws `PictureError.sizeMismatch` unless the picture is `width` x `height`.
  ///
  /// - Parameter name: what the message calls the picture, usually its path.
  public func requireSize(width: Int, height: Int, named name: String) throws(PictureError) {
    guard self.width == width, self.height == height else {
      throw .sizeMismatch(
        name: name, expectedWidth: width, expectedHeight: height, actualWidth: self.width,
        actualHeight: self.height)
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    check(
      x >= 0 && x < width && y >= 0 && y < height,
      "Picture: expected a pixel inside \(width)x\(height), got \(x),\(y)")
    return (y * width + x) * 3
  }
}
