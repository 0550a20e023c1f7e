import Testing

@testable import Pictures

@Suite struct MetadataTests {
  @Test(arguments: ["metadata.jpg", "metadata.png"])
  func profileAndExifAreRead(name: String) throws {
    let metadata = try Picture(contentsOf: fixturePath(name)).metadata
    #expect(metadata.iccProfile == (try fixture("srgb.icc")))
    #expect(metadata.exif?.count == 44)
  }

  @Test(arguments: ["metadata.jpg", "metadata.png"], [PictureEncoding.png, .jpeg()])
  func bothFormatsKeepThem(name: String, encoding: PictureEncoding) throws {
    let picture = try Picture(contentsOf: fixturePath(name))
    let again = try Picture(decoding: picture.encoded(as: encoding), named: "again")
    #expect(again.metadata == picture.metadata)
  }

  @Test func longProfilesAreSplitAndJoined() throws {
    var profile = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    profile.replaceSubrange(16..<20, with: Array("RGB ".utf8))
    profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
    var picture = noise(width: 9, height: 9, seed: 6)
    picture.metadata.iccProfile = profile
    let bytes = try picture.encoded(as: .jpeg())
    #expect(try Picture(decoding: bytes, named: "a.jpg").metadata.iccProfile == profile)
  }

  @Test func aBlockTooLongForASegmentIsLeftOut() throws {
    var picture = noise(width: 9, height: 9, seed: 7)
    picture.metadata.exif = [0x49, 0x49, 42, 0] + [UInt8](repeating: 0, count: 70_000)
    let bytes = try picture.encoded(as: .jpeg())
    #expect(try Picture(decoding: bytes, named: "a.jpg").metadata.exif == nil)
  }

  @Test func profilesForOtherColourSpacesAreDropped() throws {
    var profile = try fixture("srgb.icc")
    profile.replaceSubrange(16..<20, with: Array("CMYK".utf8))
    var picture = noise(width: 9, height: 9, seed: 8)
    picture.metadata.iccProfile = profile
    let bytes = try picture.encoded(as: .jpeg())
    #expect(try Picture(decoding: bytes, named: "a.jpg").metadata.iccProfile == nil)
  }
}
