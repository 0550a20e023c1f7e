import Layers
import TensorCore

/// A perceptual distance that needs no download: unit-length features of the convolutions of the
/// domain model's own encoder, compared as LPIPS does, with equal weights for all channels.
public final class EncoderFeatureDistance: PerceptualDistance {
  private let convolutions: [FrozenConvolution]
  private let layerWeights: [Float]
  private let comparison: UnitFeatureComparison

  /// The distance of a stack of strided 3x3 convolutions.
  ///
  /// - Parameters:
  ///   - convolutions: weights `[K, C, 3, 3]` and biases `[K]`, first layer first; each has stride 2
  ///     and padding 1.
  ///   - slope: of the leaky ReLU behind each convolution.
  ///   - layerWeights: weights of the layers' contributions, as many as convolutions; layers behind
  ///     the last weight are left out. nil compares all layers alike.
  public init(
    convolutions: [(weight: Tensor, bias: Tensor)], slope: Float = 0.2,
    layerWeights: [Float]? = nil
  ) {
    let layerWeights = layerWeights ?? convolutions.map { _ in 1 }
    check(
      !layerWeights.isEmpty && layerWeights.count <= convolutions.count,
      "encoder features: \(layerWeights.count) weights for \(convolutions.count) layers")
    self.layerWeights = layerWeights
    self.convolutions = convolutions.prefix(layerWeights.count).map {
      FrozenConvolution(
        weight: $0.weight, bias: $0.bias, stride: 2, padding: 1, slope: slope)
    }
    comparison = UnitFeatureComparison(
      channelWeights: self.convolutions.map { .ones([$0.outputChannels]) })
  }

  /// One pixel: every convolution pads.
  public var minimumSide: Int { 1 }

  /// Features of `image` `[N, 3, H, W]` in -1...1, of unit length.
  public func target(_ image: Tensor, mask: Tensor?) -> PerceptualTarget {
    withoutRecording {
      PerceptualTarget(
        features: comparison.prepared(features(PerceptualTarget.masked(image, by: mask))),
        mask: mask)
    }
  }

  /// The weighted sum of the layers' contributions: `[N]`.
  public func distance(_ images: Tensor, to target: PerceptualTarget) -> Tensor {
    let parts = comparison.contributions(
      features(PerceptualTarget.masked(images, by: target.mask)), to: target)
    let weighted = zip(parts, layerWeights).map { $0 * $1 }
    return weighted.dropFirst().reduce(weighted[0], +)
  }

  private func features(_ images: Tensor) -> [Tensor] {
    var h = images
    return convolutions.map { convolution in
      h = convolution(h)
      return h
    }
  }
}
