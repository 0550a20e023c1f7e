import Checkpoints
import Networks
import TensorCore
import Testing
import Training

@Suite("SPADE training")
struct SPADETrainingTests {
  private let workspace: Workspace
  private let layouts: SmallLayouts

  init() throws {
    workspace = try Workspace()
    layouts = try SmallLayouts(count: 6, in: workspace)
  }

  private func options(steps: Int) -> SPADETrainingOptions {
    var options = SPADETrainingOptions.small(steps: steps)
    options.batchSize = 2
    options.discriminatorFilters = 4
    options.discriminatorScales = 1
    return options
  }

  private func start(steps: Int, latentSize: Int? = 4, renews: Bool = true) throws -> SPADETraining
  {
    var options = options(steps: steps)
    options.renewsPictures = renews
    return try SPADETraining(
      SmallLayouts.description(latentSize: latentSize), options: options, data: layouts.set())
  }

  private func bits(_ training: SPADETraining) throws -> [String: [UInt32]] {
    try training.averagedModel(batches: 2).mapValues { $0.values.map(\.bitPattern) }
  }

  @Test(
    "a resumed run has the losses and the bytes of one that never stopped",
    arguments: [nil, 4], [false, true])
  func resume(latentSize: Int?, renews: Bool) throws {
    var expected: [[LossTerm]] = []
    let whole = try start(steps: 7, latentSize: latentSize, renews: renews)
    try whole.run {
      expected.append($0.losses)
      return true
    }
    var losses: [[LossTerm]] = []
    let first = try start(steps: 7, latentSize: latentSize, renews: renews)
    try first.run {
      losses.append($0.losses)
      return $0.step < 4
    }
    #expect(first.step == 4)
    let state = workspace.file("run.state")
    try first.writeState(to: state)
    let second = try start(steps: 7, latentSize: latentSize, renews: renews)
    try second.resume(from: state)
    try second.run {
      losses.append($0.losses)
      return true
    }
    #expect(losses == expected && losses.count == 7)
    #expect(try bits(second) == bits(whole))
  }

  @Test("pix2pixHD resumes in the same bytes, too")
  func resumePix2PixHD() throws {
    func start() throws -> SPADETraining {
      try SPADETraining(SmallLayouts.pix2pixHD, options: options(steps: 4), data: layouts.set())
    }
    let whole = try start()
    try whole.run()
    let first = try start()
    try first.run { $0.step < 2 }
    let state = workspace.file("run.state")
    try first.writeState(to: state)
    let second = try start()
    try second.resume(from: state)
    try second.run()
    #expect(second.step == 4)
    #expect(try bits(second) == bits(whole))
  }

  @Test("a state of another run is refused and says why")
  func otherState() throws {
    let state = workspace.file("run.state")
    try start(steps: 7).writeState(to: state)
    func reason(_ training: SPADETraining) -> String? {
      let error = #expect(throws: TrainingError.self) { try training.resume(from: state) }
      guard case .damagedState(_, let reason) = error else { return nil }
      return reason
    }
    #expect(reason(try start(steps: 8)) == "it was begun with other options")
    #expect(
      reason(try start(steps: 7, latentSize: 5)) == "it was begun with networks of other sizes")
    let unmirrored = try SPADETraining(
      SmallLayouts.description(latentSize: 4), options: options(steps: 7),
      data: layouts.set(mirrors: false))
    #expect(reason(unmirrored) == "it was begun with other options")
  }

  @Test("pictures come closer to the photos")
  func learning() throws {
    let training = try start(steps: 60)
    var first: Float = 0
    var last: Float = 0
    try training.run { progress in
      let pixels = progress.losses.first { $0.name == "pixels" }?.value ?? .nan
      if progress.step <= 5 { first += pixels }
      if progress.step > 55 { last += pixels }
      return true
    }
    #expect(last < 0.6 * first)
  }

  @Test(
    "the model file is read again and gives the pictures of the rounded weights",
    arguments: SmallLayouts.descriptions)
  func modelFile(description: SPADEDescription) throws {
    let training = try SPADETraining(
      description, options: options(steps: 2), data: layouts.set())
    try training.run()
    let file = SPADEModelFile(
      training.description, tensors: try training.averagedModel(batches: 2),
      classes: SmallLayouts.palette, provenance: "a test")
    let path = workspace.file("m.safetensors")
    try file.write(to: path)
    let model = try SPADEModel(contentsOf: path)
    #expect(model.palette == SmallLayouts.palette)
    #expect(model.layout == LayoutChannels(classes: 3))
    #expect(model.configuration == training.description.generator)
    #expect(model.encoder?.configuration == training.description.encoder)
    var random = RandomSource(seed: 1)
    let (pair, photo) = try layouts.set().pair(0, &random)
    let layout = pair.tensor
    let style = model.encoder?(Tensor(photo)).mean
    let (generator, encoder) = try SPADEModelFile(
      file.description, tensors: halved(file.tensors), classes: file.classes, provenance: ""
    ).model()
    let expected = generator.pictures(
      of: layout, latent: encoder?(Tensor(photo)).mean, mode: .evaluation)
    let drawn = model.generator.pictures(of: layout, latent: style, mode: .evaluation)
    #expect(drawn.values == expected.values)
  }

  /// Weights in half precision, statistics as they are.
  private func halved(_ tensors: [String: Tensor]) -> [String: Tensor] {
    var result = tensors
    for (name, tensor) in tensors where !name.contains(".running_") {
      result[name] = Tensor(tensor.values.map { Float(Float16($0)) }, shape: tensor.shape)
    }
    return result
  }

  @Test("the rate is constant, then falls linearly to 0")
  func rates() {
    let schedule = LinearDecay(rate: 2, steps: 10, decayShare: 0.5)
    #expect((0...10).map(schedule.rate(after:)) == [2, 2, 2, 2, 2, 2, 1.6, 1.2, 0.8, 0.4, 0])
    let constant = LinearDecay(rate: 2, steps: 10, decayShare: 0)
    #expect((0..<10).allSatisfy { constant.rate(after: $0) == 2 })
  }
}
