import Testing

@testable import Pictures

@Suite struct PaletteTests {
  @Test func coloursAndIdsAreInverse() throws {
    let palette = try fourClasses()
    for id in 0..<4 { #expect(palette.id(of: palette.color(of: UInt8(id))) == UInt8(id)) }
    #expect(palette.id(of: RGBColor(255, 205, 171)) == nil)
    #expect(try palette.id(named: "nose") == 2)
    #expect(palette.names == ["background", "skin", "nose", "upper_lip"])
  }

  @Test func ambiguousPalettesAreRefused() {
    let black = Palette.Entry(name: "a", color: .black)
    #expect(throws: PictureError.paletteSize(count: 0)) { try Palette([]) }
    #expect(throws: PictureError.duplicateColor(color: "#000000", first: "a", second: "b")) {
      try Palette([black, Palette.Entry(name: "b", color: .black)])
    }
    #expect(throws: PictureError.duplicateClass(name: "a")) {
      try Palette([black, Palette.Entry(name: "a", color: .white)])
    }
    let many = (0..<257).map {
      Palette.Entry(name: "c\($0)", color: RGBColor(hex: UInt32($0)))
    }
    #expect(throws: PictureError.paletteSize(count: 257)) { try Palette(many) }
    #expect(throws: Never.self) { try Palette(Array(many.dropLast())) }
  }

  @Test func coloursAreWrittenAsSixDigits() {
    #expect(RGBColor(0, 10, 255).description == "#000aff")
    #expect(RGBColor(hex: 0x12ab05).hex == 0x12ab05)
  }
}
