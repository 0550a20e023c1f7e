extension Picture {
  /// The picture with a mask's colours over it.
  ///
  /// - Parameters:
  ///   - map: a mask of any size; it is resized to the picture.
  ///   - palette: the colours of its classes.
  ///   - opacity: of the colours, 0...1; clamped.
  ///   - hidden: classes that are not drawn, by default class 0, the background.
  public func overlaid(
    with map: LabelMap, palette: Palette, opacity: Float = 0.5, hiding hidden: Set<UInt8> = [0]
  ) -> Picture {
    let labels = map.resized(width: width, height: height)
    let weight = opacity > 0 ? min(opacity, 1) : 0
    var result = self
    for (pixel, label) in labels.labels.enumerated() where !hidden.contains(label) {
      let color = palette.color(of: label)
      for (channel, value) in [color.red, color.green, color.blue].enumerated() {
        let old = Float(result.pixels[3 * pixel + channel])
        result.pixels[3 * pixel + channel] = UInt8(resampled: old + weight * (Float(value) - old))
      }
    }
    return result
  }

  /// The picture with the inner border of a region drawn on it.
  ///
  /// - Parameter region: a region of any grid; it is resized to the picture.
  public func outlined(_ region: Region, color: RGBColor = .white) -> Picture {
    let region = region.resized(width: width, height: height)
    var result = self
    for y in 0..<height {
      for x in 0..<width where region[x, y] {
        let isInner =
          x > 0 && x + 1 < width && y > 0 && y + 1 < height && region[x - 1, y]
          && region[x + 1, y] && region[x, y - 1] && region[x, y + 1]
        if !isInner { result[x, y] = color }
      }
    }
    return result
  }
}
