import Testing

@testable import Pictures

@Suite struct JPEGDecodingTests {
  @Test(arguments: [
    "gray", "rgb-444", "rgb-420", "rgb-422-restart", "rgb-untransformed", "progressive",
  ])
  func everyKindMatchesTheReferenceDecoder(kind: String) throws {
    let picture = try Picture(contentsOf: fixturePath(kind + ".jpg"))
    #expect(picture.width == 37 && picture.height == 21)
    #expect(largestDifference(picture.pixels, try fixture(kind + ".rgb")) <= 2)
  }

  @Test(arguments: ["cmyk-adobe", "cmyk-plain", "ycck"])
  func inkIsConvertedWithAndWithoutAnAdobeMarker(kind: String) throws {
    let picture = try Picture(contentsOf: fixturePath(kind + ".jpg"))
    #expect(largestDifference(picture.pixels, try fixture(kind + ".rgb")) <= 2)
  }

  @Test func aMissingEndIsAnError() throws {
    let bytes = try fixture("rgb-420.jpg")
    for kept in [bytes.count - 2, bytes.count * 3 / 4] {
      #expect(
        throws: PictureError.damaged(
          name: "cut.jpg", format: .jpeg, reason: "the file ends too early")
      ) { try Picture(decoding: Array(bytes[..<kept]), named: "cut.jpg") }
    }
  }

  @Test func flawsThatDecodingSurvivesAreReported() throws {
    var bytes = try fixture("rgb-444.jpg")
    let afterHeader = 4 + Int(bytes[5])
    bytes.insert(contentsOf: [1, 2, 3], at: afterHeader)
    var warnings: [String] = []
    _ = try Picture(decoding: bytes, named: "a.jpg") { warnings.append($0) }
    #expect(warnings == ["a.jpg: Corrupt JPEG data: 3 extraneous bytes before marker 0xdb"])
  }

  @Test func precisionBeyondEightBitsIsRefused() throws {
    var bytes = try fixture("gray.jpg")
    let frame = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
    bytes[frame + 4] = 12
    #expect(
      throws: PictureError.unsupported(
        name: "a.jpg", format: .jpeg, reason: "Unsupported JPEG data precision 12")
    ) { try Picture(decoding: bytes, named: "a.jpg") }
  }

  @Test func theSizeIsCheckedBeforeMemoryIsTaken() throws {
    var bytes = try fixture("gray.jpg")
    let frame = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    #expect(
      throws: PictureError.tooLarge(
        name: "a.jpg", width: 65500, height: 65500, maxPixels: 268_435_456)
    ) { try Picture(decoding: bytes, named: "a.jpg") }
    #expect(
      throws: PictureError.damaged(
        name: "a.jpg", format: .jpeg, reason: "the file is too short for a picture of its size")
    ) {
      try Picture(decoding: bytes, named: "a.jpg", limits: DecodingLimits(maxPixels: 1 << 40))
    }
  }
}
