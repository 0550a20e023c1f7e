/// An opaque 8-bit sRGB colour.
public struct RGBColor: Hashable, Sendable {
  /// Red, 0...255.
  public var red: UInt8
  /// Green, 0...255.
  public var green: UInt8
  /// Blue, 0...255.
  public var blue: UInt8

  /// A colour from its three components, 0...255.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour from the 24-bit number 0xrrggbb; higher bits are ignored.
  public init(hex: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
      UInt8(truncatingIfNeeded: hex))
  }

  /// The 24-bit number 0xrrggbb.
  public var hex: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  /// Black.
  public static let black = RGBColor(0, 0, 0)
  /// White.
  public static let white = RGBColor(255, 255, 255)

  /// Squared Euclidean distance of the components, 0...195075.
  func squaredDistance(to other: RGBColor) -> Int {
    let red = Int(self.red) - Int(other.red)
    let green = Int(self.green) - Int(other.green)
    let blue = Int(self.blue) - Int(other.blue)
    return red * red + green * green + blue * blue
  }
}

extension RGBColor: CustomStringConvertible {
  /// The colour as `#rrggbb`.
  public var description: String { "#" + hexDigits(red) + hexDigits(green) + hexDigits(blue) }
}

/// Two lower-case hexadecimal digits.
func hexDigits(_ value: UInt8) -> String {
  let digits = String(value, radix: 16)
  return value < 16 ? "0" + digits : digits
}
