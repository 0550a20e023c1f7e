import Testing

@testable import Pictures

/// Damaged files must end in an error or in a picture, never in a crash or in memory for pixels that
/// are not there.
@Suite struct HostileBytesTests {
  private static let limits = DecodingLimits(maxPixels: 1 << 16)

  @Test(arguments: [
    "gray1.png", "rgba16-interlaced.png", "indexed8-alpha.png", "metadata.png", "gray.jpg",
    "progressive.jpg", "metadata.jpg", "ycck.jpg",
  ])
  func everyTruncationIsAnError(name: String) throws {
    let bytes = try fixture(name)
    for length in 0..<bytes.count {
      #expect(throws: PictureError.self, "\(length) bytes") {
        try Picture(decoding: Array(bytes[..<length]), named: name)
      }
    }
  }

  @Test(arguments: [
    "gray4-key.png", "rgb8-interlaced.png", "indexed4.png", "indexed8-alpha.png",
    "metadata.png",
  ])
  func twentyThousandMutationsOfPNG(name: String) throws {
    try mutate(name, rounds: 4000, repairingChecksums: true)
  }

  @Test(arguments: [
    "gray.jpg", "rgb-422-restart.jpg", "progressive.jpg", "cmyk-adobe.jpg", "orientation6.jpg",
  ])
  func twentyThousandMutationsOfJPEG(name: String) throws {
    try mutate(name, rounds: 4000, repairingChecksums: false)
  }

  private func mutate(_ name: String, rounds: Int, repairingChecksums: Bool) throws {
    let original = try fixture(name)
    let palette = try fourClasses()
    var generator = SeededGenerator(seed: UInt64(original.count))
    var pictures = 0
    var errors = 0
    for round in 0..<rounds {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch round % 4 {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[at] = [0, 0xff, 0x7f, 0x80][round / 4 % 4]
        default:
          if round % 8 == 3 { bytes.remove(at: at) } else { bytes.insert(bytes[at], at: at) }
        }
      }
      // Otherwise nearly all mutations of PNG would end at a checksum.
      if repairingChecksums && round % 2 == 0 { repairChecksums(&bytes) }
      do {
        let picture = try Picture(decoding: bytes, named: name, limits: HostileBytesTests.limits)
        #expect(picture.pixels.count == picture.width * picture.height * 3)
        pictures += 1
      } catch {
        errors += 1
      }
      _ = try? LabelMap(
        decoding: bytes, named: name, palette: palette, limits: HostileBytesTests.limits)
      _ = try? LabelMap.repairing(
        decoding: bytes, named: name, palette: palette, limits: HostileBytesTests.limits)
    }
    #expect(errors > 0 && pictures > 0)
  }

  /// Gives every chunk that is still in its place the checksum of its bytes.
  private func repairChecksums(_ bytes: inout [UInt8]) {
    var at = 8
    while at + 12 <= bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = at + 8 + length
      guard end + 4 <= bytes.count else { return }
      let checksum = crc32(bytes[at + 4..<end])
      for i in 0..<4 {
        bytes[end + i] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(i)))
      }
      at = end + 4
    }
  }
}
