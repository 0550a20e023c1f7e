import TensorCore

/// A differentiable measure of how different pictures look from a fixed target.
///
/// The target's features are computed once; every step of an optimisation then costs one pass of the
/// network over the changing picture.
public protocol PerceptualDistance {
  /// The smallest height and width of pictures that can be compared.
  var minimumSide: Int { get }

  /// Computes the features of `image` once.
  ///
  /// - Parameters:
  ///   - image: target `[N, 3, H, W]` in -1...1, or `[1, 3, H, W]` for any number of pictures.
  ///   - mask: `[1, 1, H, W]` or `[N, 1, H, W]`, 1 where pictures are compared; where it is 0 both
  ///     are black, as in EditGAN's comparison outside the edited region. nil compares everything.
  func target(_ image: Tensor, mask: Tensor?) -> PerceptualTarget

  /// The distance of each picture from its target.
  ///
  /// - Parameter images: `[N, 3, H, W]` in -1...1, of the size of the target.
  /// - Returns: `[N]`, differentiable (once) with respect to `images`.
  func distance(_ images: Tensor, to target: PerceptualTarget) -> Tensor
}

extension PerceptualDistance {
  /// Computes the features of `image` once, for comparison over all pixels.
  public func target(_ image: Tensor) -> PerceptualTarget { target(image, mask: nil) }
}

/// The features that pictures are compared with; made and understood by one `PerceptualDistance`.
public struct PerceptualTarget {
  /// The features of each layer, without history.
  public let features: [Tensor]
  /// 1 where pictures are compared, nil for everywhere.
  public let mask: Tensor?

  /// Wraps features and the mask that was applied to the picture they were computed from.
  public init(features: [Tensor], mask: Tensor?) {
    self.features = features.map { $0.detached() }
    self.mask = mask
  }

  /// `images` in -1...1 with black where the mask is 0.
  public static func masked(_ images: Tensor, by mask: Tensor?) -> Tensor {
    guard let mask else { return images }
    return (images + 1) * mask - 1
  }
}

/// The distance of unit-length feature vectors, pixel by pixel: what LPIPS and its relatives share.
///
/// Each layer's map is `sum over channels of weight (a - b)^2` for features a, b of unit length; its
/// spatial mean is the layer's contribution. Features are `[N, C, H, W]` or blocked.
public struct UnitFeatureComparison {
  /// Weights of the channels, one tensor `[C]` for each layer.
  public let channelWeights: [Tensor]

  /// A comparison with these weights.
  public init(channelWeights: [Tensor]) { self.channelWeights = channelWeights }

  /// The features brought to unit length, without history.
  public func prepared(_ features: [Tensor]) -> [Tensor] {
    features.map { $0.shape.rank == 5 ? $0.blockedUnitNormalized() : $0.unitNormalized() }
  }

  /// The map `[N, 1, h, w]` of each layer.
  public func maps(_ features: [Tensor], to target: PerceptualTarget) -> [Tensor] {
    check(
      features.count == channelWeights.count && target.features.count == features.count,
      "unit features: \(features.count) layers, target of \(target.features.count), "
        + "weights of \(channelWeights.count)")
    return features.indices.map {
      let (own, other, weights) = (features[$0], target.features[$0], channelWeights[$0])
      return own.shape.rank == 5
        ? own.blockedUnitDistance(to: other, weights: weights)
        : own.unitDistance(to: other, weights: weights)
    }
  }

  /// The contribution `[N]` of each layer.
  public func contributions(_ features: [Tensor], to target: PerceptualTarget) -> [Tensor] {
    maps(features, to: target).map { $0.mean(axes: [1, 2, 3]) }
  }
}
