import Layers
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

@testable import Training

/// One step of the paired training against examples/training/train_generator (PyTorch): the same
/// weights, pictures and pixels of the grid.
@Suite("A paired step is that of the PyTorch trainer")
struct PairedStepTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture(path: fixturesFolder(of: #filePath) + "/generator_step.safetensors")
  }

  private func networks() throws -> JointNetworks {
    let weights = try Dictionary(
      uniqueKeysWithValues: fixture.names.filter { $0.hasPrefix("weights.") }.map {
        (String($0.dropFirst("weights.".count)), try fixture.tensor($0))
      })
    return try JointNetworks(weights, configuration: .init(), isTrainable: true)
  }

  private func sample(at resolution: Int) throws -> PairedSample {
    let scale = 32 / resolution
    let area = PixelRect(left: 0, top: 4 / scale, width: 32 / scale, height: 24 / scale)
    let pictures = try fixture.tensor("x")
    let all = try fixture.tensor("y").values
    var labels: [UInt8] = []
    for image in 0..<4 {
      for row in 0..<area.height {
        for column in 0..<area.width {
          let (y, x) = (row * scale + scale / 2, column * scale + scale / 2)
          labels.append(UInt8(all[(image * 24 + y) * 32 + x]))
        }
      }
    }
    func places(_ name: String, _ start: Int, _ length: Int) throws -> [Int] {
      try fixture.tensor(name).values.map { Int($0) }.filter { $0 < length }.map { $0 + start }
    }
    return PairedSample(
      resolution: resolution, latents: try fixture.tensor("z"),
      targets: pictures.resizedArea(height: area.height, width: area.width), labels: labels,
      area: area,
      grid: PixelGrid(
        side: resolution, rows: try places("rows", area.top, area.height),
        columns: try places("columns", 0, area.width)))
  }

  @Test(
    "pictures, losses and all gradients agree, at the full and at a lower resolution",
    arguments: [32, 16])
  func generator(resolution: Int) throws {
    let networks = try networks()
    let sample = try sample(at: resolution)
    let drawn = networks.draw(networks.generator.mapping(sample.latents), at: resolution)
    expectClose(
      drawn.image, try fixture.tensor("image\(resolution)"), relativeToMax: 2e-5, "picture")
    let objective = PairedObjective(
      options: PairedGeneratorOptions(steps: 1, stages: .standard(resolution: 32)),
      classWeights: try fixture.tensor("class_weights").values)
    let result = objective(networks, sample)
    let expected = try fixture.tensor("losses\(resolution)").values
    let found = result.terms.map(\.value) + [result.total.item]
    for (own, other) in zip(found, expected) { #expect(abs(own - other) < 1e-5 * abs(other)) }
    let names = fixture.names.filter { $0.hasPrefix("gradients\(resolution).") }
    #expect(names.count == (resolution == 32 ? 55 : 43))
    let parameters = networks.parameters
    let leaves = try names.map {
      try #require(parameters[String($0.dropFirst("gradients32.".count))])
    }
    for (name, slope) in zip(names, gradients(of: result.total, withRespectTo: leaves)) {
      expectClose(slope, try fixture.tensor(name), relativeToMax: 2e-4, name)
    }
  }

  private func discriminator(isTrainable: Bool) throws -> CropDiscriminator {
    let weights = try Dictionary(
      uniqueKeysWithValues: fixture.names.filter { $0.hasPrefix("discriminator.") }.map {
        (String($0.dropFirst("discriminator.".count)), try fixture.tensor($0))
      })
    return try CropDiscriminator(
      WeightTable(weights, isTrainable: isTrainable),
      configuration: .init(side: 16, filters: 4, mostChannels: 8))
  }

  @Test("the discriminator's loss, gradient penalty and gradients agree")
  func judge() throws {
    let discriminator = try discriminator(isTrainable: true)
    let (fake, real) = (try fixture.tensor("fake"), try fixture.tensor("real"))
    let names = discriminator.parameters.keys.sorted()
    let leaves = names.compactMap { discriminator.parameters[$0] }
    let losses = try fixture.tensor("d_losses").values
    let loss =
      discriminator(fake).logits.softplus().mean() + (-discriminator(real).logits).softplus().mean()
    #expect(abs(loss.item - losses[0]) < 1e-5 * losses[0])
    for (name, slope) in zip(names, gradients(of: loss, withRespectTo: leaves)) {
      expectClose(
        slope, try fixture.tensor("d_gradients.\(name)"), relativeToMax: 1e-4, "D \(name)")
    }
    let (penalty, slopes) = GradientPenalty.gradients(
      on: real, withRespectTo: leaves, factor: 8
    ) { discriminator($0).logits }
    #expect(abs(penalty - losses[1]) < 1e-5 * losses[1])
    for (name, slope) in zip(names, slopes) {
      expectClose(
        slope, try fixture.tensor("r1_gradients.\(name)"), relativeToMax: 1e-4, "R1 \(name)")
    }
  }

  @Test("what the discriminator tells the generator agrees")
  func verdict() throws {
    let discriminator = try discriminator(isTrainable: false)
    let fake = try fixture.tensor("fake", requiresGradient: true)
    let losses = try fixture.tensor("d_losses").values
    let expected = withoutRecording { discriminator((try? fixture.tensor("real")) ?? fake) }
    let (adversarial, features) = CropJudge.losses(
      of: discriminator(fake), comparedWith: expected.features)
    #expect(abs(adversarial.item - losses[2]) < 1e-5 * losses[2])
    #expect(abs(features.item - losses[3]) < 1e-5 * losses[3])
    let slope = gradients(of: adversarial * 0.05 + features * 0.5, withRespectTo: [fake])[0]
    expectClose(slope, try fixture.tensor("fake_gradient"), relativeToMax: 1e-4, "fake")
  }
}
