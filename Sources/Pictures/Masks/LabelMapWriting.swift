import CCodecs

extension LabelMap {
  /// The mask as an indexed PNG file: indices are class ids, colours those of `palette`.
  ///
  /// - Throws: `PictureError.unknownClass` when a label is beyond the palette.
  public func encoded(with palette: Palette, named name: String = "mask") throws(PictureError)
    -> [UInt8]
  {
    var outside = 0
    var first: Int?
    for (pixel, label) in labels.enumerated() where Int(label) >= palette.count {
      outside += 1
      first = first ?? pixel
    }
    if let first {
      throw .unknownClass(
        name: name, id: Int(labels[first]), classCount: palette.count, pixels: outside,
        x: first % width, y: first / width)
    }
    return try encodedPNG(
      labels, layout: SEMBLANCE_LAYOUT_INDEXED, width: width, height: height,
      palette: palette.entries.map(\.color))
  }

  /// Writes the mask as an indexed PNG file with the colours of `palette`, ready for painting
  /// programs.
  ///
  /// The file appears complete or not at all. An extension other than `.png` is an error, since no
  /// other format keeps classes exact.
  public func write(to path: String, palette: Palette) throws(PictureError) {
    guard path.lowercased().hasSuffix(".png") else { throw .maskNotPNG(path: path) }
    try writeFile(encoded(with: palette, named: path), to: path)
  }

  /// The mask as a picture in the colours of `palette`.
  public func colored(with palette: Palette) -> Picture {
    let colors = (0...255).map { palette.color(of: UInt8($0)) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(labels.count * 3)
    for label in labels {
      let color = colors[Int(label)]
      pixels.append(color.red)
      pixels.append(color.green)
      pixels.append(color.blue)
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
