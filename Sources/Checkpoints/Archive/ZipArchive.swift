/// The entries of a zip archive, found through its central directory (also zip64).
///
/// Stored entries are views of the file; deflated ones are decompressed when they are asked for.
/// Checksums are not compared: some writers leave them zero.
struct ZipArchive {
  private struct Entry {
    let method: Int
    let packed: ByteRegion
    let size: Int
  }

  private var entries: [String: Entry] = [:]
  /// Names of all entries, in the order of the directory.
  private(set) var names: [String] = []

  /// Most entries of an archive.
  static let maximumEntries = 100_000

  private static let directoryEntry: UInt32 = 0x0201_4b50
  private static let localEntry: UInt32 = 0x0403_4b50
  private static let endRecord: UInt32 = 0x0605_4b50
  private static let end64Record: UInt32 = 0x0606_4b50
  private static let end64Locator: UInt32 = 0x0706_4b50

  /// Reads the directory of the archive `file`.
  init(_ file: ByteRegion) throws(ZipProblem) {
    var (count, offset) = try Self.directory(of: file)
    guard count <= Self.maximumEntries else { throw .tooManyEntries(Self.maximumEntries) }
    while count > 0 {
      offset = try readEntry(at: offset, in: file)
      count -= 1
    }
  }

  /// The number of entries and the place of the first one.
  private static func directory(of file: ByteRegion) throws(ZipProblem) -> (Int, Int) {
    var end = file.count - 22
    let lowest = max(0, end - 0xffff)
    while end >= lowest, file.littleEndian(UInt32.self, at: end) != endRecord { end -= 1 }
    guard end >= lowest, let entries = file.littleEndian(UInt16.self, at: end + 10),
      let offset = file.littleEndian(UInt32.self, at: end + 16)
    else { throw .noDirectory }
    guard entries == 0xffff || offset == 0xffff_ffff else { return (Int(entries), Int(offset)) }
    guard file.littleEndian(UInt32.self, at: end - 20) == end64Locator else {
      return (Int(entries), Int(offset))
    }
    guard let place = file.littleEndian(UInt64.self, at: end - 12).flatMap(Int.init(exactly:)),
      file.littleEndian(UInt32.self, at: place) == end64Record, place <= file.count - 56,
      let entries = file.littleEndian(UInt64.self, at: place + 32).flatMap(Int.init(exactly:)),
      let offset = file.littleEndian(UInt64.self, at: place + 48).flatMap(Int.init(exactly:))
    else { throw .noDirectory }
    return (entries, offset)
  }

  /// Reads one entry of the directory and returns the place of the next.
  private mutating func readEntry(
    at start: Int, in file: ByteRegion
  ) throws(ZipProblem) -> Int {
    guard start >= 0, start < file.count,
      file.littleEndian(UInt32.self, at: start) == Self.directoryEntry,
      let flags = file.littleEndian(UInt16.self, at: start + 8),
      let method = file.littleEndian(UInt16.self, at: start + 10),
      let packedSize = file.littleEndian(UInt32.self, at: start + 20),
      let size = file.littleEndian(UInt32.self, at: start + 24),
      let nameLength = file.littleEndian(UInt16.self, at: start + 28),
      let extraLength = file.littleEndian(UInt16.self, at: start + 30),
      let commentLength = file.littleEndian(UInt16.self, at: start + 32),
      let local = file.littleEndian(UInt32.self, at: start + 42),
      let nameBytes = file.slice(offset: start + 46, count: Int(nameLength)),
      let extra = file.slice(offset: start + 46 + Int(nameLength), count: Int(extraLength))
    else { throw .brokenDirectory(offset: start) }
    guard let name = nameBytes.utf8Text else { throw .brokenDirectory(offset: start) }
    guard flags & 1 == 0 else { throw .encrypted(name: name) }
    guard method == 0 || method == 8 else {
      throw .unknownMethod(name: name, method: Int(method))
    }
    let sizes = try Self.sizes(
      [size, packedSize, local], extra: extra, name: name)
    guard sizes[2] <= file.count, file.littleEndian(UInt32.self, at: sizes[2]) == Self.localEntry,
      let localName = file.littleEndian(UInt16.self, at: sizes[2] + 26),
      let localExtra = file.littleEndian(UInt16.self, at: sizes[2] + 28),
      let packed = file.slice(
        offset: sizes[2] + 30 + Int(localName) + Int(localExtra), count: sizes[1])
    else { throw .outsideFile(name: name) }
    guard method == 8 || sizes[0] == sizes[1] else {
      throw .wrongSize(name: name, stated: sizes[0])
    }
    let entry = Entry(method: Int(method), packed: packed, size: sizes[0])
    guard entries.updateValue(entry, forKey: name) == nil else { throw .duplicateName(name) }
    names.append(name)
    return start + 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
  }

  /// `fields` with those that are all ones replaced from the zip64 extra field, in this order:
  /// size, packed size, offset of the local header.
  private static func sizes(
    _ fields: [UInt32], extra: ByteRegion, name: String
  ) throws(ZipProblem) -> [Int] {
    guard fields.contains(0xffff_ffff) else { return fields.map(Int.init) }
    var place = 0
    while let id = extra.littleEndian(UInt16.self, at: place),
      let length = extra.littleEndian(UInt16.self, at: place + 2)
    {
      place += 4
      guard id == 1 else {
        place += Int(length)
        continue
      }
      var result: [Int] = []
      for field in fields {
        if field != 0xffff_ffff {
          result.append(Int(field))
          continue
        }
        guard let value = extra.littleEndian(UInt64.self, at: place), value < 1 << 62 else {
          throw .outsideFile(name: name)
        }
        result.append(Int(value))
        place += 8
      }
      return result
    }
    return fields.map(Int.init)
  }

  /// True when there is an entry called `name`.
  func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The content of the entry called `name`, or nil when there is none.
  func read(_ name: String, budget: MemoryBudget) throws(ZipProblem) -> ByteRegion? {
    guard let entry = entries[name] else { return nil }
    if entry.method == 0 { return entry.packed }
    guard budget.take(bytes: entry.size) else {
      throw .tooLarge(name: name, size: entry.size, limit: budget.byteLimit)
    }
    do throws(Inflater.Failure) {
      return try Inflater.inflate(entry.packed, size: entry.size)
    } catch { throw .badDeflate(name: name) }
  }
}
