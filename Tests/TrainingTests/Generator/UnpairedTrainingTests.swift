import Checkpoints
import Foundation
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Unpaired training of a generator")
struct UnpairedTrainingTests {
  private let workspace: Workspace
  private let renderings: SmallRenderings

  init() throws {
    workspace = try Workspace()
    renderings = try SmallRenderings(count: 10, in: workspace)
  }

  private func options(steps: Int) -> UnpairedGeneratorOptions {
    var options = UnpairedGeneratorOptions(steps: steps)
    options.batchSize = 4
    options.pathInterval = 2
    options.penaltyInterval = 3
    options.augmentationInterval = 2
    options.augmentationPictures = 40
    options.mirrors = true
    return options
  }

  private func start(steps: Int) throws -> UnpairedGeneratorTraining {
    try UnpairedGeneratorTraining(
      data: UnpairedPictures(try PictureFiles(pictures: workspace.file("p"))),
      architecture: StyleGAN2Architecture(
        resolution: 16, channelBase: 64, channelMaximum: 8, inputSize: 8, latentSize: 8,
        mappingLayers: 2), options: options(steps: steps))
  }

  private func bits(_ training: UnpairedGeneratorTraining) -> [String: [UInt32]] {
    training.modelFile(domain: "x").tensors.mapValues { $0.values.map(\.bitPattern) }
  }

  @Test("a resumed run has the losses and the bytes of one that never stopped")
  func resume() throws {
    var expected: [[LossTerm]] = []
    let whole = try start(steps: 7)
    try whole.run {
      expected.append($0.losses)
      return true
    }
    var losses: [[LossTerm]] = []
    let first = try start(steps: 7)
    try first.run {
      losses.append($0.losses)
      return $0.step < 4
    }
    let state = workspace.file("run.state")
    try first.writeState(to: state)
    let second = try start(steps: 7)
    try second.resume(from: state)
    try second.run {
      losses.append($0.losses)
      return true
    }
    #expect(losses == expected && losses.count == 7)
    #expect(bits(second) == bits(whole))
    #expect(bits(whole) != bits(first))
    // The penalties had their turns.
    #expect(expected.map { $0[3].value > 0 } == [true, false, false, true, false, false, true])
    #expect(expected.map { $0[4].value > 0 } == [true, false, true, false, true, false, true])
  }

  @Test("the model that is written loads and draws the same picture")
  func export() throws {
    let training = try start(steps: 3)
    try training.run()
    let path = workspace.file("g.safetensors")
    try training.modelFile(domain: "discs").write(to: path, precision: .asIs)
    let model = try JointModel(contentsOf: path)
    var random = RandomSource(seed: 2)
    let z = random.normal([2, 8])
    let expected = try training.averagedGenerator()(z)
    expectClose(model.generator(z), expected, relativeToMax: 1e-4, "picture")
    #expect(model.domain == "discs" && model.branch == nil)
  }

