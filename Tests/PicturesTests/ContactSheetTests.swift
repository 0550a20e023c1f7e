import Testing

@testable import Pictures

@Suite struct ContactSheetTests {
  @Test func cellsLieInAGrid() throws {
    var sheet = ContactSheet(columns: 2, cellWidth: 20, cellHeight: 10)
    sheet.padding = 3
    sheet.append(Picture(width: 20, height: 10, filledWith: RGBColor(255, 0, 0)))
    sheet.skip()
    sheet.append(
      LabelMap(width: 10, height: 5, filledWith: 3), palette: try fourClasses())
    let page = sheet.rendered()
    #expect(page.width == 3 + 2 * 23 && page.height == 3 + 2 * 13)
    #expect(page[2, 3] == .white && page[3, 3] == RGBColor(255, 0, 0))
    #expect(page[22, 12] == RGBColor(255, 0, 0) && page[23, 12] == .white)
    #expect(page[30, 8] == .white)
    #expect(page[3, 16] == RGBColor(220, 40, 60) && page[22, 25] == RGBColor(220, 40, 60))
  }

  @Test func picturesKeepTheirAspect() {
    var sheet = ContactSheet(columns: 1, cellWidth: 20, cellHeight: 20)
    sheet.padding = 0
    sheet.append(Picture(width: 100, height: 50, filledWith: .black))
    let page = sheet.rendered()
    let dark = (0..<20).filter { page[10, $0] == .black }
    #expect(dark == Array(5..<15))
  }

  @Test func labelsAndTitlesTakeRowsOfTheirOwn() {
    var sheet = ContactSheet(columns: 1, cellWidth: 60, cellHeight: 10)
    sheet.textScale = 1
    sheet.append(Picture(width: 1, height: 1, filledWith: .white), label: "before")
    let plain = ContactSheet(columns: 1, cellWidth: 60, cellHeight: 10).rendered()
    let labelled = sheet.rendered()
    #expect(labelled.height == plain.height + 11)
    #expect(labelled.pixels.contains(40))
    sheet.title = "smile"
    #expect(sheet.rendered().height == labelled.height + 19)
  }

  @Test func textIsDrawnFromTheFont() {
    var picture = Picture(width: 12, height: 9, filledWith: .white)
    picture.draw("Hg", left: 0, top: 0)
    let rows = (0..<9).map { y in
      (0..<12).map { picture[$0, y] == .black ? "#" : "." }.joined()
    }
    #expect(
      rows == [
        "#...#.......", "#...#.......", "#...#..####.", "#####.#...#.", "#...#.#...#.",
        "#...#.#...#.", "#...#..####.", "..........#.", ".......###..",
      ])
    #expect(Picture.textWidth("Hg", scale: 2) == 22)
  }

  @Test func everyPrintableCharacterHasAGlyphOfItsOwn() {
    let glyphs = (32...126).compactMap { UnicodeScalar($0).map { Character($0) } }
      .map { BitmapFont.rows(of: $0) }
    #expect(Set(glyphs).count == 95)
    #expect(glyphs.allSatisfy { $0.count == 9 && $0.allSatisfy { $0 < 32 } })
    #expect(BitmapFont.rows(of: "é") == BitmapFont.rows(of: "\n"))
  }

  @Test func longLabelsAreShortened() {
    var sheet = ContactSheet(columns: 1, cellWidth: 23, cellHeight: 4)
    sheet.textScale = 1
    sheet.padding = 0
    sheet.append(Picture(width: 1, height: 1, filledWith: .white), label: "abcdefgh")
    var expected = Picture(width: 23, height: 15, filledWith: .white)
    expected.draw("ab..", left: 0, top: 6, color: sheet.textColor)
    #expect(sheet.rendered() == expected)
  }

  @Test func overlaysLeaveHiddenClassesAlone() throws {
    let picture = Picture(width: 2, height: 1, filledWith: .black)
    let map = LabelMap(width: 2, height: 1, labels: [0, 3])
    let overlaid = picture.overlaid(with: map, palette: try fourClasses(), opacity: 0.5)
    #expect(overlaid[0, 0] == .black)
    #expect(overlaid[1, 0] == RGBColor(110, 20, 30))
  }

  @Test func outlinesAreOnePixelWide() {
    let region = Region(width: 6, height: 6, bits: (0..<36).map { ($0 % 6) > 0 && $0 >= 6 })
    let outlined = Picture(width: 6, height: 6, filledWith: .black).outlined(region)
    #expect(outlined[0, 3] == .black && outlined[1, 3] == .white && outlined[2, 3] == .black)
    #expect(outlined[5, 3] == .white)
  }
}
