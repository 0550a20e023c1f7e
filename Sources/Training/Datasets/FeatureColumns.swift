import Networks
import TensorCore

/// The hypercolumns of single pixels, gathered from feature maps at their own resolutions: the whole
/// hypercolumn of a 512-pixel picture would take 6 GB (editgan spec section 1.4).
struct FeatureColumns {
  /// Channels of each map.
  let channels: [Int]

  /// Channels of all maps.
  var count: Int { channels.reduce(0, +) }

  /// Writes a row of `count` numbers for each pixel: the features at its centre, by bilinear
  /// interpolation, map after map.
  ///
  /// - Parameters:
  ///   - features: maps of one picture.
  ///   - pixels: positions in a square of `side`, row by row.
  func write(
    _ features: [FeatureMap], pixels: [Int], side: Int, to target: UnsafeMutablePointer<Float>
  ) {
    check(
      features.map(\.channels) == channels && features.allSatisfy { $0.tensor.shape[0] == 1 },
      "feature columns: channels \(features.map(\.channels)), expected \(channels)")
    let width = count
    let starts = channels.indices.map { channels[..<$0].reduce(0, +) }
    let taps = features.map { Tap.all(from: $0.resolution, to: side) }
    Parallel.forRanges(pixels.count, grain: 32) { range in
      for index in range {
        let (row, column) = pixels[index].quotientAndRemainder(dividingBy: side)
        for (map, feature) in features.enumerated() {
          Self.write(
            feature, taps[map][row], taps[map][column], to: target + index * width + starts[map])
        }
      }
    }
  }

  /// The two neighbours that a position lies between.
  private struct Tap {
    let low: Int
    let high: Int
    /// Weight of `high`.
    let fraction: Float

    /// Pixel centres lie at `i + 0.5`, as the segmentation branch has them.
    static func all(from input: Int, to output: Int) -> [Tap] {
      (0..<output).map { index in
        let position = max(0, (Double(index) + 0.5) * Double(input) / Double(output) - 0.5)
        let low = min(Int(position), input - 1)
        return Tap(
          low: low, high: min(low + 1, input - 1), fraction: Float(position - Double(low)))
      }
    }
  }

  private static func write(
    _ map: FeatureMap, _ row: Tap, _ column: Tap, to target: UnsafeMutablePointer<Float>
  ) {
    let side = map.resolution
    let corners = [
      row.low * side + column.low, row.low * side + column.high, row.high * side + column.low,
      row.high * side + column.high,
    ]
    let (a, b) = (row.fraction, column.fraction)
    let (w0, w1, w2, w3) = ((1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b)
    let source = map.tensor.pointer
    // Channels of a pixel lie side by side in blocks of 16, or each in a plane of its own.
    let lanes = map.layout == .blocked ? 16 : 1
    let plane = side * side * lanes
    let (p0, p1) = (source + corners[0] * lanes, source + corners[1] * lanes)
    let (p2, p3) = (source + corners[2] * lanes, source + corners[3] * lanes)
    for first in stride(from: 0, to: map.channels, by: lanes) {
      let offset = first / lanes * plane
      for lane in 0..<min(lanes, map.channels - first) {
        let i = offset + lane
        target[first + lane] = w0 * p0[i] + w1 * p1[i] + w2 * p2[i] + w3 * p3[i]
      }
    }
  }
}
