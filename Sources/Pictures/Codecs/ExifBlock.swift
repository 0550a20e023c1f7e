/// The few fields of an EXIF block (TIFF 6.0, section 2) that matter here. Every offset in it comes
/// from the file and is checked before use.
struct ExifBlock {
  private(set) var bytes: [UInt8]
  private let isBigEndian: Bool
  private let firstDirectory: Int

  /// Nil when `bytes` do not start with a TIFF header. A leading `Exif\0\0` is removed.
  init?(_ raw: [UInt8]) {
    let prefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
    bytes = raw.starts(with: prefix) ? Array(raw.dropFirst(6)) : raw
    if bytes.starts(with: [0x49, 0x49, 42, 0]) {
      isBigEndian = false
    } else if bytes.starts(with: [0x4d, 0x4d, 0, 42]) {
      isBigEndian = true
    } else {
      return nil
    }
    guard bytes.count >= 8 else { return nil }
    var offset = 0
    for i in 0..<4 { offset = offset << 8 | Int(bytes[isBigEndian ? 4 + i : 7 - i]) }
    firstDirectory = offset
  }

  /// The orientation tag; `.upright` when it is missing or invalid.
  var orientation: Orientation {
    guard let offset = orientationOffset, let value = short(at: offset) else { return .upright }
    return Orientation(rawValue: value) ?? .upright
  }

  /// Says that the picture is upright and has no thumbnail.
  mutating func markUpright() {
    if let offset = orientationOffset {
      bytes[offset] = isBigEndian ? 0 : 1
      bytes[offset + 1] = isBigEndian ? 1 : 0
    }
    if let count = short(at: firstDirectory) {
      let link = firstDirectory + 2 + 12 * count
      if link + 4 <= bytes.count {
        for i in link..<link + 4 { bytes[i] = 0 }
      }
    }
  }

  /// Where the value of tag 0x0112 (one SHORT) stands.
  private var orientationOffset: Int? {
    guard let count = short(at: firstDirectory) else { return nil }
    for index in 0..<count {
      let entry = firstDirectory + 2 + 12 * index
      guard entry + 12 <= bytes.count else { return nil }
      if short(at: entry) == 0x0112, short(at: entry + 2) == 3 { return entry + 8 }
    }
    return nil
  }

  private func short(at offset: Int) -> Int? {
    guard offset >= 0, offset + 2 <= bytes.count else { return nil }
    let first = Int(bytes[offset])
    let second = Int(bytes[offset + 1])
    return isBigEndian ? first << 8 | second : second << 8 | first
  }
}
