import Testing

@testable import Checkpoints

@Suite("Decompressing deflate data")
struct InflaterTests {
  private func inflate(_ data: [UInt8], size: Int) throws -> [UInt8] {
    try Inflater.inflate(ByteRegion(copying: data), size: size).array
  }

  private func failure(_ data: [UInt8], size: Int) -> Inflater.Failure? {
    do {
      _ = try inflate(data, size: size)
      return nil
    } catch { return error as? Inflater.Failure }
  }

  @Test("Stored, fixed and dynamic blocks decompress")
  func blocks() throws {
    #expect(try inflate([1, 3, 0, 0xfc, 0xff, 7, 8, 9], size: 3) == [7, 8, 9])
    // zlib.compress(b"abcabcabcabc" * 2) without its frame: a fixed block with a match.
    #expect(
      try inflate([0x4b, 0x4c, 0x4a, 0x4e, 0xc4, 0x86, 0x00], size: 24)
        == Array("abcabcabcabcabcabcabcabc".utf8))
    // A dynamic block is in formats/state_dict_zip_deflated.pth and numpy/deflated.npz.
  }

  @Test("Data that break the format are refused")
  func broken() {
    #expect(failure([], size: 0) == .endsEarly)
    #expect(failure([1, 3, 0, 0xfc, 0xff, 7, 8], size: 3) == .endsEarly)
    #expect(failure([1, 3, 0, 0xfd, 0xff, 7, 8, 9], size: 3) == .badBlock)
    #expect(failure([1, 3, 0, 0xfc, 0xff, 7, 8, 9], size: 2) == .tooLong)
    #expect(failure([1, 3, 0, 0xfc, 0xff, 7, 8, 9], size: 4) == .tooShort)
    #expect(failure([7], size: 1) == .badBlock)
    // A match before the first byte.
    #expect(failure([0x03, 0x02, 0x00], size: 9) == .badDistance)
    // A fixed block with symbol 286, which has no meaning.
    #expect(failure([0x1b, 0x03, 0x00], size: 9) == .badCode)
  }

  @Test("A code with more symbols than fit is refused")
  func oversubscribed() {
    #expect(HuffmanTable([1, 1, 1]) == nil)
    #expect(HuffmanTable([15] + [UInt8](repeating: 1, count: 2)) == nil)
    #expect(HuffmanTable([1, 1]) != nil)
  }

  @Test("Codes longer than the short table are found")
  func longCodes() throws {
    // Lengths 1, 2, ..., 14, 15, 15: symbol k has k ones and a zero, the last only ones.
    let table = try #require(HuffmanTable((1...15).map { UInt8($0) } + [15]))
    for symbol in 0..<15 {
      let entry = table.entry(for: 1 << symbol - 1)
      #expect(entry.symbol == symbol && entry.length == symbol + 1)
    }
    #expect(table.entry(for: 0x7fff) == (15, 15))
  }
}
