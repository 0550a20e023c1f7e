/// Label maps of one folder and the photos that belong to them in another, by the names of files
/// without their extensions (SPADE spec 7.5).
public struct PairedFolders: Sendable, Equatable {
  /// A label map with its photo.
  public struct Pair: Sendable, Equatable {
    /// The label map, a PNG file.
    public let labels: String
    /// The photo, a PNG or JPEG file.
    public let photo: String
    /// Which object a pixel belongs to, a PNG file.
    public var instances: String?
  }

  /// The pairs in natural order: `frame9` comes before `frame10`.
  public let pairs: [Pair]

  /// Pairs the files of two folders, not of their subfolders, and with a folder of instance maps
  /// those of three.
  ///
  /// - Throws: `TrainingError.notAFolder`, `.nothingToTrainOn`, `.unpaired` or `.samePhotoName`.
  public init(labels: String, photos: String, instances: String?) throws(TrainingError) {
    let pairs = try Self(labels: labels, photos: photos).pairs
    guard let instances else {
      self.pairs = pairs
      return
    }
    let names = Set(try Self.files(instances, ["png"]))
    var completed: [Pair] = []
    var missing: [Pair] = []
    for var pair in pairs {
      let name = FolderContents.stem(Self.name(pair.labels)) + ".png"
      if names.contains(name) {
        pair.instances = "\(instances)/\(name)"
        completed.append(pair)
      } else {
        missing.append(pair)
      }
    }
    if let first = missing.first {
      let name = FolderContents.stem(Self.name(first.labels))
      throw .unpaired(
        file: first.labels, wanted: "\(instances)/\(name).png", count: missing.count)
    }
    self.pairs = completed
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Pairs the files of two folders, not of their subfolders.
  ///
  /// - Throws: `TrainingError.notAFolder`, `.nothingToTrainOn`, `.unpaired` or `.samePhotoName`.
  public init(labels: String, photos: String) throws(TrainingError) {
    let maps = try Self.files(labels, ["png"])
    let pictures = try Self.files(photos, ["png", "jpg", "jpeg"])
    if maps.isEmpty { throw .nothingToTrainOn(folder: labels, needed: ".png label map") }
    if pictures.isEmpty { throw .nothingToTrainOn(folder: photos, needed: ".png or .jpg photo") }
    var byStem: [String: String] = [:]
    for name in pictures {
      if let other = byStem.updateValue(name, forKey: FolderContents.stem(name)) {
        throw .samePhotoName(first: "\(photos)/\(other)", second: "\(photos)/\(name)")
      }
    }
    let unpaired = maps.filter { byStem[FolderContents.stem($0)] == nil }
    if let first = unpaired.first {
      throw .unpaired(
        file: "\(labels)/\(first)", wanted: "\(photos)/\(FolderContents.stem(first)).jpg",
        count: unpaired.count)
    }
    let known = Set(maps.map(FolderContents.stem))
    let superfluous = pictures.filter { !known.contains(FolderContents.stem($0)) }
    if let first = superfluous.first {
      throw .unpaired(
        file: "\(photos)/\(first)", wanted: "\(labels)/\(FolderContents.stem(first)).png",
        count: superfluous.count)
    }
    pairs = maps.compactMap { name in
      byStem[FolderContents.stem(name)].map {
        Pair(labels: "\(labels)/\(name)", photo: "\(photos)/\($0)")
      }
    }
  }

  private static func files(_ folder: String, _ extensions: [String]) throws(TrainingError)
    -> [String]
  {
    try FolderContents(folder).names.filter { name in
      extensions.contains { name.lowercased().hasSuffix(".\($0)") }
    }.sorted(by: naturalOrder)
  }

  /// Whether `first` comes before `second` when runs of digits count as numbers.
  static func naturalOrder(_ first: String, _ second: String) -> Bool {
    let (a, b) = (parts(first), parts(second))
    for (x, y) in zip(a, b) where x != y {
      guard let m = Int(x), let n = Int(y), m != n else { return x < y }
      return m < n
    }
    return a.count < b.count
  }

  private static func parts(_ name: String) -> [Substring] {
    var result: [Substring] = []
    var start = name.startIndex
    while start < name.endIndex {
      let isDigit = name[start].isASCII && name[start].isNumber
      let end =
        name[start...].firstIndex { ($0.isASCII && $0.isNumber) != isDigit } ?? name.endIndex
      result.append(name[start..<end])
      start = end
    }
    return result
  }
}
