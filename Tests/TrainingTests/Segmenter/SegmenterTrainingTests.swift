import Checkpoints
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Feature columns")
struct FeatureColumnsTests {
  /// Both layouts must give what bilinear resizing of the whole map gives.
  @Test func equalTheResizedMapsAtTheirPixels() {
    let side = 16
    let maps = [(20, 4), (5, 8), (17, 16)].enumerated().map { index, map in
      let tensor = randomTensor([1, map.0, map.1, map.1], seed: UInt64(index))
      return index == 1
        ? FeatureMap(name: "\(index)", resolution: map.1, channels: map.0, tensor: tensor)
        : FeatureMap(
          name: "\(index)", resolution: map.1, channels: map.0, tensor: tensor.blocked(),
          layout: .blocked)
    }
    let pixels = [0, 15, 37, 128, 240, 255]
    let columns = FeatureColumns(channels: maps.map(\.channels))
    let rows = Tensor.zeros([pixels.count, columns.count])
    columns.write(maps, pixels: pixels, side: side, to: rows.pointer)
    let whole = Tensor.concatenated(
      maps.map { $0.planar().resizedBilinear(height: side, width: side) }, axis: 1)
    for (index, pixel) in pixels.enumerated() {
      let expected = (0..<columns.count).map { Double(whole.pointer[$0 * side * side + pixel]) }
      expectClose(rows.selecting(index, axis: 0), expected, relativeToMax: 1e-6)
    }
  }

  @Test func standardisationFoldedIntoALayerChangesNothing() {
    let rows = randomTensor([40, 6], seed: 1) * 3 + 2
    let statistics = FeatureStandardization(rows: rows.pointer, count: 40, channels: 6)
    let layer = (weight: randomTensor([4, 6], seed: 2), bias: randomTensor([4], seed: 3))
    let standard = rows.copied()
    statistics.apply(to: standard.pointer, count: 40)
    #expect(abs(standard.mean(axes: [0]).values[2]) < 1e-5)
    #expect(abs(standard.squared().mean(axes: [0]).values[2] - 1) < 2e-3)
    let folded = statistics.folded(into: layer)
    expectClose(
      rows.matrixProduct(folded.weight, transposingOther: true) + folded.bias,
      standard.matrixProduct(layer.weight, transposingOther: true) + layer.bias,
      relativeToMax: 1e-5)
  }
}

@Suite("Choice of pixels")
struct PixelSamplerTests {
  private let common =
    [UInt8](repeating: 0, count: 900) + [UInt8](repeating: 1, count: 91)
    + [UInt8](repeating: 2, count: 9) + [UInt8](repeating: Annotation.unlabeled, count: 24)

  @Test func rareClassesAreChosenOftenerAndNothingTwice() {
    let sampler = PixelSampler([common], classCount: 4, balance: 0)
    var random = RandomSource(seed: 1)
    let pixels = sampler.draw(0, count: 200, &random)
    #expect(pixels.count == 200 && Set(pixels).count == 200)
    let labels = pixels.map { common[$0] }
    // Shares 0.9, 0.091, 0.009 to their roots: 0.949, 0.302, 0.095 of 1.345.
    #expect(abs(labels.filter { $0 == 0 }.count - 141) <= 6)
    #expect(labels.filter { $0 == 2 }.count == 9)
    #expect(!labels.contains(Annotation.unlabeled))
    #expect(sampler.draw(0, count: 5000, &random).count == 1000)
  }

  /// With balance 0 the weighted sample counts every pixel alike, with 1 every class.
  @Test func weightsMakeUpForTheChoice() {
    let shares = [0.9, 0.091, 0.009]
    let roots = shares.map { $0.squareRoot() }
    let sampled = roots.map { $0 / roots.reduce(0, +) }
    for (balance, wanted) in [(0.0, shares), (1.0, [1.0 / 3, 1.0 / 3, 1.0 / 3])] {
      let sampler = PixelSampler([common], classCount: 4, balance: balance)
      for k in 0..<3 {
        #expect(abs(sampled[k] * Double(sampler.weights[k]) - wanted[k]) < 1e-5)
      }
      #expect(sampler.weights[3] == 0)
    }
  }
}

@Suite("Segmenter training")
struct SegmenterTrainingTests {
  private let workspace: Workspace
  private let model: JointModel

  init() throws {
    workspace = try Workspace()
    model = try JointModel(
      contentsOf: writeSmallModel(to: workspace.file("m.safetensors"), classes: 4))
  }

