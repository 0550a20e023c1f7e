import Layers
import TensorCore

/// Synthesis with weights that are learned, in the blocked layout: modulation, convolution,
/// demodulation, bias and activation of a layer are one operation. Gradients (first order) reach
/// codes and weights.
///
/// Strengths of the noise learn, too. Feature maps are handed out blocked.
public struct LearnedSynthesis: SynthesisPass {
  /// A pass for `network`, nil when it has another activation or filter than StyleGAN2's, or a
  /// clamp.
  public init?(_ network: SynthesisNetwork) {
    guard network.filter == .binomial,
      network.layers.allSatisfy({
        $0.activation.activation == .leakyReLU && $0.activation.clamp == nil
      })
    else { return nil }
  }

  /// Runs all layers of `network`.
  public func run(
    _ network: SynthesisNetwork, wPlus: Tensor, noise: [Tensor?], features: FeatureSelection
  ) -> SynthesisOutput {
    let channels = network.constant.shape[0]
    var h = network.constant.reshaped([1, channels, 4, 4]).blocked()
    h = h.broadcast(to: Shape([wPlus.shape[0]] + h.shape.dimensions.dropFirst()))
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
    for block in network.blocks {
      for layer in block.layers {
        h = run(layer, h, wPlus.selecting(row, axis: 1), noise[row])
        row += 1
        if case .none = features { continue }
        maps.append(
          FeatureMap(
            name: layer.name, resolution: layer.resolution, channels: layer.channels, tensor: h,
            layout: .blocked))
      }
      let layer = block.toImage
      let picture = h.projectedToPlanes(
        withLearned: layer.convolution.weight,
        inputScale: layer.style(wPlus.selecting(row, axis: 1)), bias: layer.bias)
      image = image.map { $0.resampled(by: upsampling) + picture } ?? picture
    }
    guard let image else { fatalError("synthesis: a network without blocks") }
    return SynthesisOutput(image: image, features: maps)
  }

  private func run(
    _ layer: SynthesisLayer, _ input: Tensor, _ latent: Tensor, _ noise: Tensor?
  ) -> Tensor {
    let style = layer.affine(latent)
    let weight = layer.convolution.weight
    let epilogue = ConvolutionEpilogue(
      bias: layer.bias, noise: noise,
      noiseStrength: noise == nil ? 0 : layer.noiseStrength.item,
      slope: Activation.leakyReLUSlope, gain: layer.activation.gain)
    let strength = noise == nil ? nil : layer.noiseStrength
    let energy = weight.kernelEnergy()
    let demodulation = (style.squared().matrixProduct(energy, transposingOther: true) + 1e-8)
      .reciprocalSquareRoot()
    return layer.upsamples
      ? input.upsamplingConvolved(
        withLearned: weight, blurTaps: [0.25, 0.75, 0.75, 0.25], inputScale: style,
        outputScale: demodulation, epilogue: epilogue, noiseStrength: strength)
      : input.convolved(
        withLearned: weight, inputScale: style, outputScale: demodulation, epilogue: epilogue,
        noiseStrength: strength)
  }
}
