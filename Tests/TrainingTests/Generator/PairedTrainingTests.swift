import Checkpoints
import Foundation
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Paired training of a generator")
struct PairedTrainingTests {
  private let workspace: Workspace
  private let renderings: SmallRenderings

  init() throws {
    workspace = try Workspace()
    renderings = try SmallRenderings(count: 30, in: workspace)
  }

  private func options(steps: Int) throws -> PairedGeneratorOptions {
    var options = PairedGeneratorOptions(
      steps: steps, stages: try #require(TrainingStages("8:0.4,16:0.3,16d:0.3")))
    options.batchSize = 2
    options.discriminatorFilters = 4
    options.penaltyInterval = 2
    options.warmUpSteps = 5
    options.companionResolution = 8
    return options
  }

  private func start(steps: Int, source: SafetensorsFile? = nil) throws -> PairedGeneratorTraining {
    try PairedGeneratorTraining(
      data: renderings.set(),
      architecture: StyleGAN2Architecture(
        resolution: 16, channelBase: 128, channelMaximum: 16, latentSize: 12, mappingLayers: 2),
      options: try options(steps: steps), source: source)
  }

  private func bits(_ training: PairedGeneratorTraining) throws -> [String: [UInt32]] {
    try training.modelFile(domain: "x", scores: nil).tensors.mapValues {
      $0.values.map(\.bitPattern)
    }
  }

  @Test("a resumed run has the losses and the bytes of one that never stopped")
  func resume() throws {
    var expected: [[LossTerm]] = []
    let whole = try start(steps: 10)
    try whole.run {
      expected.append($0.losses)
      return true
    }
    var losses: [[LossTerm]] = []
    let first = try start(steps: 10)
    try first.run {
      losses.append($0.losses)
      return $0.step < 8
    }
    let state = workspace.file("run.state")
    try first.writeState(to: state)
    let second = try start(steps: 10)
    try second.resume(from: state)
    try second.run {
      losses.append($0.losses)
      return true
    }
    #expect(losses == expected && losses.count == 10)
    #expect(Set(losses.map { $0.map(\.name) }).count == 1)
    #expect(whole.discriminatorSteps == 3 && whole.pictureCount > 40)
    #expect(try bits(second) == bits(whole))
  }

  @Test("an encoder learns along: its steps resume in the same bytes, and it comes into the model")
  func coded() throws {
    func start() throws -> PairedGeneratorTraining {
      var options = try options(steps: 14)
      options.codedSteps = 2
      options.encoderHidden = 12
      return try PairedGeneratorTraining(
        data: renderings.set(),
        architecture: StyleGAN2Architecture(
          resolution: 16, channelBase: 128, channelMaximum: 16, latentSize: 12, mappingLayers: 2),
        options: options)
    }
    var codes: [Float] = []
    let whole = try start()
    let before = try #require(whole.companion).weights.mapValues(\.values)
    try whole.run {
      codes.append($0.losses.last?.value ?? 0)
      return true
    }
    // Six steps at 8 pixels have no codes.
    #expect(codes[..<6].allSatisfy { $0 == 0 } && codes[6...].allSatisfy { $0 > 0 }, "\(codes)")
    let first = try start()
    try first.run { $0.step < 9 }
    let state = workspace.file("coded.state")
    try first.writeState(to: state)
    let second = try start()
    try second.resume(from: state)
    try second.run()
    #expect(try bits(second) == bits(whole))
    let path = workspace.file("coded.safetensors")
    try whole.modelFile(domain: "discs", scores: nil).write(to: path, precision: .asIs)
    let model = try JointModel(contentsOf: path)
    let encoder = try #require(model.encoder as? ImageEncoder)
    let learned = try #require(whole.companion).weights
    #expect(learned.mapValues(\.values) != before)
    #expect(encoder.linear[0].weight.values == learned["encoder.fc0.weight"]?.values)
  }

  @Test("losses fall, the ballast stays without influence")
  func learning() throws {
    let training = try start(steps: 60)
    var pictures: [Float] = []
    try training.run { progress in
      pictures.append(progress.losses[0].value)
      return true
    }
    let (early, late) = (pictures[..<10].reduce(0, +), pictures[50...].reduce(0, +))
    #expect(late < 0.8 * early, "\(pictures)")
    let weight = try #require(training.networks.parameters["mapping.fc0.weight"])
    let ballast = weight.slice(
      training.latents.factorCount..<training.latents.inputSize, axis: 1)
    #expect(ballast.values.allSatisfy { $0 == 0 })
    #expect(weight.values.contains { $0 != 0 })
  }

  @Test("the model that is written loads and draws the same pictures and masks")
  func export() throws {
    let training = try start(steps: 12)
    try training.run()
    let path = workspace.file("g.safetensors")
    try training.modelFile(domain: "discs", scores: try training.scores())
      .write(to: path, precision: .asIs)
    let model = try JointModel(contentsOf: path)
    #expect(model.domain == "discs" && model.palette.names == ["ground", "disc"])
    var random = RandomSource(seed: 2)
    let z = random.normal([1, training.latents.inputSize])
    let drawing = try training.drawings(of: z)[0]
    let output = model.synthesize(model.generator.wPlus(z))
    expectClose(
      output.image.clamped(to: -1...1), drawing.image, relativeToMax: 1e-4, "picture")
    let labels = try #require(model.branch).labels(output.features)
    let agreeing = zip(labels, drawing.labels.labels).count { $0 == $1 }
    #expect(agreeing >= 254, "\(agreeing) of 256 pixels")
    let half = workspace.file("h.safetensors")
    try training.modelFile(domain: "discs", scores: nil).write(to: half)
    let rounded = try JointModel(contentsOf: half).synthesize(model.generator.wPlus(z)).image
    expectClose(
      rounded.clamped(to: -1...1), drawing.image, relativeToMax: 2e-2, "half precision")
    #expect(
      try SafetensorsFile(contentsOf: path).metadata["latent"]?.contains("kind=green") == true)
  }

