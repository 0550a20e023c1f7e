import Testing

@testable import Pictures

@Suite struct PNGDecodingTests {
  private static let kinds = [
    "gray1", "gray2", "gray4", "gray8", "gray16", "gray-alpha8", "gray-alpha16", "rgb8", "rgb16",
    "rgba8", "rgba16", "indexed1", "indexed2", "indexed4", "indexed8",
  ]

  @Test(arguments: kinds, ["", "-interlaced"])
  func everyColourTypeAndDepthIsExact(kind: String, interlacing: String) throws {
    let picture = try Picture(contentsOf: fixturePath(kind + interlacing + ".png"))
    #expect(picture.width == 11 && picture.height == 7)
    #expect(picture.pixels == (try fixture(kind + ".rgb")))
  }

  @Test(arguments: ["gray4-key", "gray16-key", "rgb8-key", "indexed8-alpha"])
  func transparencyChunksLetTheBackgroundThrough(kind: String) throws {
    #expect(
      try Picture(contentsOf: fixturePath(kind + ".png")).pixels == fixture(kind + ".rgb"))
  }

  @Test func anotherBackgroundShowsOnlyWhereThePictureIsTransparent() throws {
    let white = try Picture(contentsOf: fixturePath("rgb8-key.png"))
    let green = try Picture(
      contentsOf: fixturePath("rgb8-key.png"), background: RGBColor(0, 255, 0))
    var different: Set<RGBColor> = []
    for y in 0..<7 {
      for x in 0..<11 where white[x, y] != green[x, y] { different.insert(green[x, y]) }
    }
    #expect(different == [RGBColor(0, 255, 0)])
  }

  @Test func aPixelBeyondThePaletteIsDamage() throws {
    let path = fixturePath("indexed8-beyond.png")
    #expect(
      throws: PictureError.damaged(
        name: path, format: .png,
        reason: "a pixel has palette index 4, but the palette ends at 3")
    ) { try Picture(contentsOf: path) }
  }

  @Test func theSizeIsCheckedBeforeMemoryIsTaken() throws {
    var bytes = try fixture("rgb8.png")
    // Width and height 0x00ffffff with the checksum of the header made right again.
    bytes.replaceSubrange(16..<24, with: [0, 255, 255, 255, 0, 255, 255, 255])
    let checksum = crc32(bytes[12..<29])
    for i in 0..<4 { bytes[29 + i] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(i))) }
    #expect(
      throws: PictureError.tooLarge(
        name: "bomb.png", width: 16_777_215, height: 16_777_215, maxPixels: 268_435_456)
    ) { try Picture(decoding: bytes, named: "bomb.png") }
    #expect(
      throws: PictureError.damaged(
        name: "bomb.png", format: .png,
        reason: "the file is too short for a picture of its size")
    ) {
      try Picture(
        decoding: bytes, named: "bomb.png", limits: DecodingLimits(maxPixels: 1 << 50))
    }
  }

  @Test func theLimitOnPixelsIsInclusive() throws {
    let bytes = try fixture("rgb8.png")
    #expect(throws: Never.self) {
      try Picture(decoding: bytes, named: "a.png", limits: DecodingLimits(maxPixels: 77))
    }
    #expect(throws: PictureError.tooLarge(name: "a.png", width: 11, height: 7, maxPixels: 76)) {
      try Picture(decoding: bytes, named: "a.png", limits: DecodingLimits(maxPixels: 76))
    }
  }

  @Test func decodingKeepsBytesUnscaledForMasks() throws {
    let decoded = try DecodedSamples(
      decoding: fixture("mask-gray4.png"), named: "m", limits: DecodingLimits()
    ) { _ in }
    #expect(decoded.samples == (try fixture("mask.ids")))
    #expect(decoded.bits == 4)
  }
}

/// The checksum of PNG chunks (ISO 3309), one bit at a time.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var remainder: UInt32 = 0xffff_ffff
  for byte in bytes {
    remainder ^= UInt32(byte)
    for _ in 0..<8 {
      remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xedb8_8320 : remainder >> 1
    }
  }
  return ~remainder
}
