import Testing

@testable import Checkpoints

@Suite("Reading zip archives")
struct ZipArchiveTests {
  /// An archive with one entry, built byte by byte.
  struct Builder {
    var name = "a.npy"
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var data: [UInt8] = [1, 2, 3, 4]
    var size: UInt32?
    var packedSize: UInt32?
    var offset: UInt32 = 0
    var extra: [UInt8] = []
    var count: UInt16 = 1
    var directoryOffset: UInt32?
    var zip64: [UInt8] = []

    static func little(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    var bytes: [UInt8] {
      var header: [UInt8] = [0x50, 0x4b, 3, 4, 20, 0]
      header += Self.little(flags)
      header += Self.little(method)
      header += [UInt8](repeating: 0, count: 16)
      header += Self.little(UInt16(name.utf8.count))
      header += [0, 0]
      header += Array(name.utf8)
      header += data
      var entry: [UInt8] = [0x50, 0x4b, 1, 2, 20, 0, 20, 0]
      entry += Self.little(flags)
      entry += Self.little(method)
      entry += [UInt8](repeating: 0, count: 8)
      entry += Self.little(packedSize ?? UInt32(data.count))
      entry += Self.little(size ?? UInt32(data.count))
      entry += Self.little(UInt16(name.utf8.count))
      entry += Self.little(UInt16(extra.count))
      entry += [UInt8](repeating: 0, count: 10)
      entry += Self.little(offset)
      entry += Array(name.utf8) + extra
      var end: [UInt8] = [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
      end += Self.little(count)
      end += Self.little(count)
      end += Self.little(UInt32(entry.count))
      end += Self.little(directoryOffset ?? UInt32(header.count))
      end += [0, 0]
      return header + entry + zip64 + end
    }
  }

  private func little(_ value: some FixedWidthInteger) -> [UInt8] { Builder.little(value) }

  private func content(_ builder: Builder, fileSize: Int = 1000) throws -> [UInt8]? {
    try ZipArchive(ByteRegion(copying: builder.bytes))
      .read("a.npy", budget: MemoryBudget(fileSize: fileSize))?.array
  }

  private func problem(_ builder: Builder) -> String? {
    do {
      _ = try content(builder)
      return nil
    } catch { return (error as? ZipProblem)?.text }
  }

  @Test("A stored entry is found through the directory")
  func stored() throws {
    #expect(try content(Builder()) == [1, 2, 3, 4])
  }

  @Test("A zip64 archive is found through its own end record and extra fields")
  func zip64() throws {
    var builder = Builder()
    builder.size = .max
    builder.packedSize = .max
    builder.offset = .max
    builder.extra = [1, 0, 24, 0]
    for value in [4, 4, 0] as [UInt64] { builder.extra += little(value) }
    let place = UInt64(builder.bytes.count - 22)
    let directory = UInt64(30 + 5 + 4)
    builder.zip64 = [0x50, 0x4b, 6, 6]
    builder.zip64 += little(UInt64(44))
    builder.zip64 += [UInt8](repeating: 0, count: 20)
    for value in [1, 0, directory] as [UInt64] { builder.zip64 += little(value) }
    builder.zip64 += [0x50, 0x4b, 6, 7, 0, 0, 0, 0]
    builder.zip64 += little(place)
    builder.zip64 += [1, 0, 0, 0]
    builder.count = .max
    builder.directoryOffset = .max
    #expect(try content(builder) == [1, 2, 3, 4])
  }

  @Test("A broken archive is refused with the reason")
  func broken() {
    #expect(problem(Builder(flags: 1)) == "'a.npy' is encrypted")
    #expect(
      problem(Builder(method: 12))
        == "'a.npy' is compressed with method 12; known are stored and deflate")
    #expect(
      problem(Builder(size: 5)) == "'a.npy' is stored but its size is not the stated 5 bytes")
    #expect(problem(Builder(packedSize: 500)) == "'a.npy' lies outside the file")
    #expect(problem(Builder(offset: 5)) == "'a.npy' lies outside the file")
    #expect(problem(Builder(offset: .max)) == "'a.npy' lies outside the file")
    #expect(problem(Builder(count: 2)) == "the zip directory is broken at byte 90")
    #expect(
      problem(Builder(directoryOffset: 7000)) == "the zip directory is broken at byte 7000")
    #expect(
      problem(Builder(method: 8, size: 0xf000_0000))
        == "'a.npy' would decompress to 4026531840 bytes, beyond the limit of 33557432 for this "
        + "file")
    #expect(
      problem(Builder(method: 8, data: [7, 7])) == "the compressed data of 'a.npy' are broken")
    #expect(throws: ZipProblem.noDirectory) { try ZipArchive(ByteRegion(copying: [0x50, 0x4b])) }
  }

  @Test("An archive of neither kind says so")
  func neither() {
    #expect(
      text { () throws(CheckpointError) in
        _ = try Checkpoint(
          bytes: ByteRegion(copying: Builder(name: "notes\u{1b}.txt").bytes), path: "f")
      }
        == "cannot import f: 'notes\u{fffd}.txt' in the archive is no NumPy array, and there is no "
        + "PyTorch pickle")
  }
}
