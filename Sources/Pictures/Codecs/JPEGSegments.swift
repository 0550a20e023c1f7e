/// EXIF and ICC segments of a JPEG file (ITU-T T.81 annex B; Exif 2.32, 4.5.5; ICC.1:2010 annex
/// B.4), found without decoding and put in after encoding.
enum JPEGSegments {
  private static let exifMark: [UInt8] = Array("Exif".utf8) + [0, 0]
  private static let iccMark: [UInt8] = Array("ICC_PROFILE".utf8) + [0]
  private static let longestPayload = 65533

  /// The first EXIF block and the joined colour profile of `file`; each nil when missing or
  /// incomplete.
  static func metadata(in file: [UInt8]) -> PictureMetadata {
    var exif: [UInt8]?
    var parts: [Int: ArraySlice<UInt8>] = [:]
    var partCount = 0
    forEachSegment(in: file) { marker, payload in
      if marker == 0xe1, exif == nil, payload.starts(with: exifMark) {
        exif = Array(payload.dropFirst(exifMark.count))
      } else if marker == 0xe2, payload.count > iccMark.count + 2, payload.starts(with: iccMark) {
        let number = payload.startIndex + iccMark.count
        partCount = max(partCount, Int(payload[number + 1]))
        parts[Int(payload[number])] = payload.dropFirst(iccMark.count + 2)
      }
    }
    guard partCount > 0 else { return PictureMetadata(exif: exif) }
    var profile: [UInt8] = []
    for number in 1...partCount {
      guard let part = parts[number] else { return PictureMetadata(exif: exif) }
      profile += part
    }
    return PictureMetadata(exif: exif, iccProfile: profile)
  }

  /// `file` with `metadata` after its JFIF header. An EXIF block too long for one segment, and a
  /// profile too long for 255, are left out: the format cannot hold them.
  static func insert(_ metadata: PictureMetadata, into file: [UInt8]) -> [UInt8] {
    var segments: [UInt8] = []
    if let exif = metadata.exif, exif.count <= longestPayload - exifMark.count {
      append(0xe1, exifMark + exif, to: &segments)
    }
    if let profile = metadata.iccProfile, !profile.isEmpty {
      let partLength = longestPayload - iccMark.count - 2
      let partCount = (profile.count + partLength - 1) / partLength
      if partCount <= 255 {
        for part in 0..<partCount {
          let range = part * partLength..<min((part + 1) * partLength, profile.count)
          let head = iccMark + [UInt8(part + 1), UInt8(partCount)]
          append(0xe2, head + profile[range], to: &segments)
        }
      }
    }
    guard !segments.isEmpty, file.count > 4 else { return file }
    var insertion = 2
    if file[2] == 0xff, file[3] == 0xe0, file.count > 6 {
      insertion = min(4 + Int(file[4]) << 8 + Int(file[5]), file.count)
    }
    return Array(file[..<insertion]) + segments + file[insertion...]
  }

  private static func append(_ marker: UInt8, _ payload: [UInt8], to bytes: inout [UInt8]) {
    let length = payload.count + 2
    bytes += [0xff, marker, UInt8(length >> 8), UInt8(length & 0xff)]
    bytes += payload
  }

  /// Calls `body` with each segment before the first scan.
  private static func forEachSegment(
    in file: [UInt8], _ body: (_ marker: UInt8, _ payload: ArraySlice<UInt8>) -> Void
  ) {
    var position = 2
    while position + 4 <= file.count {
      guard file[position] == 0xff else {
        position += 1
        continue
      }
      let marker = file[position + 1]
      if marker == 0xff {
        position += 1
        continue
      }
      if marker == 0 || marker == 1 || (0xd0...0xd8).contains(marker) {
        position += 2
        continue
      }
      if marker == 0xd9 || marker == 0xda { return }
      let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
      guard length >= 2, position + 2 + length <= file.count else { return }
      body(marker, file[position + 4..<position + 2 + length])
      position += 2 + length
    }
  }
}
