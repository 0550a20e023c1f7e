/// What a mask file holds and what is wrong with it, as far as pixels tell.
public struct MaskInspection: Equatable, Sendable {
  /// A value or colour that belongs to no class.
  public struct Unknown: Equatable, Sendable {
    /// A colour as `#rrggbb`, or an id.
    public var value: String
    /// Pixels that have it.
    public var pixels: Int
    /// Column of the first of them in reading order.
    public var x: Int
    /// Row of the first of them.
    public var y: Int
  }

  /// Number of columns.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// Pixels of each class, in the order of the palette.
  public let pixelsOfClasses: [Int]
  /// Values of no class, the most frequent first.
  public let unknown: [Unknown]
  /// Pixels of no class that lie between two or more classes: strokes with soft edges leave such.
  public let mixedPixels: Int
  /// Pixels of a class that lie in no 3x3 square of it: strokes and specks of one or two pixels,
  /// which a network sees at its highest resolution only.
  public let thinPixels: Int

  /// Pixels of no class.
  public var unknownPixels: Int { unknown.reduce(0) { $0 + $1.pixels } }
  /// Whether every pixel has a class.
  public var isClean: Bool { unknown.isEmpty }

  /// Reads a PNG file by the rules of `LabelMap.init(contentsOf:palette:)` and counts what is in it.
  ///
  /// - Throws: `PictureError` for files that are no opaque PNG pictures.
  public init(
    contentsOf path: String, palette: Palette, unlabelled: UInt8? = nil,
    limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    let decoded = try DecodedSamples(decoding: bytes, named: path, limits: limits) { _ in }
    guard decoded.format == .png else { throw .lossyMask(name: path) }
    try decoded.requireOpacity(named: path)
    let (width, height) = (decoded.width, decoded.height)
    func sorted<Value: Hashable & CustomStringConvertible>(_ values: UnknownValues<Value>)
      -> [Unknown]
    {
      values.found.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
        .map {
          Unknown(
            value: $0.key.description, pixels: $0.value.count, x: $0.value.first % width,
            y: $0.value.first / width)
        }
    }
    let labels: [UInt8?]
    switch try decoded.maskContent(for: palette, unlabelled: unlabelled, named: path) {
    case .ids:
      var values = UnknownValues<Int>()
      labels = decoded.ids(palette: palette, unlabelled: unlabelled, unknown: &values)
      unknown = sorted(values)
      mixedPixels = 0
    case .colors(let colors):
      var values = UnknownValues<MaskColor>()
      labels = colors.ids(palette: palette, unknown: &values)
      unknown = sorted(values)
      mixedPixels = values.pixels == 0 ? 0 : Self.countMixed(labels, width: width, height: height)
    }
    self.width = width
    self.height = height
    var counts = [Int](repeating: 0, count: palette.count)
    for case let label? in labels { counts[Int(label)] += 1 }
    pixelsOfClasses = counts
    thinPixels = Self.countThin(labels, width: width, height: height)
  }

  private static func countMixed(_ labels: [UInt8?], width: Int, height: Int) -> Int {
    labels.indices.filter { pixel in
      guard labels[pixel] == nil else { return false }
      let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
      var around: Set<UInt8> = []
      for row in max(0, y - 2)...min(height - 1, y + 2) {
        for column in max(0, x - 2)...min(width - 1, x + 2) {
          if let label = labels[row * width + column] { around.insert(label) }
        }
      }
      return around.count > 1
    }.count
  }

  private static func countThin(_ labels: [UInt8?], width: Int, height: Int) -> Int {
    var isThick = [Bool](repeating: false, count: labels.count)
    // A mask without room for a square has no thin parts to speak of.
    guard width >= 3, height >= 3 else { return 0 }
    for y in 0..<height - 2 {
      for x in 0..<width - 2 {
        let corner = y * width + x
        guard let label = labels[corner] else { continue }
        var isSquare = true
        for place in 1..<9 where isSquare {
          isSquare = labels[corner + place / 3 * width + place % 3] == label
        }
        if !isSquare { continue }
        for place in 0..<9 { isThick[corner + place / 3 * width + place % 3] = true }
      }
    }
    return zip(labels, isThick).filter { $0 != nil && !$1 }.count
  }
}
