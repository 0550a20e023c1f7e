/// A colour found in a mask file: 8 bits per component, or 16 where that says more.
struct MaskColor: Hashable, CustomStringConvertible {
  let red: Int
  let green: Int
  let blue: Int
  let bits: Int

  /// The colour in 8 bits, when that is exact.
  var exact: RGBColor? {
    if bits == 8 { return rounded }
    guard red % 257 == 0, green % 257 == 0, blue % 257 == 0 else { return nil }
    return rounded
  }

  /// The nearest colour in 8 bits.
  var rounded: RGBColor {
    let maximum = (1 << bits) - 1
    return RGBColor(rescaled(red, maximum), rescaled(green, maximum), rescaled(blue, maximum))
  }

  var description: String {
    if bits == 8 { return rounded.description }
    return [red, green, blue].reduce("#") { text, component in
      text + hexDigits(UInt8(component >> 8)) + hexDigits(UInt8(component & 0xff))
    }
  }
}

/// The colours of a mask that is read by colour.
struct MaskColors {
  let width: Int
  let height: Int
  let pixels: [MaskColor]
}

/// Whether a mask file holds ids or colours.
enum MaskContent {
  case ids
  case colors(MaskColors)
}

extension DecodedSamples {
  /// Decides how to read a mask; `LabelMap.init(contentsOf:palette:)` documents the rules.
  func maskContent(
    for classes: Palette, unlabelled: UInt8? = nil, named name: String
  ) throws(PictureError) -> MaskContent {
    switch layout {
    case .gray, .grayAlpha:
      return grayContent(for: classes, unlabelled: unlabelled)
    case .indexed:
      try requireValidIndices(named: name)
      if palette.enumerated().allSatisfy({ $1.color.isGray(UInt8($0)) }) {
        return grayContent(for: classes, unlabelled: unlabelled)
      }
      let used = Set(samples).map { palette[Int($0)].color }
      let areClassColors = used.allSatisfy { classes.id(of: $0) != nil }
      let isGray = palette.allSatisfy { $0.color.isGray($0.color.red) }
      return areClassColors || !isGray ? .colors(colors) : .ids
    case .rgb, .rgba, .cmyk:
      return .colors(colors)
    }
  }

  private func grayContent(for classes: Palette, unlabelled: UInt8?) -> MaskContent {
    let maximum = (1 << bits) - 1
    let used = Set((0..<width * height).map { value($0 * channels) })
    if bits == 16 || used.allSatisfy({ $0 < classes.count || $0 == 255 && unlabelled != nil }) {
      return .ids
    }
    let areClassColors = used.allSatisfy { value in
      let gray = rescaled(value, maximum)
      return classes.id(of: RGBColor(gray, gray, gray)) != nil
    }
    return areClassColors ? .colors(colors) : .ids
  }

  /// Every pixel's colour, alpha left aside.
  var colors: MaskColors {
    let pixels = (0..<width * height).map { pixel in
      let i = pixel * channels
      switch layout {
      case .indexed:
        let color = palette[Int(samples[i])].color
        return MaskColor(
          red: Int(color.red), green: Int(color.green), blue: Int(color.blue), bits: 8)
      case .gray, .grayAlpha:
        let maximum = (1 << bits) - 1
        let gray = bits == 16 ? value(i) : Int(rescaled(value(i), maximum))
        return MaskColor(red: gray, green: gray, blue: gray, bits: max(bits, 8))
      case .rgb, .rgba, .cmyk:
        return MaskColor(red: value(i), green: value(i + 1), blue: value(i + 2), bits: bits)
      }
    }
    return MaskColors(width: width, height: height, pixels: pixels)
  }

  /// Throws when a pixel is not fully opaque: under it there is no colour to trust.
  func requireOpacity(named name: String) throws(PictureError) {
    var transparent = 0
    var first = 0
    for pixel in (0..<width * height).reversed() where !isOpaque(pixel) {
      transparent += 1
      first = pixel
    }
    guard transparent == 0 else {
      throw .transparentMask(name: name, pixels: transparent, x: first % width, y: first / width)
    }
  }

  private func isOpaque(_ pixel: Int) -> Bool {
    let i = pixel * channels
    switch layout {
    case .grayAlpha: return value(i + 1) == (1 << bits) - 1
    case .rgba: return value(i + 3) == (1 << bits) - 1
    case .indexed:
      let index = Int(samples[i])
      return index >= palette.count || palette[index].alpha == 255
    case .gray: return transparentColor.map { value(i) != $0[0] } ?? true
    case .rgb:
      guard let key = transparentColor else { return true }
      return value(i) != key[0] || value(i + 1) != key[1] || value(i + 2) != key[2]
    case .cmyk: return true
    }
  }
}

extension RGBColor {
  fileprivate func isGray(_ value: UInt8) -> Bool {
    red == value && green == value && blue == value
  }
}
