import CCodecs
import Testing

@testable import Pictures

@Suite struct MaskReadingTests {
  @Test(arguments: [
    "mask-indexed", "mask-indexed2", "mask-reordered", "mask-gray-ramp", "mask-gray-palette",
    "mask-gray2", "mask-gray4", "mask-gray8", "mask-gray16", "mask-rgb", "mask-rgba", "mask-rgb16",
  ])
  func everyWayOfStoringAMaskGivesTheSameIds(name: String) throws {
    let map = try LabelMap(contentsOf: fixturePath(name + ".png"), palette: fourClasses())
    #expect(map.width == 11 && map.height == 7)
    #expect(map.labels == (try fixture("mask.ids")))
    let repaired = try LabelMap.repairing(
      contentsOf: fixturePath(name + ".png"), palette: fourClasses())
    #expect(repaired == LabelMap.Repaired(map: map, repairedPixels: 0))
  }

  @Test func writtenMasksAreIndexedWithTheClassColours() throws {
    let workspace = Workspace()
    let palette = try fourClasses()
    let map = LabelMap(width: 11, height: 7, labels: try fixture("mask.ids"))
    try map.write(to: workspace.file("m.png"), palette: palette)
    #expect(try LabelMap(contentsOf: workspace.file("m.png"), palette: palette) == map)
    let bytes = try readFile(workspace.file("m.png"), maxBytes: 1 << 20)
    let decoded = try DecodedSamples(decoding: bytes, named: "m", limits: DecodingLimits()) { _ in }
    #expect(decoded.layout == .indexed)
    #expect(decoded.samples == map.labels)
    #expect(decoded.palette.map(\.color) == palette.entries.map(\.color))
    #expect(
      try Picture(contentsOf: workspace.file("m.png")).pixels == map.colored(with: palette).pixels)
  }

  @Test func anUnknownColourIsNamedCountedAndLocated() throws {
    let palette = try fourClasses()
    var picture = Picture(width: 6, height: 5, filledWith: .black)
    picture[4, 2] = RGBColor(0x12, 0x34, 0xab)
    picture[1, 3] = RGBColor(0x12, 0x34, 0xab)
    #expect(
      throws: PictureError.unknownColor(
        name: "m.png", color: "#1234ab", distinct: 1, pixels: 2, x: 4, y: 2)
    ) { try LabelMap(decoding: picture.encoded(as: .png), named: "m.png", palette: palette) }
    picture[0, 0] = RGBColor(1, 0, 0)
    #expect(
      throws: PictureError.unknownColor(
        name: "m.png", color: "#1234ab", distinct: 2, pixels: 3, x: 4, y: 2)
    ) { try LabelMap(decoding: picture.encoded(as: .png), named: "m.png", palette: palette) }
  }

  @Test func aForeignPaletteIsNotTrustedForItsIndices() throws {
    let error = #expect(throws: PictureError.self) {
      try LabelMap(contentsOf: fixturePath("mask-foreign-palette.png"), palette: fourClasses())
    }
    guard case .unknownColor(_, _, 3, _, _, _) = error else {
      Issue.record("expected three unknown colours, got \(String(describing: error))")
      return
    }
  }

  @Test func idsOutOfRangeAreNamed() throws {
    let bytes = try encodedPNG(
      [0, 1, 2, 3, 9, 9], layout: SEMBLANCE_LAYOUT_GRAY, width: 3, height: 2)
    #expect(
      throws: PictureError.unknownClass(
        name: "m.png", id: 9, classCount: 4, pixels: 2, x: 1, y: 1)
    ) { try LabelMap(decoding: bytes, named: "m.png", palette: fourClasses()) }
  }

  @Test func greyValuesThatAreOnlyColoursAreColours() throws {
    let palette = try Palette([
      Palette.Entry(name: "background", color: .black),
      Palette.Entry(name: "tyre", color: RGBColor(105, 105, 105)),
    ])
    let bytes = try encodedPNG(
      [0, 105, 105, 0], layout: SEMBLANCE_LAYOUT_GRAY, width: 2, height: 2)
    #expect(try LabelMap(decoding: bytes, named: "m", palette: palette).labels == [0, 1, 1, 0])
  }

  @Test func transparentPixelsHaveNoClass() throws {
    let path = fixturePath("mask-transparent.png")
    let expected = PictureError.transparentMask(name: path, pixels: 2, x: 4, y: 3)
    #expect(throws: expected) { try LabelMap(contentsOf: path, palette: fourClasses()) }
    #expect(throws: expected) { try LabelMap.repairing(contentsOf: path, palette: fourClasses()) }
  }

  @Test func jpegIsRefusedUnlessRepairing() throws {
    let palette = try fourClasses()
    var map = LabelMap(width: 32, height: 32, filledWith: 1)
    for y in 0..<32 { for x in 16..<32 { map[x, y] = 3 } }
    let bytes = try map.colored(with: palette).encoded(as: .jpeg(quality: 90))
    #expect(throws: PictureError.lossyMask(name: "m.jpg")) {
      try LabelMap(decoding: bytes, named: "m.jpg", palette: palette)
    }
    let repaired = try LabelMap.repairing(decoding: bytes, named: "m.jpg", palette: palette)
    #expect(repaired.map == map)
    #expect(repaired.repairedPixels > 0)
  }

  @Test func masksOfAnotherSizeAreRefused() throws {
    let map = LabelMap(width: 4, height: 3, filledWith: 0)
    #expect(throws: Never.self) { try map.requireSize(width: 4, height: 3, named: "m.png") }
    #expect(
      throws: PictureError.sizeMismatch(
        name: "m.png", expectedWidth: 128, expectedHeight: 128, actualWidth: 4, actualHeight: 3)
    ) { try map.requireSize(width: 128, height: 128, named: "m.png") }
  }

  @Test func labelsBeyondThePaletteAreNotWritten() throws {
    let workspace = Workspace()
    let map = LabelMap(width: 2, height: 2, labels: [0, 1, 7, 8])
    let path = workspace.file("m.png")
    #expect(
      throws: PictureError.unknownClass(name: path, id: 7, classCount: 4, pixels: 2, x: 0, y: 1)
    ) { try map.write(to: path, palette: fourClasses()) }
    #expect(throws: PictureError.maskNotPNG(path: "m.jpg")) {
      try map.write(to: "m.jpg", palette: fourClasses())
    }
    #expect(workspace.names == [])
  }
}
