extension LabelMap {
  /// A mask read with repair.
  public struct Repaired: Equatable, Sendable {
    /// The mask.
    public let map: LabelMap
    /// How many pixels had a colour of no class.
    public let repairedPixels: Int
  }

  /// Reads a mask whose strokes may be anti-aliased, or that was stored as JPEG (`--nearest-class`).
  ///
  /// Exact colours stay. A colour within 8 of a class in each component becomes that class. Any
  /// other is taken for a mixture of its surroundings and becomes the nearest in colour among the
  /// classes that occur exactly within two pixels: the mean of skin and lip looks like a nose, but
  /// there is none. Where there are none either, the nearest of all classes is taken. Ids out of
  /// range and transparent pixels cannot be repaired.
  public static func repairing(
    contentsOf path: String, palette: Palette, limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) -> Repaired {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    return try repairing(decoding: bytes, named: path, palette: palette, limits: limits)
  }

  /// Decodes a mask in memory with repair, by the rules of `repairing(contentsOf:palette:)`.
  public static func repairing(
    decoding bytes: [UInt8], named name: String, palette: Palette,
    limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) -> Repaired {
    let decoded = try DecodedSamples(decoding: bytes, named: name, limits: limits) { _ in }
    if decoded.format == .jpeg {
      let picture = try Picture(decoding: bytes, named: name, limits: limits)
      return repairing(picture, palette: palette)
    }
    try decoded.requireOpacity(named: name)
    switch try decoded.maskContent(for: palette, named: name) {
    case .ids:
      let map = try LabelMap(decoding: bytes, named: name, palette: palette, limits: limits)
      return Repaired(map: map, repairedPixels: 0)
    case .colors(let colors):
      return repaired(
        colors.pixels.map { (color: $0.rounded, id: $0.exact.flatMap(palette.id(of:))) },
        width: colors.width, height: colors.height, palette: palette)
    }
  }

  /// Turns a picture of a mask into a mask, by the rules of `repairing(contentsOf:palette:)`.
  public static func repairing(_ picture: Picture, palette: Palette) -> Repaired {
    let pixels = (0..<picture.width * picture.height).map { pixel in
      let color = RGBColor(
        picture.pixels[3 * pixel], picture.pixels[3 * pixel + 1], picture.pixels[3 * pixel + 2])
      return (color: color, id: palette.id(of: color))
    }
    return repaired(pixels, width: picture.width, height: picture.height, palette: palette)
  }

  private static func repaired(
    _ pixels: [(color: RGBColor, id: UInt8?)], width: Int, height: Int, palette: Palette
  ) -> Repaired {
    var touched = 0
    var known: [RGBColor: UInt8] = [:]
    let labels = pixels.indices.map { pixel -> UInt8 in
      if let id = pixels[pixel].id { return id }
      touched += 1
      let color = pixels[pixel].color
      let nearest = known[color] ?? palette.nearest(to: color)
      known[color] = nearest
      if isAlmost(color, palette.color(of: nearest)) { return nearest }
      let x = pixel % width
      let y = pixel / width
      var around: Set<UInt8> = []
      for row in max(0, y - 2)...min(height - 1, y + 2) {
        for column in max(0, x - 2)...min(width - 1, x + 2) {
          if let id = pixels[row * width + column].id { around.insert(id) }
        }
      }
      return around.isEmpty ? nearest : palette.nearest(to: color, among: around)
    }
    return Repaired(
      map: LabelMap(width: width, height: height, labels: labels), repairedPixels: touched)
  }

  private static func isAlmost(_ a: RGBColor, _ b: RGBColor) -> Bool {
    abs(Int(a.red) - Int(b.red)) <= 8 && abs(Int(a.green) - Int(b.green)) <= 8
      && abs(Int(a.blue) - Int(b.blue)) <= 8
  }
}
