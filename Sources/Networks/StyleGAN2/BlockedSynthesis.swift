import Layers
import TensorCore

/// Synthesis with frozen weights in the blocked layout: modulation, convolution, demodulation,
/// noise, bias and activation of a layer are one operation, and the weights are transformed once for
/// fast convolution. Gradients (first order) reach the codes.
///
/// Feature maps are handed out blocked. Against `PlanarSynthesis` a picture differs by rounding:
/// below 2e-5 of its largest value (see `ConvolutionAlgorithm`).
public final class BlockedSynthesis: SynthesisPass {
  private let layers: [FrozenWeights]
  private let imageLayers: [FrozenWeights]
  private let start: Tensor

  /// A pass for `network`, nil when its weights are trained, or when it has another activation or
  /// filter than StyleGAN2's.
  public init?(_ network: SynthesisNetwork) {
    guard network.filter == .binomial, !network.constant.tracksGradient else { return nil }
    for layer in network.layers {
      guard layer.activation.activation == .leakyReLU, !layer.convolution.weight.tracksGradient
      else { return nil }
    }
    layers = network.layers.map { FrozenWeights($0.convolution.weight) }
    imageLayers = network.blocks.map { FrozenWeights($0.toImage.convolution.weight) }
    let channels = network.constant.shape[0]
    start = network.constant.reshaped([1, channels, 4, 4]).blocked()
  }

  /// Runs all layers of `network`, which must be the one that the pass was made for.
  public func run(
    _ network: SynthesisNetwork, wPlus: Tensor, noise: [Tensor?], features: FeatureSelection
  ) -> SynthesisOutput {
    let batch = wPlus.shape[0]
    let channels = network.constant.shape[0]
    var h = start
    if batch > 1 {
      h = h.broadcast(to: Shape([batch] + h.shape.dimensions.dropFirst()))
    }
    var maps: [FeatureMap] = []
    if case .constantAndLayers = features {
      maps.append(
        FeatureMap(
          name: FeatureMap.constantName, resolution: 4, channels: channels, tensor: h,
          layout: .blocked))
    }
    let upsampling = network.filter.upsampling()
    var image: Tensor?
    var row = 0
    for (index, block) in network.blocks.enumerated() {
      for layer in block.layers {
        h = run(layer, layers[row], h, wPlus.selecting(row, axis: 1), noise[row])
        row += 1
        if case .none = features { continue }
        maps.append(
          FeatureMap(
            name: layer.name, resolution: layer.resolution, channels: layer.channels, tensor: h,
            layout: .blocked))
      }
      let layer = block.toImage
      let picture = h.projectedToPlanes(
        withFrozen: imageLayers[index], inputScale: layer.style(wPlus.selecting(row, axis: 1)),
        bias: layer.bias, clamp: layer.activation.clamp ?? .infinity)
      image = image.map { $0.resampled(by: upsampling) + picture } ?? picture
    }
    guard let image else { fatalError("synthesis: a network without blocks") }
    return SynthesisOutput(image: image, features: maps)
  }

  private func run(
    _ layer: SynthesisLayer, _ weights: FrozenWeights, _ input: Tensor, _ latent: Tensor,
    _ noise: Tensor?
  ) -> Tensor {
    let style = layer.affine(latent)
    let strength = noise == nil ? 0 : layer.noiseStrength.item
    let epilogue = ConvolutionEpilogue(
      bias: layer.bias, noise: strength == 0 ? nil : noise, noiseStrength: strength,
      slope: Activation.leakyReLUSlope, gain: layer.activation.gain,
      clamp: layer.activation.clamp ?? .infinity)
    let demodulation = layer.convolution.demodulation(style)
    return layer.upsamples
      ? input.upsamplingConvolved(
        withFrozen: weights, blurTaps: [0.25, 0.75, 0.75, 0.25], inputScale: style,
        outputScale: demodulation, epilogue: epilogue)
      : input.convolved(
        withFrozen: weights, inputScale: style, outputScale: demodulation, epilogue: epilogue)
  }
}
