/// Pictures of one size shown one after the other for ever, as an animated PNG: programs that do not
/// know animation show the first. Format: PNG specification, third edition, section 11.3.6.
public struct AnimatedPNG {
  /// Time that each picture is shown, in milliseconds.
  public let frameMilliseconds: Int
  private var frames: [[Chunk]] = []

  private struct Chunk {
    var type: [UInt8]
    var content: ArraySlice<UInt8>
  }

  /// An animation without pictures; `frameMilliseconds` is 1...65535.
  public init(frameMilliseconds: Int) {
    check(
      (1...65_535).contains(frameMilliseconds),
      "AnimatedPNG: \(frameMilliseconds) milliseconds for a picture")
    self.frameMilliseconds = frameMilliseconds
  }

  /// Number of pictures.
  public var count: Int { frames.count }

  /// Appends a picture, which must have the size of the others.
  ///
  /// - Throws: `PictureError.notEncodable`.
  public mutating func append(_ picture: Picture) throws(PictureError) {
    var plain = picture
    plain.metadata = PictureMetadata()
    let chunks = Self.chunks(of: try plain.encoded(as: .png))
    check(
      frames.first.map { $0[0].content.elementsEqual(chunks[0].content) } ?? true,
      "AnimatedPNG: a picture of \(picture.width)x\(picture.height) among others")
    frames.append(chunks)
  }

  /// The bytes of the file; at least one picture must have been appended.
  public var encoded: [UInt8] {
    check(!frames.isEmpty, "AnimatedPNG: no picture")
    let header = frames[0][0]
    var file: [UInt8] = Self.signature
    Self.append("IHDR", Array(header.content), to: &file)
    Self.append("acTL", Self.word(frames.count) + Self.word(0), to: &file)
    var sequence = 0
    for (index, chunks) in frames.enumerated() {
      Self.append("fcTL", control(sequence, size: header.content.prefix(8)), to: &file)
      sequence += 1
      for chunk in chunks where chunk.type == Array("IDAT".utf8) {
        if index == 0 {
          Self.append("IDAT", Array(chunk.content), to: &file)
        } else {
          Self.append("fdAT", Self.word(sequence) + chunk.content, to: &file)
          sequence += 1
        }
      }
    }
    Self.append("IEND", [], to: &file)
    return file
  }

  /// A picture of the whole size, shown for its time in thousandths of a second, that replaces what
  /// was there.
  private func control(_ sequence: Int, size: ArraySlice<UInt8>) -> [UInt8] {
    var content = Self.word(sequence)
    content += size
    content += Self.word(0) + Self.word(0)
    content += Self.word(frameMilliseconds).suffix(2)
    content += Self.word(1000).suffix(2)
    return content + [0, 0]
  }

  /// Writes the file, which appears complete or not at all.
  public func write(to path: String) throws(PictureError) { try writeFile(encoded, to: path) }

  private static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

  /// The chunks of a PNG file that this module wrote, the header first.
  private static func chunks(of file: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var position = signature.count
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let content = position + 8..<position + 8 + length
      chunks.append(
        Chunk(type: Array(file[position + 4..<position + 8]), content: file[content]))
      position = content.upperBound + 4
    }
    return chunks
  }

  private static func append(_ type: String, _ content: [UInt8], to file: inout [UInt8]) {
    let body = Array(type.utf8) + content
    file += word(content.count) + body + word(Int(checksum(body)))
  }

  /// Four bytes, the highest first.
  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The CRC-32 of PNG chunks.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
    return ~value
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }
}
