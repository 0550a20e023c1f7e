extension Picture {
  /// Columns that `text` takes at a scale.
  static func textWidth(_ text: String, scale: Int) -> Int {
    max(0, text.count * BitmapFont.advance - 1) * scale
  }

  /// Draws one line of text with its top left corner at (`left`, `top`); what reaches beyond the
  /// edges is left out.
  ///
  /// - Parameter scale: pixels per font pixel, at least 1.
  public mutating func draw(
    _ text: String, left: Int, top: Int, color: RGBColor = .black, scale: Int = 1
  ) {
    let scale = max(1, scale)
    for (index, character) in text.enumerated() {
      let origin = left + index * BitmapFont.advance * scale
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.glyphWidth where bits >> (4 - column) & 1 == 1 {
          fill(
            PixelRect(
              left: origin + column * scale, top: top + row * scale, width: scale, height: scale),
            with: color)
        }
      }
    }
  }

  /// Paints the part of `rect` that lies in the picture.
  public mutating func fill(_ rect: PixelRect, with color: RGBColor) {
    let visible = rect.intersection(frame)
    guard !visible.isEmpty else { return }
    for y in visible.top..<visible.bottom {
      for x in visible.left..<visible.right { self[x, y] = color }
    }
  }
}
