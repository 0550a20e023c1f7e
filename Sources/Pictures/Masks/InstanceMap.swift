/// Which object a pixel belongs to: numbers without meaning but that neighbours with different ones
/// belong to different objects.
public struct InstanceMap: Equatable, Sendable {
  /// Number of columns.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// The number of each pixel, row by row.
  public let ids: [UInt32]

  /// A map of its numbers, `width * height` of them.
  public init(width: Int, height: Int, ids: [UInt32]) {
    check(
      width > 0 && height > 0 && ids.count == width * height,
      "InstanceMap: \(ids.count) numbers for \(width)x\(height)")
    self.width = width
    self.height = height
    self.ids = ids
  }

  /// Reads a PNG file: grey values (1 to 16 bits) and palette indices are numbers, colours count as
  /// their 24-bit value.
  ///
  /// - Throws: `PictureError` naming `path`.
  public init(
    contentsOf path: String, limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    let decoded = try DecodedSamples(decoding: bytes, named: path, limits: limits) { _ in }
    guard decoded.format == .png else { throw .lossyMask(name: path) }
    let ids = (0..<decoded.width * decoded.height).map { pixel -> UInt32 in
      let i = pixel * decoded.channels
      switch decoded.layout {
      case .gray, .grayAlpha, .indexed: return UInt32(decoded.value(i))
      case .rgb, .rgba, .cmyk:
        return (0..<3).reduce(0) { $0 << 8 | UInt32(truncatingIfNeeded: decoded.value(i + $1)) }
      }
    }
    self.init(width: decoded.width, height: decoded.height, ids: ids)
  }

  /// For each pixel whether the one to the left, to the right, above or below belongs to another
  /// object: lines two pixels wide (SPADE spec 7.1).
  public var edges: [Bool] {
    var edges = [Bool](repeating: false, count: ids.count)
    for y in 0..<height {
      for x in 0..<width {
        let pixel = y * width + x
        if x + 1 < width && ids[pixel] != ids[pixel + 1] {
          edges[pixel] = true
          edges[pixel + 1] = true
        }
        if y + 1 < height && ids[pixel] != ids[pixel + width] {
          edges[pixel] = true
          edges[pixel + width] = true
        }
      }
    }
    return edges
  }

  /// The numbers in `rect`, which must lie inside the map.
  public func cropped(to rect: PixelRect) -> InstanceMap {
    check(
      !rect.isEmpty && PixelRect(left: 0, top: 0, width: width, height: height).contains(rect),
      "InstanceMap.cropped: expected a rectangle inside \(width)x\(height), got \(rect)")
    var cropped: [UInt32] = []
    cropped.reserveCapacity(rect.width * rect.height)
    for y in rect.top..<rect.bottom {
      cropped += ids[y * width + rect.left..<y * width + rect.right]
    }
    return InstanceMap(width: rect.width, height: rect.height, ids: cropped)
  }

  /// The mirror image, left and right exchanged.
  public func mirrored() -> InstanceMap {
    var mirrored: [UInt32] = []
    mirrored.reserveCapacity(ids.count)
    for y in 0..<height { mirrored += ids[y * width..<(y + 1) * width].reversed() }
    return InstanceMap(width: width, height: height, ids: mirrored)
  }

  /// The map in another size; each pixel takes the number at its centre.
  public func resized(width newWidth: Int, height newHeight: Int) -> InstanceMap {
    if newWidth == width && newHeight == height { return self }
    let columns = ResamplingWeights(from: width, to: newWidth, by: .nearest).starts
    let rows = ResamplingWeights(from: height, to: newHeight, by: .nearest).starts
    var resized: [UInt32] = []
    resized.reserveCapacity(newWidth * newHeight)
    for row in rows {
      for column in columns { resized.append(ids[row * width + column]) }
    }
    return InstanceMap(width: newWidth, height: newHeight, ids: resized)
  }
}
