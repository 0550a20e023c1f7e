#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Pixels to be added at the edges of a picture.
struct EdgePadding: Equatable {
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int

  var largest: Int { max(left, top, right, bottom) }

  /// At least `minimum` pixels on every side.
  func atLeast(_ minimum: Int) -> EdgePadding {
    EdgePadding(
      left: max(left, minimum), top: max(top, minimum), right: max(right, minimum),
      bottom: max(bottom, minimum))
  }
}

extension Picture {
  /// The picture with reflections added at all four edges, which fade into a blur and further out
  /// into the median colour (FFHQ's filling of missing surroundings).
  ///
  /// - Parameters:
  ///   - padding: at least one pixel on every side.
  ///   - blur: standard deviation of the blur in pixels.
  func filledUp(by padding: EdgePadding, blur: Double) -> Picture {
    check(
      min(padding.left, padding.top, padding.right, padding.bottom) > 0,
      "filledUp: expected padding on every side, got \(padding)")
    let columns = Self.reflected(width, before: padding.left, after: padding.right)
    let rows = Self.reflected(height, before: padding.top, after: padding.bottom)
    let (newWidth, newHeight) = (columns.count, rows.count)
    var values = [Float](repeating: 0, count: newWidth * newHeight * 3)
    for (y, sourceRow) in rows.enumerated() {
      for (x, sourceColumn) in columns.enumerated() {
        let (to, from) = ((y * newWidth + x) * 3, (sourceRow * width + sourceColumn) * 3)
        for channel in 0..<3 { values[to + channel] = Float(pixels[from + channel]) }
      }
    }
    let soft = gaussianBlurred(values, width: newWidth, height: newHeight, deviation: blur)
    let fade = Self.fade(newWidth, newHeight, padding)
    for pixel in fade.indices {
      let weight = min(max(fade[pixel] * 3 + 1, 0), 1)
      for i in pixel * 3..<pixel * 3 + 3 { values[i] += (soft[i] - values[i]) * weight }
    }
    let medians = (0..<3).map { channel in
      Self.median(stride(from: channel, to: values.count, by: 3).map { values[$0] })
    }
    let result = values.indices.map { i in
      let weight = min(max(fade[i / 3], 0), 1)
      let value = values[i] + (medians[i % 3] - values[i]) * weight
      return UInt8(min(max(value.rounded(.toNearestOrEven), 0), 255))
    }
    return Picture(width: newWidth, height: newHeight, pixels: result, metadata: metadata)
  }

  /// Source positions of an axis whose ends are mirrored at the centres of the first and last
  /// pixel, again and again where the padding is longer than the axis.
  private static func reflected(_ count: Int, before: Int, after: Int) -> [Int] {
    let period = max(2 * (count - 1), 1)
    return (-before..<count + after).map { position in
      let inside = ((position % period) + period) % period
      return inside < count ? inside : period - inside
    }
  }

  /// 1 at the outer edge, 0 where the picture begins, less inside.
  private static func fade(_ width: Int, _ height: Int, _ padding: EdgePadding) -> [Float] {
    func axis(_ count: Int, _ before: Int, _ after: Int) -> [Float] {
      (0..<count).map { position in
        1 - min(Float(position) / Float(before), Float(count - 1 - position) / Float(after))
      }
    }
    let across = axis(width, padding.left, padding.right)
    let down = axis(height, padding.top, padding.bottom)
    return down.flatMap { vertical in across.map { max($0, vertical) } }
  }

  /// The middle value, or the mean of both middle values.
  private static func median(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// Interleaved RGB blurred by a Gaussian that is cut off at four standard deviations; edges are
/// mirrored at the outer side of the last pixel.
private func gaussianBlurred(
  _ values: [Float], width: Int, height: Int, deviation: Double
) -> [Float] {
  let radius = Int(4 * deviation + 0.5)
  if radius == 0 { return values }
  let raw = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
  let total = raw.reduce(0, +)
  let weights = raw.map { Float($0 / total) }
  func mirrored(_ count: Int) -> [Int] {
    (-radius..<count + radius).map { position in
      let inside = ((position % (2 * count)) + 2 * count) % (2 * count)
      return inside < count ? inside : 2 * count - 1 - inside
    }
  }
  let (rows, columns) = (mirrored(height), mirrored(width))
  let length = width * 3
  var middle = [Float](repeating: 0, count: values.count)
  var result = middle
  for y in 0..<height {
    for (tap, weight) in weights.enumerated() {
      let from = rows[y + tap] * length
      for i in 0..<length { middle[y * length + i] += weight * values[from + i] }
    }
    for x in 0..<width {
      for (tap, weight) in weights.enumerated() {
        let from = y * length + columns[x + tap] * 3
        for channel in 0..<3 {
          result[y * length + x * 3 + channel] += weight * middle[from + channel]
        }
      }
    }
  }
  return result
}
