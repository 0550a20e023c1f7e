/// A position in a picture in pixels: (0, 0) is the centre of the top left pixel.
public struct PicturePoint: Equatable, Sendable {
  /// Distance from the left.
  public var x: Double
  /// Distance from the top.
  public var y: Double

  /// A position.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  static func + (a: PicturePoint, b: PicturePoint) -> PicturePoint {
    PicturePoint(x: a.x + b.x, y: a.y + b.y)
  }

  static func - (a: PicturePoint, b: PicturePoint) -> PicturePoint {
    PicturePoint(x: a.x - b.x, y: a.y - b.y)
  }

  static func * (a: PicturePoint, factor: Double) -> PicturePoint {
    PicturePoint(x: a.x * factor, y: a.y * factor)
  }

  var length: Double { (x * x + y * y).squareRoot() }
}

/// The 68 points of a face in the order of iBUG's 300-W: eyes 36-41 and 42-47, mouth 48-67 with
/// corners 48 and 54.
public struct FaceLandmarks: Equatable, Sendable {
  /// How many points there are.
  public static let count = 68
  /// The points in the picture.
  public let points: [PicturePoint]

  /// A face from its points.
  ///
  /// - Parameter name: what a message calls the points, usually the path of their file.
  /// - Throws: `PictureError.landmarkCount`, or `.landmarksUnusable` for numbers that are not
  ///   finite.
  public init(_ points: [PicturePoint], named name: String = "landmarks") throws(PictureError) {
    guard points.count == Self.count else {
      throw .landmarkCount(name: name, count: points.count * 2)
    }
    guard points.allSatisfy({ abs($0.x) < 1e9 && abs($0.y) < 1e9 }) else {
      throw .landmarksUnusable(name: name, reason: "a coordinate is not a sensible number")
    }
    self.points = points
  }

  /// Reads a file of 68 pairs of numbers: plain text, CSV, JSON (nested arrays) or iBUG's `.pts`,
  /// whose numbers stand in braces.
  ///
  /// - Throws: `PictureError` when the file cannot be read or holds other than 136 numbers.
  public init(contentsOf path: String) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: 1 << 16)
    let numbers = Self.numbers(in: bytes)
    guard numbers.count == 2 * Self.count else {
      throw .landmarkCount(name: path, count: numbers.count)
    }
    try self.init(
      (0..<Self.count).map { PicturePoint(x: numbers[2 * $0], y: numbers[2 * $0 + 1]) },
      named: path)
  }

  /// All numbers, or those in the first pair of braces when there are braces.
  private static func numbers(in bytes: [UInt8]) -> [Double] {
    var part = bytes[...]
    if let open = part.firstIndex(of: UInt8(ascii: "{")) {
      part = part[(open + 1)...]
      part = part.prefix { $0 != UInt8(ascii: "}") }
    }
    let marks = Set("0123456789+-.eE".utf8)
    return part.split { !marks.contains($0) }.compactMap {
      Double(String(decoding: $0, as: UTF8.self))
    }
  }

  /// The mean of some of the points.
  func center(of range: Range<Int>) -> PicturePoint {
    points[range].reduce(PicturePoint(x: 0, y: 0), +) * (1 / Double(range.count))
  }
}
