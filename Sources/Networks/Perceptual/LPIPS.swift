import TensorCore

/// Learned perceptual image patch similarity (Zhang et al. 2018): weighted squared distances of the
/// unit-length features of a classification network.
///
/// Weights are the user's: the network in torchvision's names and the linear layers of the
/// published files (`lin{i}.model.1.weight`).
public final class LPIPS: PerceptualDistance {
  /// Which of the published versions is computed.
  public enum Version: String, Sendable {
    /// Version 0.0: inputs go to the network as they are.
    case unscaled = "0.0"
    /// Version 0.1: inputs are shifted and scaled to the statistics of ImageNet first.
    case scaled = "0.1"
  }

  /// The network.
  public let backbone: LPIPSBackbone
  /// The version.
  public let version: Version
  private let network: LPIPSFeatures
  private let comparison: UnitFeatureComparison
  private let shift = Tensor([-0.030, -0.088, -0.188], shape: [3, 1, 1])
  private let scale = Tensor([0.458, 0.448, 0.450], shape: [3, 1, 1])

  /// Reads a network and its linear layers.
  ///
  /// - Parameters:
  ///   - weights: `features.N.*` of torchvision or `net.sliceS.N.*` of an LPIPS module.
  ///   - linear: `lin{i}.model.1.weight` or `{i}.1.weight`, each `[1, C_i, 1, 1]`; nil sums the
  ///     channels without weights.
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(
    _ backbone: LPIPSBackbone, weights: WeightTable, linear: WeightTable?,
    version: Version = .scaled
  ) throws(ModelError) {
    self.backbone = backbone
    self.version = version
    network = try LPIPSFeatures(backbone, weights)
    var channelWeights: [Tensor] = []
    for (index, channels) in backbone.channels.enumerated() {
      guard let linear else {
        channelWeights.append(.ones([channels]))
        continue
      }
      let short = "\(index).1.weight"
      let name = linear.shape(of: short) == nil ? "lin\(index).model.1.weight" : short
      channelWeights.append(
        try linear.tensor(name, shape: [1, channels, 1, 1]).reshaped([channels]))
    }
    comparison = UnitFeatureComparison(channelWeights: channelWeights)
  }

  /// The smallest height and width of pictures that the network can read.
  public var minimumSide: Int { backbone.minimumSide }

  /// Features of `image` `[N, 3, H, W]` in -1...1, of unit length.
  public func target(_ image: Tensor, mask: Tensor?) -> PerceptualTarget {
    withoutRecording {
      PerceptualTarget(
        features: comparison.prepared(features(PerceptualTarget.masked(image, by: mask))),
        mask: mask)
    }
  }

  /// LPIPS of each picture `[N, 3, H, W]` in -1...1: `[N]`.
  public func distance(_ images: Tensor, to target: PerceptualTarget) -> Tensor {
    let parts = layerDistances(images, to: target)
    return parts.dropFirst().reduce(parts[0], +)
  }

  /// The contribution `[N]` of each layer to the distance.
  public func layerDistances(_ images: Tensor, to target: PerceptualTarget) -> [Tensor] {
    comparison.contributions(
      features(PerceptualTarget.masked(images, by: target.mask)), to: target)
  }

  /// The distance at every pixel, `[N, 1, H, W]`: each layer's map brought to the size of the
  /// pictures by bilinear interpolation, and summed.
  public func distanceMap(_ images: Tensor, to target: PerceptualTarget) -> Tensor {
    let (height, width) = (images.shape[2], images.shape[3])
    let maps = comparison.maps(
      features(PerceptualTarget.masked(images, by: target.mask)), to: target
    ).map { $0.resizedBilinear(height: height, width: width) }
    return maps.dropFirst().reduce(maps[0], +)
  }

  /// The features of each layer, as the network gives them.
  func features(_ images: Tensor) -> [Tensor] {
    check(
      images.shape.rank == 4 && images.shape[1] == 3
        && min(images.shape[2], images.shape[3]) >= minimumSide,
      "LPIPS: pictures \(images.shape), expected [N, 3, H, W] of at least \(minimumSide) pixels")
    return network(scaled(images))
  }

  /// The input of the network.
  func scaled(_ images: Tensor) -> Tensor {
    switch version {
    case .unscaled: images
    case .scaled: (images - shift) / scale
    }
  }
}
