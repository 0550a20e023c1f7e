import CCodecs
import Testing

@testable import Pictures

@Suite("Palettes of public collections")
struct NamedPaletteTests {
  @Test(arguments: [
    ("coco", 183), ("landscape", 183), ("ade20k", 151), ("cityscapes", 35), ("facades", 13),
  ])
  func everyCollectionHasAsManyClassesAsChannels(name: String, count: Int) throws {
    let palette = try #require(NamedPalette.named(name))
    #expect(palette.palette.count == count)
    #expect(NamedPalette.named(name + "x") == nil)
  }

  /// SPADE spec 7.1: values in label maps of COCO-Stuff.
  @Test(arguments: [
    ("person", 0), ("sky-other", 156), ("clouds", 105), ("fog", 119), ("tree", 168),
    ("grass", 123), ("bush", 96), ("flower", 118), ("hill", 126), ("mountain", 134), ("rock", 149),
    ("stone", 161), ("river", 147), ("sea", 154), ("water-other", 177), ("snow", 158),
    ("sand", 153), ("dirt", 110), ("gravel", 124), ("mud", 135), ("road", 148), ("straw", 162),
    ("wood", 181), ("unlabeled", 182),
  ])
  func cocoClassesHaveTheirValues(name: String, value: UInt8) throws {
    #expect(try NamedPalette.cocoStuff.palette.id(named: name) == value)
  }

  @Test(arguments: [
    ("wall", 1), ("sky", 3), ("person", 13), ("water", 22), ("bus", 81), ("flag", 150),
  ])
  func adeClassesHaveTheirValues(name: String, value: UInt8) throws {
    #expect(try NamedPalette.ade20k.palette.id(named: name) == value)
  }

  @Test(arguments: [("road", 7), ("building", 11), ("sky", 23), ("car", 26), ("bicycle", 33)])
  func cityscapesClassesHaveTheirValues(name: String, value: UInt8) throws {
    #expect(try NamedPalette.cityscapes.palette.id(named: name) == value)
  }

  /// SPADE spec 7.6.
  @Test(arguments: [
    (0, RGBColor(128, 0, 0)), (1, RGBColor(0, 128, 0)), (2, RGBColor(128, 128, 0)),
    (3, RGBColor(0, 0, 128)), (7, RGBColor(64, 0, 0)),
  ])
  func coloursOfIDs(id: Int, color: RGBColor) {
    #expect(NamedPalette.color(of: id) == color)
  }

  @Test func theValue255IsUnlabelledWhereItHasThatMeaning() throws {
    let bytes = try encodedPNG(
      [0, 156, 255, 168], layout: SEMBLANCE_LAYOUT_GRAY, width: 2, height: 2)
    let coco = NamedPalette.cocoStuff
    let map = try LabelMap(
      decoding: bytes, named: "m.png", palette: coco.palette, unlabelled: coco.unlabelled)
    #expect(map.labels == [0, 156, 182, 168])
    #expect(
      throws: PictureError.unknownClass(
        name: "m.png", id: 255, classCount: 183, pixels: 1, x: 0, y: 1)
    ) { try LabelMap(decoding: bytes, named: "m.png", palette: coco.palette) }
  }
}

@Suite("Instance maps")
struct InstanceMapTests {
  @Test func bothSidesOfABorderAreEdges() {
    let map = InstanceMap(
      width: 5, height: 3, ids: [1, 1, 1, 2, 2, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1])
    let edges = map.edges.map { $0 ? 1 : 0 }
    #expect(edges == [0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1])
    #expect(!InstanceMap(width: 2, height: 2, ids: [7, 7, 7, 7]).edges.contains(true))
  }

  @Test func numbersOfAnyDepthAreRead() throws {
    let workspace = Workspace()
    try writeFile(
      encodedPNG([0, 7, 255, 7], layout: SEMBLANCE_LAYOUT_GRAY, width: 2, height: 2),
      to: workspace.file("grey.png"))
    #expect(try InstanceMap(contentsOf: workspace.file("grey.png")).ids == [0, 7, 255, 7])
    try Picture(width: 1, height: 1, filledWith: RGBColor(1, 2, 3)).write(
      to: workspace.file("rgb.png"))
    #expect(try InstanceMap(contentsOf: workspace.file("rgb.png")).ids == [0x010203])
    let sixteen = try InstanceMap(contentsOf: fixturePath("mask-gray16.png"))
    #expect(sixteen.ids == (try fixture("mask.ids")).map(UInt32.init))
  }

  @Test func partsAndSizesKeepNumbers() {
    let map = InstanceMap(width: 4, height: 2, ids: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(map.cropped(to: PixelRect(left: 1, top: 0, width: 2, height: 2)).ids == [2, 3, 6, 7])
    #expect(map.resized(width: 2, height: 1).ids == [6, 8])
  }
}

@Suite("Masks are inspected")
struct MaskInspectionTests {
  private func inspect(_ picture: Picture) throws -> MaskInspection {
    let workspace = Workspace()
    try picture.write(to: workspace.file("m.png"))
    return try MaskInspection(contentsOf: workspace.file("m.png"), palette: fourClasses())
  }

