/// The ordered classes of a domain, each with a name and a colour of its own: id `i` is class `i`.
public struct Palette: Equatable, Sendable {
  /// One class.
  public struct Entry: Equatable, Sendable {
    /// Name, unique in the palette.
    public let name: String
    /// Colour in masks, unique in the palette.
    public let color: RGBColor

    /// A class from its name and colour.
    public init(name: String, color: RGBColor) {
      self.name = name
      self.color = color
    }
  }

  /// The classes in the order of their ids.
  public let entries: [Entry]
  private let ids: [RGBColor: UInt8]
  private let idsByName: [String: UInt8]

  /// A palette of 1 to 256 classes.
  ///
  /// - Throws: `PictureError` when two classes share a name or a colour, which would make masks
  ///   ambiguous.
  public init(_ entries: [Entry]) throws(PictureError) {
    guard (1...256).contains(entries.count) else { throw .paletteSize(count: entries.count) }
    var ids: [RGBColor: UInt8] = [:]
    var idsByName: [String: UInt8] = [:]
    for (id, entry) in entries.enumerated() {
      if let other = ids[entry.color] {
        throw .duplicateColor(
          color: entry.color.description, first: entries[Int(other)].name, second: entry.name)
      }
      guard idsByName.updateValue(UInt8(id), forKey: entry.name) == nil else {
        throw .duplicateClass(name: entry.name)
      }
      ids[entry.color] = UInt8(id)
    }
    self.entries = entries
    self.ids = ids
    self.idsByName = idsByName
  }

  /// Number of classes.
  public var count: Int { entries.count }

  /// Class names in the order of ids.
  public var names: [String] { entries.map(\.name) }

  /// The id of the class with exactly this colour.
  public func id(of color: RGBColor) -> UInt8? { ids[color] }

  /// The id of the class called `name`.
  ///
  /// - Throws: `PictureError.noSuchClass`, which lists the names there are.
  public func id(named name: String) throws(PictureError) -> UInt8 {
    guard let id = idsByName[name] else { throw .noSuchClass(name: name, available: names) }
    return id
  }

  /// The colour of a class; black for ids beyond the palette.
  public func color(of id: UInt8) -> RGBColor {
    Int(id) < entries.count ? entries[Int(id)].color : .black
  }

  /// The class whose colour is nearest to `color` (Euclidean in sRGB, the lowest id of equals),
  /// out of `candidates` or out of all classes.
  func nearest(to color: RGBColor, among candidates: Set<UInt8>? = nil) -> UInt8 {
    var best: UInt8 = 0
    var bestDistance = Int.max
    for (id, entry) in entries.enumerated() {
      if let candidates, !candidates.contains(UInt8(id)) { continue }
      let distance = color.squaredDistance(to: entry.color)
      if distance < bestDistance {
        bestDistance = distance
        best = UInt8(id)
      }
    }
    return best
  }
}
