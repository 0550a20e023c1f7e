import TensorCore

/// A perceptual distance without weights: absolute differences of the bands of a Laplacian pyramid
/// and of the local energy of edges.
///
/// Each band is judged alike, so that fine detail counts as much as broad light and shade; the
/// energy of edges must be right even where an edge is misplaced by a pixel or two (against blur).
public struct PyramidDistance: PerceptualDistance {
  /// How often the picture is halved at most; small pictures are halved less often.
  public let levels: Int
  /// Weight of the absolute difference of the pixels themselves.
  public let pixelWeight: Float
  /// Weight of each band.
  public let bandWeight: Float
  /// Weight of the coarsest level.
  public let coarseWeight: Float
  /// Weight of the edge energies, 0 for none.
  public let edgeWeight: Float
  /// Side of the squares over which edge energy is gathered.
  private static let edgeCell = 4

  /// A distance with these weights.
  public init(
    levels: Int = 4, pixelWeight: Float = 1, bandWeight: Float = 1, coarseWeight: Float = 0.5,
    edgeWeight: Float = 0
  ) {
    check(levels >= 0, "pyramid: \(levels) levels")
    self.levels = levels
    self.pixelWeight = pixelWeight
    self.bandWeight = bandWeight
    self.coarseWeight = coarseWeight
    self.edgeWeight = edgeWeight
  }

  /// One pixel: small pictures have fewer levels.
  public var minimumSide: Int { 1 }

  /// The picture `[N, 3, H, W]` and the energies of its edges.
  public func target(_ image: Tensor, mask: Tensor?) -> PerceptualTarget {
    withoutRecording {
      let compared = PerceptualTarget.masked(image, by: mask)
      return PerceptualTarget(features: [compared] + edges(compared), mask: mask)
    }
  }

  /// The weighted sum of all parts, each a mean over pixels and channels: `[N]`.
  public func distance(_ images: Tensor, to target: PerceptualTarget) -> Tensor {
    let compared = PerceptualTarget.masked(images, by: target.mask)
    // Bands are linear: the band of a difference is the difference of the bands.
    var level = compared - target.features[0]
    var total = magnitude(level) * pixelWeight
    for _ in 0..<depth(level) {
      let (height, width) = (level.shape[2], level.shape[3])
      let smaller = level.resizedArea(height: height / 2, width: width / 2)
      let band = level - smaller.resizedNearest(height: height, width: width)
      total = total + magnitude(band) * bandWeight
      level = smaller
    }
    total = total + magnitude(level) * coarseWeight
    for (own, other) in zip(edges(compared), target.features.dropFirst()) {
      total = total + magnitude(own - other) * edgeWeight
    }
    return total
  }

  private func magnitude(_ difference: Tensor) -> Tensor {
    difference.absolute().mean(axes: [1, 2, 3])
  }

  private func depth(_ image: Tensor) -> Int {
    var side = min(image.shape[2], image.shape[3])
    var count = 0
    while count < levels, side >= 2 {
      side /= 2
      count += 1
    }
    return count
  }

  /// Mean absolute steps to the neighbours below and to the right, over squares of pixels, of the
  /// three finest levels.
  private func edges(_ image: Tensor) -> [Tensor] {
    if edgeWeight == 0 { return [] }
    var level = image
    var result: [Tensor] = []
    for index in 0..<min(3, levels) {
      if index > 0 {
        level = level.resizedArea(height: level.shape[2] / 2, width: level.shape[3] / 2)
      }
      let (height, width) = (level.shape[2], level.shape[3])
      guard min(height, width) > Self.edgeCell else { break }
      for axis in [2, 3] {
        let length = level.shape[axis]
        let step = level.slice(1..<length, axis: axis) - level.slice(0..<length - 1, axis: axis)
        result.append(
          step.absolute().resizedArea(height: height / Self.edgeCell, width: width / Self.edgeCell))
      }
    }
    return result
  }
}
