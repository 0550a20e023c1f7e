import Networks
import TensorCore
import TestSupport

/// A generator of a few thousand weights, at 16x16, with noise strengths and biases that are not 0.
func smallWeights(
  resolution: Int = 16, labelSize: Int = 0, configuration: StyleGAN2Configuration = .init()
) -> [String: Tensor] {
  let architecture = StyleGAN2Architecture(
    resolution: resolution, channelBase: 96, channelMaximum: 12, inputSize: 6, latentSize: 5,
    labelSize: labelSize, mappingLayers: 2)
  var weights = architecture.generatorWeights(seed: 5, configuration: configuration)
  var random = RandomSource(seed: 6)
  for name in weights.keys.sorted()
  where name.hasSuffix("noise_strength") || name.hasSuffix(".bias") || name.hasSuffix("w_avg") {
    guard let tensor = weights[name] else { continue }
    weights[name] = tensor + random.normal(tensor.shape) * 0.3
  }
  return weights
}

/// The generator of `smallWeights`.
func smallGenerator(
  isTrainable: Bool = false, labelSize: Int = 0, configuration: StyleGAN2Configuration = .init()
) throws -> Generator {
  try Generator(
    WeightTable(
      smallWeights(labelSize: labelSize, configuration: configuration), isTrainable: isTrainable),
    configuration: configuration)
}
