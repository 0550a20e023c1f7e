import Checkpoints
import Pictures

/// Pictures of a folder, with or without masks: loose files or uncompressed tar archives of them.
public struct PictureFiles {
  /// A file that is read when it is needed.
  public struct Source: Sendable {
    /// What messages call it.
    public let name: String
    private let part: ByteRegion?

    init(path: String) {
      name = path
      part = nil
    }

    init(_ bytes: ByteRegion, named name: String) {
      self.name = name
      part = bytes
    }

    /// The bytes.
    ///
    /// - Throws: `PictureError`.
    func bytes() throws(PictureError) -> [UInt8] {
      guard let part else { return try PictureFile.bytes(at: name) }
      let limit = DecodingLimits().maxFileBytes
      guard part.count <= limit else {
        throw .fileTooLarge(path: name, limit: limit)
      }
      return part.array
    }
  }

  /// A picture, and the mask that belongs to it.
  public struct Item: Sendable {
    /// The name of the picture without folder and extension.
    public let name: String
    /// A PNG or JPEG file.
    public let picture: Source
    /// A PNG file.
    public var mask: Source?

    /// The number that the name is; nil for other names.
    public var number: Int? { name.allSatisfy { $0.isASCII && $0.isNumber } ? Int(name) : nil }
  }

  /// The pictures, in natural order.
  public let items: [Item]

  /// Finds the pictures of a folder, not of its subfolders.
  ///
  /// - Parameter masks: the folder of the masks, `NAME.png`. nil looks for them beside the pictures:
  ///   where there are `NAME.jpg` and `NAME.png`, the latter is the mask.
  /// - Throws: `TrainingError` that names a folder or file.
  public init(pictures: String, masks: String? = nil) throws(TrainingError) {
    if let masks {
      var items: [Item] = []
      for pair in try PairedFolders(labels: masks, photos: pictures).pairs {
        items.append(
          Item(
            name: Self.stem(pair.photo), picture: Source(path: pair.photo),
            mask: Source(path: pair.labels)))
      }
      self.items = items
      return
    }
    let folder = try FolderContents(pictures)
    var sources: [(name: String, source: Source)] = []
    for name in folder.names {
      let path = folder.file(name)
      if Self.isPicture(name) { sources.append((name, Source(path: path))) }
      guard name.lowercased().hasSuffix(".tar") else { continue }
      for member in try TarArchive(contentsOf: path).members where Self.isPicture(member.name) {
        sources.append((member.name, Source(member.bytes, named: "\(path): \(member.name)")))
      }
    }
    var found: [String: Item] = [:]
    for (name, source) in sources where !Self.isPNG(name) {
      let stem = Self.stem(name)
      if let other = found[stem] {
        throw .samePhotoName(first: other.picture.name, second: source.name)
      }
      found[stem] = Item(name: stem, picture: source)
    }
    for (name, source) in sources where Self.isPNG(name) {
      let stem = Self.stem(name)
      if found[stem] == nil {
        found[stem] = Item(name: stem, picture: source)
      } else if found[stem]?.mask == nil, !Self.isPNG(found[stem]?.picture.name ?? "") {
        found[stem]?.mask = source
      } else {
        throw .samePhotoName(first: found[stem]?.picture.name ?? stem, second: source.name)
      }
    }
    guard !found.isEmpty else {
      throw .nothingToTrainOn(folder: pictures, needed: ".png or .jpg picture, or .tar of them,")
    }
    items = found.values.sorted { PairedFolders.naturalOrder($0.name, $1.name) }
  }

  private static func stem(_ path: String) -> String {
    FolderContents.stem(path.split(separator: "/").last.map(String.init) ?? path)
  }

  private static func isPNG(_ name: String) -> Bool { name.lowercased().hasSuffix(".png") }

  private static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }
}
