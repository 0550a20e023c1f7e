extension Picture {
  /// Reads a PNG or JPEG file and turns it upright.
  ///
  /// - Parameters:
  ///   - path: the file; its content decides the format, not its name.
  ///   - limits: what the file may demand.
  ///   - background: what shows through where the picture is transparent.
  ///   - warn: receives a line about flaws that decoding survives.
  /// - Throws: `PictureError` naming `path`.
  public init(
    contentsOf path: String, limits: DecodingLimits = DecodingLimits(),
    background: RGBColor = .white, warn: (String) -> Void = { _ in }
  ) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    try self.init(
      decoding: bytes, named: path, limits: limits, background: background, warn: warn)
  }

  /// Decodes a PNG or JPEG file in memory and turns it upright.
  ///
  /// Grey becomes three equal components, palettes are looked up, 16-bit samples are rounded to 8,
  /// CMYK is converted as R = 255 (1 - C)(1 - K) (stored inverted, as Adobe and after it all others
  /// do), alpha is composited over `background` on sRGB values. Colour profiles and gamma chunks are
  /// kept as metadata or ignored, never applied.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - name: what messages call it.
  public init(
    decoding bytes: [UInt8], named name: String, limits: DecodingLimits = DecodingLimits(),
    background: RGBColor = .white, warn: (String) -> Void = { _ in }
  ) throws(PictureError) {
    let decoded = try DecodedSamples(decoding: bytes, named: name, limits: limits, warn: warn)
    var metadata = PictureMetadata()
    if let profile = decoded.metadata.iccProfile, PictureMetadata.isRGBProfile(profile) {
      metadata.iccProfile = profile
    }
    var orientation = Orientation.upright
    if let raw = decoded.metadata.exif, var exif = ExifBlock(raw) {
      orientation = exif.orientation
      exif.markUpright()
      metadata.exif = exif.bytes
    }
    let pixels = try decoded.rgbPixels(over: background, named: name)
    let stored = Picture(
      width: decoded.width, height: decoded.height, pixels: pixels, metadata: metadata)
    self = stored.turned(by: orientation)
  }
}

extension DecodedSamples {
  /// Interleaved 8-bit RGB, `width * height * 3` values.
  func rgbPixels(over background: RGBColor, named name: String) throws(PictureError) -> [UInt8] {
    if layout == .rgb && bits == 8 && transparentColor == nil { return samples }
    if layout == .indexed { return try lookedUp(over: background, named: name) }
    let count = width * height
    let layout = layout
    let maximum = (1 << bits) - 1
    let key = transparentColor
    return [UInt8](unsafeUninitializedCapacity: count * 3) { target, initialized in
      for pixel in 0..<count {
        let i = pixel * channels
        var red = value(i)
        var green = red
        var blue = red
        var alpha = maximum
        switch layout {
        case .gray: break
        case .grayAlpha: alpha = value(i + 1)
        case .cmyk: (red, green, blue) = inked(i)
        default:
          green = value(i + 1)
          blue = value(i + 2)
          if layout == .rgba { alpha = value(i + 3) }
        }
        if let key, red == key[0], green == key[1], blue == key[2] { alpha = 0 }
        let color = RGBColor(
          rescaled(red, maximum), rescaled(green, maximum), rescaled(blue, maximum))
        let opaque = composited(color, alpha: rescaled(alpha, maximum), over: background)
        target.initializeElement(at: pixel * 3, to: opaque.red)
        target.initializeElement(at: pixel * 3 + 1, to: opaque.green)
        target.initializeElement(at: pixel * 3 + 2, to: opaque.blue)
      }
      initialized = count * 3
    }
  }

  private func lookedUp(
    over background: RGBColor, named name: String
  ) throws(PictureError) -> [UInt8] {
    try requireValidIndices(named: name)
    let colors = palette.map { composited($0.color, alpha: $0.alpha, over: background) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(samples.count * 3)
    for index in samples {
      let color = colors[Int(index)]
      pixels.append(color.red)
      pixels.append(color.green)
      pixels.append(color.blue)
    }
    return pixels
  }

  /// Throws when a pixel refers to an entry that the file's palette does not have.
  func requireValidIndices(named name: String) throws(PictureError) {
    guard let highest = samples.max(), Int(highest) >= palette.count else { return }
    throw .damaged(
      name: name, format: format,
      reason: "a pixel has palette index \(highest), but the palette ends at \(palette.count - 1)")
  }

  private func inked(_ i: Int) -> (Int, Int, Int) {
    let black = value(i + 3)
    func component(_ ink: Int) -> Int { (ink * black + 127) / 255 }
    return (component(value(i)), component(value(i + 1)), component(value(i + 2)))
  }
}

/// `value` of 0...`maximum` as 0...255, rounded.
@inline(__always)
func rescaled(_ value: Int, _ maximum: Int) -> UInt8 {
  UInt8(truncatingIfNeeded: maximum == 255 ? value : (value * 255 + maximum / 2) / maximum)
}

/// `color` with `alpha` (0...255) over an opaque colour.
@inline(__always)
private func composited(_ color: RGBColor, alpha: UInt8, over background: RGBColor) -> RGBColor {
  if alpha == 255 { return color }
  let weight = Int(alpha)
  func mixed(_ front: UInt8, _ back: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (Int(front) * weight + Int(back) * (255 - weight) + 127) / 255)
  }
  return RGBColor(
    mixed(color.red, background.red), mixed(color.green, background.green),
    mixed(color.blue, background.blue))
}
