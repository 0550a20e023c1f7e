import ArgumentParser
import Editing
import Networks
import TensorCore

/// `semblance bench edit-step`: one step of a mask edit.
struct EditStepBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit-step",
    abstract: "One whole optimisation step of a mask edit, and its parts.",
    discussion: """
      A step is synthesis, cross-entropy of the segmentation ensemble inside a region of 10 % of \
      the picture, LPIPS on VGG16 and squared differences outside of it, the gradient with respect \
      to W+, and Adam.
      """)

  @Option(help: ArgumentHelp("Members of the segmentation ensemble.", valueName: "n"))
  var members = 10

  @Option(help: ArgumentHelp("Classes of the mask.", valueName: "n"))
  var classes = 34

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard (1...100).contains(members), (2...256).contains(classes) else {
      throw ValidationError("--members is 1 to 100, --classes is 2 to 256")
    }
  }

  func run() throws {
    let sizes = [(128, 4096), (256, 16384), (256, 32768), (512, 32768), (1024, 32768)]
    try options.run(
      "edit-step",
      sizes.flatMap { resolution, base in
        [
          BenchmarkCase("\(resolution) base \(base) step") {
            try EditStep(resolution, base, members: members, classes: classes).step
          },
          BenchmarkCase("\(resolution) base \(base) ensemble") {
            try EditStep(resolution, base, members: members, classes: classes).ensembleAlone()
          },
        ]
      })
  }
}

/// An edit of a random picture with random networks.
private final class EditStep {
  private let generator: Generator
  private let branch: SegmentationBranch
  private let outside: ReconstructionLoss
  private let targets: [UInt8]
  private let weights: [Float]
  private let wPlus: Tensor
  private let moments: AdamMoments
  private var stepCount = 0

  init(_ resolution: Int, _ base: Int, members: Int, classes: Int) throws {
    generator = try RandomModels.generator(
      resolution: resolution, channelBase: base, isExact: false)
    branch = RandomModels.branch(of: generator, members: members, classes: classes)
    wPlus = RandomModels.wPlus(generator).copied(requiresGradient: true)
    moments = AdamMoments(shape: wPlus.shape)
    let region = resolution * 5 / 16
    let begin = (resolution - region) / 2
    var weights = [Float](repeating: 0, count: resolution * resolution)
    for row in begin..<begin + region {
      for column in begin..<begin + region {
        weights[row * resolution + column] = 1 / Float(region * region)
      }
    }
    self.weights = weights
    targets = (0..<resolution * resolution).map { UInt8($0 / resolution * classes / resolution) }
    let mask = Tensor(
      weights.map { $0 == 0 ? 1 : 0 }, shape: [1, 1, resolution, resolution])
    outside = ReconstructionLoss(
      target: RandomModels.picture(side: resolution, seed: 9), mask: mask,
      weights: .init(absolute: 0, squared: 1, pyramid: 0, perceptual: 1),
      perceptual: try RandomModels.lpips())
  }

  func step() {
    stepCount += 1
    moments.update(
      wPlus, gradient: gradients(of: loss(), withRespectTo: [wPlus])[0], rate: 1e-4,
      step: stepCount)
  }

  /// Feature maps are let go as soon as the gradient has passed them: nobody else holds them.
  private func loss() -> Tensor {
    let output = generator.synthesis(wPlus, features: .layers)
    return branch.crossEntropy(output.features, targets: targets, weights: weights)
      + outside(output.image)
  }

  /// The cross-entropy of fixed features with its gradient.
  func ensembleAlone() -> () -> Void {
    let output = withoutRecording { generator.synthesis(wPlus, features: .layers) }
    let features = output.features.map {
      FeatureMap(
        name: $0.name, resolution: $0.resolution, channels: $0.channels,
        tensor: $0.tensor.detached(requiresGradient: true), layout: $0.layout)
    }
    return { [branch, targets, weights] in
      let loss = branch.crossEntropy(features, targets: targets, weights: weights)
      _ = gradients(of: loss, withRespectTo: features.map(\.tensor))
    }
  }
}
