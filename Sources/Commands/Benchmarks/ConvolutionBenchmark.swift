import ArgumentParser
import TensorCore

/// `semblance bench conv`: single 3x3 convolutions of the generator and of VGG16.
struct ConvolutionBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conv",
    abstract: "3x3 convolutions with constant weights, forward and back to the input.")

  @OptionGroup var options: BenchmarkOptions

  /// Sizes of a convolution with padding 1 and stride 1.
  private struct Sizes {
    let network: String
    let inputs: Int
    let outputs: Int
    let side: Int

    var name: String {
      "\(network) \(inputs == outputs ? "\(inputs)" : "\(inputs)-\(outputs)")@\(side)"
    }
    var operations: Double { 2 * 9 * Double(inputs * outputs * side * side) }
  }

  private static let sizes: [Sizes] =
    [
      (512, 4), (512, 8), (512, 16), (512, 32), (512, 64), (256, 128), (128, 256), (64, 512),
      (32, 1024),
    ].map {
      Sizes(network: "stylegan2", inputs: $0.0, outputs: $0.0, side: $0.1)
    }
    + [
      (3, 64, 256), (64, 64, 256), (64, 128, 128), (128, 128, 128), (128, 256, 64), (256, 256, 64),
      (256, 512, 32), (512, 512, 32), (512, 512, 16),
    ].map { Sizes(network: "vgg16", inputs: $0.0, outputs: $0.1, side: $0.2) }

  func run() throws {
    let cases = Self.sizes.flatMap { sizes in
      [Self.forward(sizes), Self.gradient(sizes)]
    }
    try options.run("conv", cases)
  }

  private static func operands(_ sizes: Sizes) -> (input: Tensor, weights: FrozenWeights) {
    var random = RandomSource(seed: 5)
    let weight = random.normal([sizes.outputs, sizes.inputs, 3, 3])
    let input = random.normal([1, sizes.inputs, sizes.side, sizes.side])
    return (sizes.inputs > 4 ? input.blocked() : input, FrozenWeights(weight))
  }

  private static func forward(_ sizes: Sizes) -> BenchmarkCase {
    BenchmarkCase("\(sizes.name) forward", operations: sizes.operations) {
      let (input, weights) = operands(sizes)
      return { _ = input.convolved(withFrozen: weights) }
    }
  }

  /// The gradient alone: the forward pass is repeated outside of the clock only when it must be.
  private static func gradient(_ sizes: Sizes) -> BenchmarkCase {
    BenchmarkCase("\(sizes.name) gradient", operations: sizes.operations) {
      let (input, weights) = operands(sizes)
      let leaf = input.detached(requiresGradient: true)
      let output = leaf.convolved(withFrozen: weights)
      let seed = output.copied()
      return {
        _ = gradients(of: output, withRespectTo: [leaf], seed: seed, keepingTape: true)
      }
    }
  }
}
