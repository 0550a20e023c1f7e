/// The classes of a public collection of label maps.
public struct NamedPalette: Sendable {
  /// The name to ask for it by.
  public let name: String
  /// The classes in the order of their values in label maps.
  public let palette: Palette
  /// The class of pixels with the value 255, where that has a meaning.
  public let unlabelled: UInt8?

  /// All of them.
  public static let all = [cocoStuff, landscape, ade20k, cityscapes, facades]

  /// The palette called `name`, nil when there is none.
  public static func named(_ name: String) -> NamedPalette? { all.first { $0.name == name } }

  /// A palette of these classes; colours not given are the reference's for label maps without any
  /// (SPADE spec 7.6).
  init(
    _ name: String, classes: [String], colors: [String: RGBColor] = [:], unlabelled: UInt8? = nil
  ) {
    let entries = classes.enumerated().map { id, name in
      Palette.Entry(name: name, color: colors[name] ?? Self.color(of: id))
    }
    do throws(PictureError) { palette = try Palette(entries) } catch {
      fatalError("palette \(name): \(error)")
    }
    self.name = name
    self.unlabelled = unlabelled
  }

  /// The colour of a class without one: the bits of `id + 1`, three at a time, from the highest bit of
  /// red, green and blue downwards (SPADE spec 7.6).
  public static func color(of id: Int) -> RGBColor {
    var (red, green, blue): (UInt8, UInt8, UInt8) = (0, 0, 0)
    var bits = id + 1
    for place in stride(from: 7, through: 1, by: -1) {
      red |= UInt8(bits & 1) << UInt8(place)
      green |= UInt8(bits >> 1 & 1) << UInt8(place)
      blue |= UInt8(bits >> 2 & 1) << UInt8(place)
      bits >>= 3
    }
    return RGBColor(red, green, blue)
  }

  /// Names separated by commas.
  static func list(_ text: String) -> [String] {
    var names: [String] = []
    for line in text.split(separator: "\n") {
      for part in line.split(separator: ",") {
        let name = part.drop { $0 == " " }
        if !name.isEmpty { names.append(String(name)) }
      }
    }
    return names
  }
}
