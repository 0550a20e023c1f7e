import Networks
import TensorCore

/// Networks of full size with random weights, for measuring.
enum RandomModels {
  /// A StyleGAN2 generator whose layers use their noise.
  static func generator(resolution: Int, channelBase: Int, isExact: Bool) throws -> Generator {
    var weights = StyleGAN2Architecture(resolution: resolution, channelBase: channelBase)
      .generatorWeights(seed: 1)
    for name in weights.keys where name.hasSuffix("noise_strength") { weights[name] = Tensor(0.1) }
    var generator = try Generator(WeightTable(weights))
    if !isExact, let pass = BlockedSynthesis(generator.synthesis) {
      generator.synthesis.pass = pass
    }
    return generator
  }

  /// Codes of a generator, `[1, rows, w]`.
  static func wPlus(_ generator: Generator) -> Tensor {
    var random = RandomSource(seed: 2)
    return generator.wPlus(random.normal([1, generator.mapping.inputSize]), truncationPsi: 0.7)
  }

  /// A picture in -1...1.
  static func picture(side: Int, seed: UInt64) -> Tensor {
    var random = RandomSource(seed: seed)
    return random.normal([1, 3, side, side]).hyperbolicTangent()
  }

  /// LPIPS on VGG16, with He's initialisation.
  static func lpips() throws -> LPIPS {
    var random = RandomSource(seed: 3)
    let layers = [
      (0, 64), (2, 64), (5, 128), (7, 128), (10, 256), (12, 256), (14, 256), (17, 512), (19, 512),
      (21, 512), (24, 512), (26, 512), (28, 512),
    ]
    var weights: [String: Tensor] = [:]
    var inputs = 3
    for (index, outputs) in layers {
      weights["features.\(index).weight"] =
        random.normal([outputs, inputs, 3, 3]) * (2 / Float(9 * inputs)).squareRoot()
      weights["features.\(index).bias"] = random.normal([outputs]) * 0.01
      inputs = outputs
    }
    return try LPIPS(.vgg16, weights: WeightTable(weights), linear: nil)
  }

  /// An ensemble of pixel classifiers (128 and 32 hidden units) on a generator's features.
  static func branch(of generator: Generator, members: Int, classes: Int) -> SegmentationBranch {
    var random = RandomSource(seed: 4)
    let channels = generator.synthesis.layers.map(\.channels)
    func linear(_ outputs: Int, _ inputs: Int) -> (weight: Tensor, bias: Tensor) {
      (
        random.normal([outputs, inputs]) * (2 / Float(inputs)).squareRoot(),
        random.normal([outputs]) * 0.01
      )
    }
    let total = channels.reduce(0, +)
    return SegmentationBranch(
      members: (0..<members).map { _ in
        .init(first: linear(128, total), second: linear(32, 128), third: linear(classes, 32))
      }, featureChannels: channels, resolution: generator.synthesis.resolution)
  }
}