  @Test("path lengths, their penalty and its gradients are those of PyTorch")
  func pathLength() throws {
    let fixture = try Fixture(path: fixturesFolder(of: #filePath) + "/generator_step.safetensors")
    let weights = try Dictionary(
      uniqueKeysWithValues: fixture.names.filter {
        $0.hasPrefix("weights.") && !$0.contains("segmentation")
      }.map { (String($0.dropFirst("weights.".count)), try fixture.tensor($0)) })
    let generator = try Generator(WeightTable(weights, isTrainable: true))
    let codes = generator.wPlus(try fixture.tensor("path_z"))
    let images = generator.synthesis(codes, noise: .none).image
    let noise = try fixture.tensor("path_noise")
    expectClose(
      PathLengthPenalty.lengths(images, of: codes, noise: noise),
      try fixture.tensor("path_lengths"), relativeToMax: 1e-5, "lengths")
    var penalty = PathLengthPenalty(mean: 0.5, decay: 0.01)
    let value = penalty(images, of: codes, noise: noise)
    let expected = try fixture.tensor("path_values").values
    #expect(abs(value.item - expected[0]) < 1e-4 * expected[0])
    #expect(abs(penalty.mean - expected[1]) < 1e-5)
    let names = fixture.names.filter { $0.hasPrefix("path_gradients.") }
    #expect(names.count > 40)
    let leaves = try names.map {
      try #require(generator.parameters[String($0.dropFirst("path_gradients.".count))])
    }
    let slopes = gradients(of: value, withRespectTo: leaves)
    for (name, slope) in zip(names, slopes) {
      expectClose(slope, try fixture.tensor(name), relativeToMax: 5e-4, name)
    }
  }

  @Test("the gradient penalty is that of differences, also behind augmentation")
  func gradientPenalty() throws {
    let sizes = StyleGAN2Architecture(
      resolution: 8, channelBase: 32, channelMaximum: 4, inputSize: 4, latentSize: 4)
    // A smooth activation: differences say nothing about a slope that jumps.
    let configuration = StyleGAN2Configuration(activation: .softplus)
    let weights = sizes.discriminatorWeights(seed: 3, configuration: configuration)
    let discriminator = try Discriminator(
      WeightTable(weights, isTrainable: true), configuration: configuration)
    var random = RandomSource(seed: 6)
    let real = random.normal([2, 3, 8, 8])
    let augmentation = AdaptiveAugmentation.bgc(probability: 0.7)
    func logits(_ pictures: Tensor) -> Tensor {
      var source = RandomSource(seed: 9)
      return discriminator(augmentation(pictures, random: &source))
    }
    let names = ["b4.out.weight", "b8.conv0.weight", "b8.fromrgb.bias"]
    let leaves = try names.map { try #require(discriminator.parameters[$0]) }
    let (value, slopes) = GradientPenalty.gradients(
      on: real, withRespectTo: leaves, factor: 1, logits: logits)
    // The squared slope along each pixel, by differences.
    var expected = 0.0
    for element in 0..<real.count {
      func total(_ shift: Float) -> Double {
        let moved = real.copied()
        moved.pointer[element] += shift
        return withoutRecording { logits(moved).values.reduce(0) { $0 + Double($1) } }
      }
      let slope = (total(5e-3) - total(-5e-3)) / 1e-2
      expected += slope * slope / 2
    }
    #expect(abs(Double(value) - expected) < 5e-3 * expected, "\(value), \(expected)")
    for (name, (leaf, slope)) in zip(names, zip(leaves, slopes)) {
      let step: Float = 5e-3
      for element in stride(from: 0, to: leaf.count, by: max(1, leaf.count / 5)) {
        func penalty(_ shift: Float) -> Float {
          let kept = leaf.pointer[element]
          leaf.pointer[element] += shift
          defer { leaf.pointer[element] = kept }
          return GradientPenalty.gradients(
            on: real, withRespectTo: [], factor: 1, logits: logits
          ).value
        }
        let difference = (penalty(step) - penalty(-step)) / (2 * step)
        let scale = slope.values.map(abs).max() ?? 0
        #expect(
          abs(difference - slope.pointer[element]) < 0.02 * scale,
          "\(name) \(element): \(difference), \(slope.pointer[element])")
      }
    }
  }

  @Test("augmentation rises while the discriminator is sure of real pictures, never leaves 0...1")
  func controller() {
    var controller = AugmentationController()
    controller.note(Tensor([3, 2, 1, 0.5]))
    controller.adjust(target: 0.6, by: 0.3)
    #expect(abs(controller.probability - 0.3) < 1e-9)
    // Without new answers nothing changes.
    controller.adjust(target: 0.6, by: 0.3)
    #expect(abs(controller.probability - 0.3) < 1e-9)
    controller.note(Tensor([3, 2, 1, -0.5]))
    controller.adjust(target: 0.6, by: 0.1)
    #expect(abs(controller.probability - 0.2) < 1e-9)
    controller.note(Tensor([-1, -1]))
    controller.adjust(target: 0.6, by: 0.5)
    #expect(controller.probability == 0)
    for _ in 0..<5 {
      controller.note(Tensor([1]))
      controller.adjust(target: 0.6, by: 0.5)
    }
    #expect(controller.probability == 1)
  }

  @Test("lazy regularisation scales rate and decay; the average starts quickly")
  func schedule() {
    let options = UnpairedGeneratorOptions(steps: 1)
    #expect(options.adam(interval: nil).rate == 0.0025 && options.adam(interval: nil).beta2 == 0.99)
    #expect(abs(options.adam(interval: 4).rate - 0.002) < 1e-9)
    #expect(abs(options.adam(interval: 16).beta2 - 0.990_585) < 1e-5)
    #expect(options.kept(pictures: 0) == 0)
    // Half a batch of 8 in 20 pictures seen so far, one twentieth of 400.
    #expect(abs(options.kept(pictures: 400) - 0.757_858) < 1e-5)
    #expect(abs(options.kept(pictures: 10_000_000) - 0.997_785) < 1e-5)
    #expect(abs(options.penaltyWeight(resolution: 64) - 0.1024) < 1e-6)
  }
}
