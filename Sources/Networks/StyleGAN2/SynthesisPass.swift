import TensorCore

/// Which features a synthesis pass hands out.
public enum FeatureSelection: Sendable {
  /// None: memory of a layer is free as soon as the next has read it.
  case none
  /// The result of every styled convolution, in order: b4.conv1, b8.conv0, b8.conv1, ...
  case layers
  /// The learned constant b4.const first, then the layers.
  case constantAndLayers
}

/// What a synthesis pass gives.
public struct SynthesisOutput {
  /// The picture `[N, 3, H, W]`, about -1...1, not limited.
  public let image: Tensor
  /// The features that were asked for, in order.
  public let features: [FeatureMap]

  /// A picture with features.
  public init(image: Tensor, features: [FeatureMap]) {
    self.image = image
    self.features = features
  }
}

/// A way to compute the synthesis network. The arithmetic is the same for all, rounding aside; they
/// differ in speed and in what they can differentiate.
public protocol SynthesisPass {
  /// Runs all layers of `network`.
  ///
  /// - Parameters:
  ///   - wPlus: `[N, rowCount, latentSize]`.
  ///   - noise: for each layer a map `[1 or N, 1, r, r]` of unit noise, or nil.
  func run(
    _ network: SynthesisNetwork, wPlus: Tensor, noise: [Tensor?], features: FeatureSelection
  ) -> SynthesisOutput
}

/// Layers one after the other on `[N, C, H, W]`, every step differentiable any number of times with
/// respect to codes, noise and weights.
public struct PlanarSynthesis: SynthesisPass, Sendable {
  /// The plain way.
  public init() {}

  /// Runs all layers of `network`.
  public func run(
    _ network: SynthesisNetwork, wPlus: Tensor, noise: [Tensor?], features: FeatureSelection
  ) -> SynthesisOutput {
    let channels = network.constant.shape[0]
    var h = network.constant.reshaped([1, channels, 4, 4])
      .broadcast(to: [wPlus.shape[0], channels, 4, 4])
    var maps: [FeatureMap] = []
    if case .constantAndLayers = features {
      maps.append(
        FeatureMap(name: FeatureMap.constantName, resolution: 4, channels: channels, tensor: h))
    }
    let upsampling = network.filter.upsampling()
    var image: Tensor?
    var row = 0
    for block in network.blocks {
      for layer in block.layers {
        h = layer(h, latent: wPlus.selecting(row, axis: 1), noise: noise[row])
        row += 1
        if case .none = features { continue }
        maps.append(
          FeatureMap(
            name: layer.name, resolution: layer.resolution, channels: layer.channels, tensor: h))
      }
      let addition = block.toImage(h, latent: wPlus.selecting(row, axis: 1))
      image = image.map { $0.resampled(by: upsampling) + addition } ?? addition
    }
    guard let image else { fatalError("synthesis: a network without blocks") }
    return SynthesisOutput(image: image, features: maps)
  }
}
