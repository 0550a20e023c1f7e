/// One gain and offset per channel that carry a patch's colours to a photo's.
struct ColorMatch: Equatable {
  private(set) var gains: [Float] = [1, 1, 1]
  private(set) var offsets: [Float] = [0, 0, 0]

  /// No correction.
  init() {}

  /// Fits `back` = gain * `front` + offset on the pixels of `ring`.
  ///
  /// Least squares drawn towards gain 1 where the ring has little contrast (a prior of 100 squared
  /// levels), the gain kept within 0.8...1.25. Pixels whose difference is far from the median are
  /// left out: they show something else in the patch and not another light. With few pixels the
  /// correction shrinks towards none, n / (n + 16).
  init(of front: Picture, to back: Picture, on ring: Region) {
    let members = ring.bits.indices.filter { ring.bits[$0] }
    guard !members.isEmpty else { return }
    for channel in 0..<3 {
      let pairs = ColorMatch.inliers(
        members.map { pixel in
          (
            front: Double(front.pixels[3 * pixel + channel]),
            back: Double(back.pixels[3 * pixel + channel])
          )
        })
      let count = Double(pairs.count)
      let frontMean = pairs.reduce(0) { $0 + $1.front } / count
      let backMean = pairs.reduce(0) { $0 + $1.back } / count
      var variance = 0.0
      var covariance = 0.0
      for pair in pairs {
        variance += (pair.front - frontMean) * (pair.front - frontMean) / count
        covariance += (pair.front - frontMean) * (pair.back - backMean) / count
      }
      let prior = 100.0
      let trust = count / (count + 16)
      let fitted = min(max((covariance + prior) / (variance + prior), 0.8), 1.25)
      let gain = 1 + trust * (fitted - 1)
      // The offset moves means onto each other, as far as the means are trusted.
      let target = frontMean + trust * (backMean - frontMean)
      gains[channel] = Float(gain)
      offsets[channel] = Float(target - gain * frontMean)
    }
  }

  /// The pairs whose difference lies within three robust deviations (at least 8 levels) of the
  /// median difference.
  private static func inliers(
    _ pairs: [(front: Double, back: Double)]
  ) -> [(front: Double, back: Double)] {
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let center = median(pairs.map { $0.back - $0.front })
    let deviation = 1.4826 * median(pairs.map { abs($0.back - $0.front - center) })
    let limit = max(3 * deviation, 8)
    return pairs.filter { abs($0.back - $0.front - center) <= limit }
  }

  /// The patch's values with the correction, interleaved RGB, not clamped.
  func applied(to picture: Picture) -> [Float] {
    picture.pixels.indices.map { index in
      gains[index % 3] * Float(picture.pixels[index]) + offsets[index % 3]
    }
  }
}
