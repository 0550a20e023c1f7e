/// A built-in font of 5 x 9 pixels, two of them below the line, for labels on sheets: printable
/// ASCII, no files needed.
enum BitmapFont {
  /// Columns of a glyph.
  static let glyphWidth = 5
  /// Rows of a glyph.
  static let glyphHeight = 9
  /// Columns from one glyph to the next.
  static let advance = 6

  /// The nine rows of the glyph of `character`, top first, bit 4 leftmost; a frame for characters
  /// that the font does not have.
  static func rows(of character: Character) -> [UInt8] {
    guard let code = character.asciiValue, (32...126).contains(code) else {
      return [31, 17, 17, 17, 17, 17, 31, 0, 0]
    }
    return glyphs[Int(code) - 32].utf8.map { digit in
      digit < 0x61 ? digit - 0x30 : digit - 0x61 + 10
    }
  }

  /// From space on; each row of a glyph is one digit in base 32.
  private static let glyphs = [
    "000000000", "444440400", "aaa000000", "aavavaa00", "4fke5u400", "op248j300",
    "cik8lid00", "448000000", "248884200", "842224800", "04lel4000", "044v44000",
    "00000cc48", "000v00000", "00000cc00", "01248g000", "ehjlphe00", "4c4444e00",
    "eh1248v00", "v2421he00", "26aiv2200", "vgu11he00", "68guhhe00", "v12488800",
    "ehhehhe00", "ehhf12c00", "0cc0cc000", "00cc0cc48", "248g84200", "00v0v0000",
    "842124800", "eh1240400", "eh1dlle00", "ehhvhhh00", "uhhuhhu00", "ehggghe00",
    "sihhhis00", "vgguggv00", "vgguggg00", "ehgnhhf00", "hhhvhhh00", "e44444e00",
    "72222ic00", "hikokih00", "ggggggv00", "hrllhhh00", "hhpljhh00", "ehhhhhe00",
    "uhhuggg00", "ehhhlid00", "uhhukih00", "fgge11u00", "v44444400", "hhhhhhe00",
    "hhhhha400", "hhhllla00", "hha4ahh00", "hhha44400", "v1248gv00", "e88888e00",
    "0g8421000", "e22222e00", "4ah000000", "000000v00", "842000000", "00e1fhf00",
    "ggmphhu00", "00egghe00", "11djhhf00", "00ehvge00", "698s88800", "00fhhhf1e",
    "ggmphhh00", "40c444e00", "2062222ic", "ggikoki00", "c44444e00", "00qllhh00",
    "00mphhh00", "00ehhhe00", "00uhhhugg", "00fhhhf11", "00mpggg00", "00ege1u00",
    "88s889600", "00hhhjd00", "00hhha400", "00hhlla00", "00ha4ah00", "00hhhhf1e",
    "00v248v00", "244844200", "444444400", "844244800", "009m00000",
  ]
}
