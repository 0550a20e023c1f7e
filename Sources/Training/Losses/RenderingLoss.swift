import TensorCore

/// How far generated pictures are from the renderings that they should repeat: weighted absolute
/// differences of pixels and of the bands of a Laplacian pyramid, and of the local energy of edges,
/// which must be right even where an edge is misplaced by a pixel or two (against blur).
public struct RenderingLoss {
  /// Factor of the bands.
  public var bandWeight: Float
  /// Factor of the edge energies; 0 for none.
  public var edgeWeight: Float
  /// How often pictures are halved.
  public var levels: Int

  /// A loss.
  public init(bandWeight: Float = 1, edgeWeight: Float = 1, levels: Int = 4) {
    check(levels >= 1, "rendering loss: \(levels) levels")
    self.bandWeight = bandWeight
    self.edgeWeight = edgeWeight
    self.levels = levels
  }

  /// The loss of pictures `[N, C, h, w]`, a scalar.
  ///
  /// - Parameters:
  ///   - targets: what they should be.
  ///   - weights: a weight for each pixel, `[N, 1, h, w]`; 1 on average.
  public func callAsFunction(_ pictures: Tensor, _ targets: Tensor, weights: Tensor) -> Tensor {
    // Bands are linear: the band of a difference is the difference of the bands.
    var difference = pictures - targets
    var weight = weights
    var total = (difference.absolute() * weight).mean()
    for _ in 0..<levels {
      let smaller = Self.halved(difference)
      let band =
        difference - smaller.resizedNearest(height: difference.shape[2], width: difference.shape[3])
      total = total + (band.absolute() * weight).mean() * bandWeight
      difference = smaller
      weight = Self.halved(weight)
    }
    total = total + difference.absolute().mean() * 0.5
    if edgeWeight == 0 { return total }
    let expected = withoutRecording { edges(targets) }
    for (own, other) in zip(edges(pictures), expected) {
      total = total + (own - other).absolute().mean() * edgeWeight
    }
    return total
  }

  private static func halved(_ planes: Tensor) -> Tensor {
    planes.resizedArea(height: planes.shape[2] / 2, width: planes.shape[3] / 2)
  }

  /// Mean absolute steps to the neighbours below and to the right in overlapping squares of 4x4
  /// pixels, of the three finest levels.
  private func edges(_ pictures: Tensor) -> [Tensor] {
    var level = pictures
    var result: [Tensor] = []
    for index in 0..<min(3, levels) {
      if index > 0 { level = Self.halved(level) }
      for axis in [2, 3] {
        let length = level.shape[axis]
        let step = level.slice(1..<length, axis: axis) - level.slice(0..<length - 1, axis: axis)
        result.append(
          step.absolute().resampled(
            by: PlaneMap(
              rows: Self.windows(step.shape[2]), columns: Self.windows(step.shape[3]))))
      }
    }
    return result
  }

  /// Means of four pixels, two apart.
  private static func windows(_ length: Int) -> AxisMap {
    AxisMap(
      inputCount: length,
      rows: (0..<(length - 4) / 2 + 1).map { start in
        (0..<4).map { (2 * start + $0, 0.25) }
      })
  }
}
