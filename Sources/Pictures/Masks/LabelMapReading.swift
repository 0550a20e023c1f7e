extension LabelMap {
  /// Reads a mask from a PNG file.
  ///
  /// What a pixel's class is:
  /// - **Grey** without alpha (1 to 16 bits): the stored value is the id, never scaled. When a value
  ///   is out of range and every value, scaled to 0...255, is the grey colour of a class (as when a
  ///   program stored an RGB mask compactly), the colours decide.
  /// - **Indexed**: the colours decide when those in use are all class colours, since painting
  ///   programs reorder palettes. A palette that is the grey ramp (entry i is i,i,i) is read like a
  ///   grey picture, and any other palette of greys without class colours like ids. In every other
  ///   case a colour in use is unknown, and the indices are not trusted.
  /// - **RGB**, with or without alpha: the colour must be exactly that of a class.
  ///
  /// Transparent pixels have no class.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - palette: the classes.
  ///   - unlabelled: the class of the value 255; nil when that is a value like any other.
  ///   - limits: what the file may demand.
  /// - Throws: `PictureError` naming `path` and, for unknown colours and ids, how many pixels have
  ///   them and where the first is.
  public init(
    contentsOf path: String, palette: Palette, unlabelled: UInt8? = nil,
    limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    try self.init(
      decoding: bytes, named: path, palette: palette, unlabelled: unlabelled, limits: limits)
  }

  /// Decodes a mask from a PNG file in memory, by the rules of `init(contentsOf:palette:)`.
  public init(
    decoding bytes: [UInt8], named name: String, palette: Palette, unlabelled: UInt8? = nil,
    limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) {
    let decoded = try DecodedSamples(decoding: bytes, named: name, limits: limits) { _ in }
    guard decoded.format == .png else { throw .lossyMask(name: name) }
    try decoded.requireOpacity(named: name)
    switch try decoded.maskContent(for: palette, unlabelled: unlabelled, named: name) {
    case .ids:
      try self.init(ids: decoded, palette: palette, unlabelled: unlabelled, named: name)
    case .colors(let colors): try self.init(colors: colors, palette: palette, named: name)
    }
  }

  private init(
    ids decoded: DecodedSamples, palette: Palette, unlabelled: UInt8?, named name: String
  ) throws(PictureError) {
    var unknown = UnknownValues<Int>()
    let labels = decoded.ids(palette: palette, unlabelled: unlabelled, unknown: &unknown)
    if let worst = unknown.mostFrequent {
      throw .unknownClass(
        name: name, id: worst.value, classCount: palette.count, pixels: unknown.pixels,
        x: worst.first % decoded.width, y: worst.first / decoded.width)
    }
    self.init(width: decoded.width, height: decoded.height, labels: labels.map { $0 ?? 0 })
  }

  private init(
    colors: MaskColors, palette: Palette, named name: String
  ) throws(PictureError) {
    var unknown = UnknownValues<MaskColor>()
    let labels = colors.ids(palette: palette, unknown: &unknown)
    if let worst = unknown.mostFrequent {
      throw .unknownColor(
        name: name, color: worst.value.description, distinct: unknown.distinct,
        pixels: unknown.pixels, x: worst.first % colors.width, y: worst.first / colors.width)
    }
    self.init(width: colors.width, height: colors.height, labels: labels.map { $0 ?? 0 })
  }
}

extension DecodedSamples {
  /// The class of each pixel of a picture of ids; nil and counted where there is none.
  func ids(
    palette: Palette, unlabelled: UInt8?, unknown: inout UnknownValues<Int>
  ) -> [UInt8?] {
    (0..<width * height).map { pixel in
      let id = value(pixel * channels)
      if id < palette.count { return UInt8(id) }
      if id == 255, let unlabelled { return unlabelled }
      unknown.add(id, at: pixel)
      return nil
    }
  }
}

extension MaskColors {
  /// The class of each pixel; nil and counted where there is none.
  func ids(palette: Palette, unknown: inout UnknownValues<MaskColor>) -> [UInt8?] {
    pixels.enumerated().map { pixel, color in
      if let id = color.exact.flatMap(palette.id(of:)) { return id }
      unknown.add(color, at: pixel)
      return nil
    }
  }
}

/// Values that belong to no class, counted.
struct UnknownValues<Value: Hashable> {
  private(set) var found: [Value: (count: Int, first: Int)] = [:]
  private(set) var pixels = 0

  var distinct: Int { found.count }

  mutating func add(_ value: Value, at pixel: Int) {
    pixels += 1
    found[value, default: (0, pixel)].count += 1
  }

  /// The most frequent value, of equals the one met first.
  var mostFrequent: (value: Value, first: Int)? {
    found
      .max { ($0.value.count, $1.value.first) < ($1.value.count, $0.value.first) }
      .map { ($0.key, $0.value.first) }
  }
}
