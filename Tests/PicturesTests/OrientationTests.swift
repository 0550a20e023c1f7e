import Testing

@testable import Pictures

@Suite struct OrientationTests {
  @Test(arguments: 1...8)
  func everyOrientationComesOutUpright(orientation: Int) throws {
    let upright = try fixture("upright.rgb")
    let png = try Picture(contentsOf: fixturePath("orientation\(orientation).png"))
    #expect(png.width == 24 && png.height == 16)
    #expect(png.pixels == upright)
    let jpeg = try Picture(contentsOf: fixturePath("orientation\(orientation).jpg"))
    #expect(jpeg.width == 24 && jpeg.height == 16)
    #expect(largestDifference(jpeg.pixels, upright) < 12)
  }

  @Test(arguments: 1...8)
  func theKeptBlockSaysUprightAndHasNoThumbnail(orientation: Int) throws {
    let picture = try Picture(contentsOf: fixturePath("orientation\(orientation).jpg"))
    let kept = try #require(picture.metadata.exif)
    let block = try #require(ExifBlock(kept))
    #expect(block.orientation == .upright)
    #expect(Array(kept[34..<38]) == [0, 0, 0, 0])
    let again = try Picture(decoding: picture.encoded(as: .png), named: "again")
    #expect(again == picture)
  }

  @Test(arguments: Orientation.allCases)
  func turningFourTimesOrTwiceIsNothing(orientation: Orientation) {
    let picture = noise(width: 5, height: 3, seed: 4)
    let isQuarter = orientation == .turnedClockwise || orientation == .turnedCounterclockwise
    var turned = picture
    for _ in 0..<(isQuarter ? 4 : 2) { turned = turned.turned(by: orientation) }
    #expect(turned == picture)
  }

  @Test func clockwiseMovesTheTopLeftToTheTopRight() {
    let picture = noise(width: 5, height: 3, seed: 5)
    let turned = picture.turned(by: .turnedClockwise)
    #expect(turned.width == 3 && turned.height == 5)
    #expect(turned[2, 0] == picture[0, 0])
    #expect(turned[0, 0] == picture[0, 2])
  }

  @Test func offsetsThatLeadOutsideAreIgnored() throws {
    let endless: [UInt8] = [0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0xff]
    #expect(ExifBlock(endless)?.orientation == .upright)
    let empty: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0xff, 0xff, 0x12, 0x01, 3, 0]
    #expect(ExifBlock(empty)?.orientation == .upright)
    #expect(ExifBlock([0x4d, 0x4d]) == nil)
    #expect(ExifBlock([]) == nil)
  }
}
