/// The border of an area in pixels; the upper left corner of the picture is (0, 0), the centre of its
/// first pixel (0.5, 0.5).
enum Outline {
  /// A point of a picture.
  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  /// The area that an odd number of sides surrounds.
  case polygon([Point])
  /// A circle by its centre and a point on it.
  case circle(center: Point, through: Point)

  /// Sets the pixels whose centres lie inside.
  func fill(_ labels: inout [UInt8], width: Int, height: Int, with label: UInt8) {
    for row in 0..<height {
      let crossings = crossings(y: Double(row) + 0.5)
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        // Pixels whose centre lies in the half-open interval.
        let first = max(0, (crossings[pair] - 0.5).rounded(.up))
        let last = min(Double(width), (crossings[pair + 1] - 0.5).rounded(.up))
        guard first < last else { continue }
        for column in Int(first)..<Int(last) { labels[row * width + column] = label }
      }
    }
  }

  /// Where a horizontal line crosses the border, in order; always an even number of places.
  private func crossings(y: Double) -> [Double] {
    switch self {
    case .circle(let center, let through):
      let (dx, dy) = (through.x - center.x, through.y - center.y)
      let square = dx * dx + dy * dy - (y - center.y) * (y - center.y)
      if square <= 0 { return [] }
      return [center.x - square.squareRoot(), center.x + square.squareRoot()]
    case .polygon(let points):
      var places: [Double] = []
      for (index, a) in points.enumerated() {
        let b = points[(index + 1) % points.count]
        // Half-open in y, so that a corner on the line counts once.
        guard (a.y <= y) != (b.y <= y) else { continue }
        places.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
      }
      return places.sorted()
    }
  }
}
