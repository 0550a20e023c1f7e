/// The shape that a region grows by.
public enum StructuringElement: String, CaseIterable, Sendable {
  /// All pixels whose centres are at most the radius away.
  case disc
  /// All pixels at most the radius away in both directions, (2r + 1) x (2r + 1).
  case square
}

extension Region {
  /// The region grown by `radius` pixels in all directions.
  ///
  /// - Parameter radius: at least 0; 0 changes nothing.
  public func dilated(by radius: Int, _ element: StructuringElement = .disc) -> Region {
    guard radius > 0 else { return self }
    switch element {
    case .disc:
      // No two pixels of a grid are further apart than this, and its square does not overflow.
      let reach = min(radius, width + height)
      let bits = squaredDistances().map { $0 <= reach * reach }
      return Region(width: width, height: height, bits: bits)
    case .square:
      let rows = dilatedLines(
        bits, lines: height, length: width, lineStride: width, stride: 1, radius)
      let both = dilatedLines(
        rows, lines: width, length: height, lineStride: 1, stride: width, radius)
      return Region(width: width, height: height, bits: both)
    }
  }

  /// The pixels around the region, up to `width` pixels away.
  public func ring(width: Int) -> Region { dilated(by: width).subtracting(self) }
}

/// Grows the set along lines: a pixel joins when a member is at most `radius` before or after it.
private func dilatedLines(
  _ bits: [Bool], lines: Int, length: Int, lineStride: Int, stride: Int, _ radius: Int
) -> [Bool] {
  var result = bits
  for line in 0..<lines {
    let start = line * lineStride
    for order in [Array(0..<length), Array((0..<length).reversed())] {
      var sinceMember = Int.max
      for position in order {
        let index = start + position * stride
        sinceMember = bits[index] ? 0 : (sinceMember == .max ? .max : sinceMember + 1)
        if sinceMember <= radius { result[index] = true }
      }
    }
  }
  return result
}
