import Testing

@testable import Pictures

@Suite struct MaskRepairTests {
  /// Skin on the left, lip on the right, and a column of their mean between them.
  private func strokes() throws -> (Picture, Palette) {
    let palette = try fourClasses()
    var map = LabelMap(width: 8, height: 4, filledWith: 1)
    for y in 0..<4 { for x in 4..<8 { map[x, y] = 3 } }
    var picture = map.colored(with: palette)
    for y in 0..<4 { picture[4, y] = RGBColor(237, 122, 115) }
    return (picture, palette)
  }

  @Test func mixturesBecomeAClassOfTheirSurroundings() throws {
    let (picture, palette) = try strokes()
    // By colour alone it would be a nose.
    #expect(palette.nearest(to: RGBColor(237, 122, 115)) == 2)
    let repaired = LabelMap.repairing(picture, palette: palette)
    #expect(repaired.repairedPixels == 4)
    #expect(repaired.map.classes == [1, 3])
  }

  @Test func almostExactColoursKeepTheirClassWithoutNeighbours() throws {
    let palette = try fourClasses()
    var picture = Picture(width: 9, height: 9, filledWith: .black)
    picture[4, 4] = RGBColor(237, 149, 108)
    let repaired = LabelMap.repairing(picture, palette: palette)
    #expect(repaired.map[4, 4] == 2)
    #expect(repaired.repairedPixels == 1)
  }

  @Test func farFromAnyExactPixelTheNearestClassIsTaken() throws {
    let palette = try fourClasses()
    let picture = Picture(width: 3, height: 3, filledWith: RGBColor(200, 60, 80))
    let repaired = LabelMap.repairing(picture, palette: palette)
    #expect(repaired.map == LabelMap(width: 3, height: 3, filledWith: 3))
    #expect(repaired.repairedPixels == 9)
  }
}