  @Test func classesAreCounted() throws {
    let inspection = try MaskInspection(
      contentsOf: fixturePath("mask-rgb.png"), palette: fourClasses())
    let ids = try fixture("mask.ids")
    #expect(inspection.isClean)
    #expect((inspection.width, inspection.height) == (11, 7))
    #expect(inspection.pixelsOfClasses == (0..<4).map { id in ids.filter { $0 == id }.count })
  }

  @Test func unknownColoursAreListedWithTheirFirstPixel() throws {
    var picture = Picture(width: 8, height: 6, filledWith: .black)
    picture[5, 1] = RGBColor(1, 2, 3)
    picture[2, 4] = RGBColor(9, 9, 9)
    picture[3, 4] = RGBColor(9, 9, 9)
    let inspection = try inspect(picture)
    #expect(
      inspection.unknown == [
        .init(value: "#090909", pixels: 2, x: 2, y: 4),
        .init(value: "#010203", pixels: 1, x: 5, y: 1),
      ])
    #expect(inspection.unknownPixels == 3)
    #expect(inspection.mixedPixels == 0)
  }

  @Test func softEdgesAreToldFromForeignColours() throws {
    var picture = Picture(width: 9, height: 4, filledWith: .black)
    for y in 0..<4 {
      picture[4, y] = RGBColor(128, 102, 85)
      for x in 5..<9 { picture[x, y] = RGBColor(255, 205, 170) }
    }
    let inspection = try inspect(picture)
    #expect(inspection.unknownPixels == 4)
    #expect(inspection.mixedPixels == 4)
  }

  @Test func thinStrokesAreCounted() throws {
    var picture = Picture(width: 12, height: 9, filledWith: .black)
    for y in 0..<9 { picture[5, y] = RGBColor(235, 150, 110) }
    #expect(try inspect(picture).thinPixels == 9)
    for y in 0..<9 {
      picture[6, y] = RGBColor(235, 150, 110)
      picture[4, y] = RGBColor(235, 150, 110)
    }
    #expect(try inspect(picture).thinPixels == 0)
  }

  @Test func idsOutOfRangeAreListed() throws {
    let workspace = Workspace()
    try writeFile(
      encodedPNG([0, 4, 3, 200], layout: SEMBLANCE_LAYOUT_GRAY, width: 4, height: 1),
      to: workspace.file("m.png"))
    let inspection = try MaskInspection(
      contentsOf: workspace.file("m.png"), palette: fourClasses())
    #expect(
      inspection.unknown == [
        .init(value: "4", pixels: 1, x: 1, y: 0), .init(value: "200", pixels: 1, x: 3, y: 0),
      ])
    #expect(inspection.pixelsOfClasses == [1, 0, 0, 1])
  }
}

@Suite("Animated PNG")
struct AnimatedPNGTests {
  private func chunks(_ file: [UInt8]) -> [(type: String, content: [UInt8])] {
    var chunks: [(type: String, content: [UInt8])] = []
    var position = 8
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      chunks.append(
        (
          String(decoding: file[position + 4..<position + 8], as: UTF8.self),
          Array(file[position + 8..<position + 8 + length])
        ))
      position += 12 + length
    }
    return chunks
  }

  @Test func framesFollowEachOtherInSequence() throws {
    var animation = AnimatedPNG(frameMilliseconds: 40)
    let frames = (0..<3).map { noise(width: 20, height: 11, seed: UInt64($0)) }
    for frame in frames { try animation.append(frame) }
    let file = animation.encoded
    let chunks = chunks(file)
    #expect(chunks.first?.type == "IHDR")
    #expect(chunks.last?.type == "IEND")
    #expect(chunks.filter { $0.type == "acTL" }.map(\.content) == [[0, 0, 0, 3, 0, 0, 0, 0]])
    let controls = chunks.filter { $0.type == "fcTL" }
    #expect(controls.count == 3)
    #expect(
      controls[0].content
        == [0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 11] + [UInt8](repeating: 0, count: 8)
        + [0, 40, 3, 232, 0, 0])
    let numbers = chunks.filter { $0.type == "fcTL" || $0.type == "fdAT" }
      .map { $0.content.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    #expect(numbers == Array(0..<numbers.count))
    // Who knows no animation sees the first picture.
    #expect(try Picture(decoding: file, named: "a.png").pixels == frames[0].pixels)
  }

  @Test func laterFramesHoldTheirPictures() throws {
    var animation = AnimatedPNG(frameMilliseconds: 100)
    let second = noise(width: 7, height: 5, seed: 2)
    try animation.append(noise(width: 7, height: 5, seed: 1))
    try animation.append(second)
    let chunks = chunks(animation.encoded)
    // The second frame as a file of its own, with the checksums that this module's encoder writes.
    let plain = self.chunks(try second.encoded(as: .png))
    let data = chunks.filter { $0.type == "fdAT" }.flatMap { $0.content.dropFirst(4) }
    #expect(data == plain.filter { $0.type == "IDAT" }.flatMap(\.content))
  }
}
