import ArgumentParser
import Networks
import TensorCore

/// `semblance bench generator`: StyleGAN2's synthesis network.
struct GeneratorBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generator",
    abstract: "StyleGAN2 synthesis of one picture, and its gradient with respect to W+.")

  @Flag(help: "Measure the plain, most exact computation instead of the fast one.")
  var exact = false

  @OptionGroup var options: BenchmarkOptions

  private static let sizes = [(256, 16384), (256, 32768), (512, 32768), (1024, 32768)]

  func run() throws {
    try options.run(
      "generator",
      Self.sizes.flatMap { [forward($0, base: $1), forwardAndGradient($0, base: $1)] })
  }

  private func forward(_ resolution: Int, base: Int) -> BenchmarkCase {
    BenchmarkCase(
      "\(resolution) base \(base) forward", operations: operations(resolution, base)
    ) {
      let generator = try RandomModels.generator(
        resolution: resolution, channelBase: base, isExact: exact)
      let wPlus = RandomModels.wPlus(generator)
      return { _ = withoutRecording { generator.synthesis(wPlus).image } }
    }
  }

  private func forwardAndGradient(_ resolution: Int, base: Int) -> BenchmarkCase {
    BenchmarkCase(
      "\(resolution) base \(base) gradient", operations: 2 * operations(resolution, base)
    ) {
      let generator = try RandomModels.generator(
        resolution: resolution, channelBase: base, isExact: exact)
      let wPlus = RandomModels.wPlus(generator).copied(requiresGradient: true)
      let seed = RandomModels.picture(side: resolution, seed: 6)
      return {
        _ = gradients(
          of: generator.synthesis(wPlus).image, withRespectTo: [wPlus], seed: seed)
      }
    }
  }

  /// Multiplications and additions of all 3x3 convolutions.
  private func operations(_ resolution: Int, _ base: Int) -> Double {
    let sizes = StyleGAN2Architecture(resolution: resolution, channelBase: base)
    var inputs = sizes.channels(at: 4)
    var total = 0.0
    var side = 4
    while side <= resolution {
      let outputs = sizes.channels(at: side)
      // The first layer of a block is a transposed convolution of the smaller image.
      if side > 4 { total += Double(inputs * outputs * side * side) / 4 }
      total += Double(outputs * outputs * side * side)
      inputs = outputs
      side *= 2
    }
    return 18 * total
  }
}
