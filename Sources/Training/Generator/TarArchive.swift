import Checkpoints

/// The files in an uncompressed tar archive (POSIX ustar), which stay where they are.
struct TarArchive {
  /// A file of the archive.
  struct Member {
    /// Its name, folders included.
    let name: String
    /// Its bytes.
    let bytes: ByteRegion
  }

  /// The plain files, in the order of the archive.
  private(set) var members: [Member] = []
  private static let block = 512
  private static let mostMembers = 4_000_000

  /// Opens an archive.
  ///
  /// - Throws: `TrainingError.badArchive` for a file that is no archive or ends too early.
  init(contentsOf path: String) throws(TrainingError) {
    let file: ByteRegion
    do throws(CheckpointError) { file = try ByteRegion(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    var offset = 0
    while let header = file.slice(offset: offset, count: Self.block)?.array {
      // Two blocks of zeros end an archive; one is enough for us.
      if header.allSatisfy({ $0 == 0 }) { return }
      guard Self.isSound(header) else {
        throw .badArchive(path: path, reason: "there is no header of a file at byte \(offset)")
      }
      guard let size = Self.number(header[124..<136]), size <= file.count else {
        throw .badArchive(path: path, reason: "the file at byte \(offset) has no valid size")
      }
      let start = offset + Self.block
      guard let bytes = file.slice(offset: start, count: size) else {
        throw .badArchive(path: path, reason: "it ends within the file at byte \(offset)")
      }
      if header[156] == UInt8(ascii: "0") || header[156] == 0 {
        members.append(Member(name: Self.name(header), bytes: bytes))
        if members.count > Self.mostMembers {
          throw .badArchive(path: path, reason: "it holds more than \(Self.mostMembers) files")
        }
      }
      offset = start + (size + Self.block - 1) / Self.block * Self.block
    }
    guard offset >= file.count else {
      throw .badArchive(path: path, reason: "it ends within the header at byte \(offset)")
    }
  }

  /// Whether the sum of a header's bytes, with spaces in the place of the sum, is the one it states.
  private static func isSound(_ header: [UInt8]) -> Bool {
    guard let stated = number(header[148..<156]) else { return false }
    var sum = 0
    for (index, byte) in header.enumerated() { sum += (148..<156).contains(index) ? 32 : Int(byte) }
    return sum == stated
  }

  /// An octal number between spaces and zero bytes.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    guard digits.allSatisfy({ (48...55).contains($0) }), digits.count <= 12 else { return nil }
    return digits.reduce(0) { $0 * 8 + Int($1 - 48) }
  }

  private static func name(_ header: [UInt8]) -> String {
    func text(_ range: Range<Int>) -> String {
      String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    let isPOSIX = Array(header[257..<262]) == Array("ustar".utf8)
    let folder = isPOSIX ? text(345..<500) : ""
    return folder.isEmpty ? text(0..<100) : "\(folder)/\(text(0..<100))"
  }
}
