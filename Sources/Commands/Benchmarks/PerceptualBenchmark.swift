import ArgumentParser
import Networks
import TensorCore

/// `semblance bench lpips`: the perceptual distance on VGG16.
struct PerceptualBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lpips",
    abstract: "LPIPS on VGG16: features of a target, distance from it, gradient of the distance.")

  @OptionGroup var options: BenchmarkOptions

  func run() throws {
    let side = 256
    let operations = 40.1e9
    let cases = [
      BenchmarkCase("vgg16 \(side) target", operations: operations) {
        let lpips = try RandomModels.lpips()
        let picture = RandomModels.picture(side: side, seed: 7)
        return { _ = lpips.target(picture) }
      },
      BenchmarkCase("vgg16 \(side) forward", operations: operations) {
        let lpips = try RandomModels.lpips()
        let target = lpips.target(RandomModels.picture(side: side, seed: 7))
        let picture = RandomModels.picture(side: side, seed: 8)
        return { _ = withoutRecording { lpips.distance(picture, to: target) } }
      },
      BenchmarkCase("vgg16 \(side) gradient", operations: 2 * operations) {
        let lpips = try RandomModels.lpips()
        let target = lpips.target(RandomModels.picture(side: side, seed: 7))
        let picture = RandomModels.picture(side: side, seed: 8).copied(requiresGradient: true)
        return {
          _ = gradients(of: lpips.distance(picture, to: target), withRespectTo: [picture])
        }
      },
    ]
    try options.run("lpips", cases)
  }
}