  /// Pictures labelled by a hidden linear rule on one feature map and on the position.
  private func examples(_ count: Int) -> [LabeledExample] {
    withoutRecording {
      (0..<count).map { index in
        var random = RandomSource(seed: UInt64(index), stream: 9)
        let wPlus = model.generator.wPlus(random.normal([1, 8]))
        let features = model.generator.synthesis(wPlus, features: .layers).features
        let last = features[features.count - 1].planar()
        var labels = (0..<256).map { pixel -> UInt8 in
          let value = last.pointer[pixel] - last.pointer[256 + pixel]
          return (value > 0 ? 1 : 0) + (pixel / 16 >= 8 ? 2 : 0)
        }
        for pixel in 0..<10 { labels[pixel] = Annotation.unlabeled }
        return LabeledExample(name: "p\(index)", wPlus: wPlus, labels: labels)
      }
    }
  }

  private func options(rounds: Int = 12, members: Int = 2) -> SegmenterTrainingOptions {
    SegmenterTrainingOptions(
      members: members, rounds: rounds, patience: 0, heldOut: 2, epochsPerRound: 4, batch: 64,
      rate: 2e-3, pixelMemory: 2 << 20, averageDecay: 0.9)
  }

  private func start(_ options: SegmenterTrainingOptions, pictures: Int = 10) throws
    -> SegmenterTraining
  {
    try SegmenterTraining(
      model: model, examples: examples(pictures), classCount: 4, options: options)
  }

  private func bits(_ training: SegmenterTraining) -> [String: [UInt32]] {
    training.branchWeights.mapValues { $0.values.map(\.bitPattern) }
  }

  @Test func learnsARuleFromEightPictures() throws {
    let training = try start(options())
    try training.run()
    let scores = try #require(training.bestScores)
    #expect(scores.pixelAccuracy > 0.9 && scores.meanIoU > 0.6, "\(training.history)")
    #expect(training.history.count == 12 && training.isComplete)
  }

  @Test func theModelFileHasTheBranchAndScoresTheSame() throws {
    let training = try start(options(rounds: 2))
    try training.run()
    let source = try SafetensorsFile(contentsOf: workspace.file("m.safetensors"))
    let path = workspace.file("new.safetensors")
    try ModelFileUpdate(of: "segmentation.", in: source, by: training.branchWeights).write(to: path)
    let new = try JointModel(contentsOf: path)
    let branch = try #require(new.branch)
    #expect(branch.members.count == 2 && branch.classCount == 4 && branch.includesConstant)
    #expect(new.fingerprint == model.fingerprint)
    let code = examples(1)[0].wPlus
    let labels = branch.labels(new.synthesize(code).features)
    let features = model.generator.synthesis(code, features: .constantAndLayers).features
    #expect(labels == training.branch.labels(features))
  }

  @Test func aResumedTrainingGivesTheSameBits() throws {
    let whole = try start(options(rounds: 3))
    try whole.run()
    let state = workspace.file("run.state")
    let first = try start(options(rounds: 3))
    try first.run(seconds: 0.0000001)
    #expect(first.round == 0)
    var stopped = false
    try first.run(observer: { _ in !stopped }) { stopped = true }
    try first.writeState(to: state)
    let second = try start(options(rounds: 3))
    try second.resume(from: state)
    #expect(second.round == first.round && second.round < 3)
    try second.run()
    #expect(second.history == whole.history)
    #expect(bits(second) == bits(whole))
  }

  @Test func trainingEndsWhenTheScoresNoLongerRise() throws {
    var impatient = options(rounds: 200)
    impatient.patience = 2
    impatient.rate = 0.05
    let training = try start(impatient)
    try training.run()
    #expect(training.isComplete && training.round < 200)
    #expect(training.bestScores?.round == training.round - 2)
  }

  @Test func whatCannotBeTrainedIsNamed() throws {
    let few = #expect(throws: TrainingError.self) { try start(options(), pictures: 2) }
    #expect(
      few?.text
        == "there are 2 labelled pictures, at least 3 are needed; label more or hold fewer out")
    let state = workspace.file("run.state")
    try start(options()).writeState(to: state)
    let other = try start(options(), pictures: 9)
    let error = #expect(throws: TrainingError.self) { try other.resume(from: state) }
    #expect(
      error?.text
        == "\(state) cannot be resumed: it was begun with other pictures or masks; "
        + "start the training anew")
  }
}
