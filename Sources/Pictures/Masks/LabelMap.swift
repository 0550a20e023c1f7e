/// A semantic mask: one class id per pixel.
public struct LabelMap: Equatable, Sendable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// Class ids, rows from top to bottom: `width * height` values.
  public internal(set) var labels: [UInt8]

  /// A mask from its class ids, `width * height` of them.
  public init(width: Int, height: Int, labels: [UInt8]) {
    check(
      width > 0 && height > 0, "LabelMap: expected a size of at least 1x1, got \(width)x\(height)")
    check(
      labels.count == width * height,
      "LabelMap: expected \(width * height) labels, got \(labels.count)")
    self.width = width
    self.height = height
    self.labels = labels
  }

  /// A mask of one class.
  public init(width: Int, height: Int, filledWith id: UInt8) {
    self.init(
      width: width, height: height,
      labels: [UInt8](repeating: id, count: max(0, width) * max(0, height)))
  }

  /// The class id of the pixel in column `x` and row `y`.
  public subscript(x: Int, y: Int) -> UInt8 {
    get { labels[offset(x, y)] }
    set { labels[offset(x, y)] = newValue }
  }

  /// The whole mask as a rectangle.
  public var frame: PixelRect { PixelRect(left: 0, top: 0, width: width, height: height) }

  /// Number of pixels of each id, 256 counts.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }

  /// The ids that occur.
  public var classes: Set<UInt8> {
    Set(counts.enumerated().filter { $0.element > 0 }.map { UInt8($0.offset) })
  }

  /// Throws `PictureError.sizeMismatch` unless the mask is `width` x `height`.
  ///
  /// - Parameter name: what the message calls the mask, usually its path.
  public func requireSize(width: Int, height: Int, named name: String) throws(PictureError) {
    guard self.width == width, self.height == height else {
      throw .sizeMismatch(
        name: name, expectedWidth: width, expectedHeight: height, actualWidth: self.width,
        actualHeight: self.height)
    }
  }

  /// The mask in another size; each pixel takes the id at its centre, ids are never mixed.
  public func resized(width newWidth: Int, height newHeight: Int) -> LabelMap {
    check(
      newWidth > 0 && newHeight > 0,
      "LabelMap.resized: expected a size of at least 1x1, got \(newWidth)x\(newHeight)")
    if newWidth == width && newHeight == height { return self }
    let columns = ResamplingWeights(from: width, to: newWidth, by: .nearest).starts
    let rows = ResamplingWeights(from: height, to: newHeight, by: .nearest).starts
    var resized: [UInt8] = []
    resized.reserveCapacity(newWidth * newHeight)
    for row in rows {
      for column in columns { resized.append(labels[row * width + column]) }
    }
    return LabelMap(width: newWidth, height: newHeight, labels: resized)
  }

  /// The labels in `rect`, which must lie inside the mask.
  public func cropped(to rect: PixelRect) -> LabelMap {
    check(
      !rect.isEmpty && frame.contains(rect),
      "LabelMap.cropped: expected a rectangle inside \(width)x\(height), got \(rect)")
    return LabelMap(
      width: rect.width, height: rect.height,
      labels: croppedSamples(labels, width: width, channels: 1, to: rect))
  }

  /// The mask turned upright, as a file with this orientation tag wants it.
  public func turned(by orientation: Orientation) -> LabelMap {
    guard orientation != .upright else { return self }
    return LabelMap(
      width: orientation.exchangesSides ? height : width,
      height: orientation.exchangesSides ? width : height,
      labels: turnedSamples(
        labels, width: width, height: height, channels: 1, by: orientation))
  }

  /// The mirror image, left and right exchanged. Ids stay: exchanging `left_eye` and `right_eye` is
  /// the caller's task, who knows which classes are pairs.
  public func mirrored() -> LabelMap { turned(by: .mirrored) }

  private func offset(_ x: Int, _ y: Int) -> Int {
    check(
      x >= 0 && x < width && y >= 0 && y < height,
      "LabelMap: expected a pixel inside \(width)x\(height), got \(x),\(y)")
    return y * width + x
  }
}