  @Test("a training goes on from a model, and refuses one of other factors")
  func continuing() throws {
    let training = try start(steps: 12)
    try training.run()
    let path = workspace.file("g.safetensors")
    try training.modelFile(domain: "discs", scores: nil).write(to: path, precision: .asIs)
    let file = try SafetensorsFile(contentsOf: path)
    let next = try start(steps: 12, source: file)
    #expect(try bits(next) == bits(training))
    var metadata = file.metadata
    metadata["latent"] = #"{"factors":1,"names":["a"],"ballast":15}"#
    let other = workspace.file("o.safetensors")
    try SafetensorsWriter.write(file.tensors, metadata: metadata, to: other)
    let error = #expect(throws: TrainingError.self) {
      try start(steps: 12, source: try SafetensorsFile(contentsOf: other))
    }
    #expect(
      error?.text
        == "\(other) cannot be trained on: it has 1 factors, the table memory 5 or others; "
        + "give the pictures that it was made from or train a new model")
  }

  @Test("stages are read, refused and chosen by the share of the steps")
  func stages() throws {
    let stages = try #require(TrainingStages("16:1,32:2,32d:1"))
    #expect(stages.stage(at: 0).resolution == 16 && stages.stage(at: 0.26).resolution == 32)
    #expect(!stages.stage(at: 0.7).isAdversarial && stages.stage(at: 0.75).isAdversarial)
    for text in ["", "16", "32:1,16:1", "24:1", "16:0", "16:x", "16d", "4:1"] {
      #expect(TrainingStages(text) == nil, "\(text)")
    }
    #expect(
      TrainingStages.standard(resolution: 64)
        == TrainingStages("16:0.2,32:0.2,64:0.2,64d:0.15"))
  }

  @Test("the state of another data set is refused")
  func otherState() throws {
    let training = try start(steps: 4)
    try training.run { $0.step < 2 }
    let state = workspace.file("run.state")
    try training.writeState(to: state)
    let fewer = try SmallRenderings(count: 20, in: try Workspace())
    let other = try PairedGeneratorTraining(
      data: fewer.set(),
      architecture: StyleGAN2Architecture(
        resolution: 16, channelBase: 128, channelMaximum: 16, latentSize: 12, mappingLayers: 2),
      options: try options(steps: 4))
    #expect(
      throws: TrainingError.damagedState(
        path: state, reason: "it was begun on 30 pictures, not 20")
    ) { try other.resume(from: state) }
  }
}
