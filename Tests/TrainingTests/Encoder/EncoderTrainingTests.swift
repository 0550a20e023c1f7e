import Checkpoints
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing
import Training

@Suite("Encoder loss")
struct EncoderLossTests {
  @Test func gradientsEqualFiniteDifferences() {
    // Small pictures: of a mean over many pixels, differences would be lost in rounding.
    let truth = randomTensor([1, 3, 4, 4], seed: 1)
    let mask = Tensor((0..<16).map { $0 < 11 ? 1 : 0 }, shape: [1, 1, 4, 4])
    for mask in [mask, nil] {
      let loss = EncoderLoss(weights: .init(), latentVariance: 0.3, mask: mask)
      finiteDifferenceCheck(
        of: { loss.image($0[0], truth) }, at: [randomTensor([1, 3, 4, 4], seed: 2)], step: 2e-3,
        tolerance: 1e-2)
      let codes = randomTensor([2, 5, 8], seed: 3)
      finiteDifferenceCheck(
        of: { loss.latent($0[0], codes) }, at: [randomTensor([2, 5, 8], seed: 4)])
    }
  }

  @Test func onlyComparedPixelsCountAndTheirShareDoesNot() {
    // Two equal halves: comparing one of them gives the mean of all.
    let half = randomTensor([1, 3, 8, 16], seed: 5)
    let other = randomTensor([1, 3, 8, 16], seed: 6)
    let picture = Tensor.concatenated([half, half], axis: 2)
    let target = Tensor.concatenated([other, other], axis: 2)
    let mask = Tensor((0..<256).map { $0 < 128 ? 1 : 0 }, shape: [1, 1, 16, 16])
    let squared = EncoderLoss.Weights(latent: 0, squared: 1, pyramid: 0)
    let whole = EncoderLoss(weights: squared, latentVariance: 1, mask: nil)
    let masked = EncoderLoss(weights: squared, latentVariance: 1, mask: mask)
    let expected = whole.image(picture, target).item
    #expect(abs(masked.image(picture, target).item - expected) < 1e-5 * expected)
  }
}

@Suite("Encoder training")
struct EncoderTrainingTests {
  private let workspace: Workspace
  private let model: JointModel

  init() throws {
    workspace = try Workspace()
    model = try JointModel(contentsOf: writeSmallModel(to: workspace.file("m.safetensors")))
  }

  private func start(_ options: EncoderTrainingOptions, photos: PhotoSet? = nil) throws
    -> EncoderTraining
  {
    let weights = ImageEncoderArchitecture(
      resolution: 16, rowCount: model.rowCount, latentSize: 8, channels: [16, 16], hidden: 32
    ).weights(seed: 1)
    return try EncoderTraining(model: model, weights: weights, options: options, photos: photos)
  }

  private func photos() throws -> PhotoSet {
    var paths: [String] = []
    for seed in 0..<3 {
      var random = RandomSource(seed: UInt64(seed))
      let picture = random.normal([1, 3, 20, 24]).hyperbolicTangent().picture()
      let path = workspace.file("photo\(seed).png")
      try picture.write(to: path)
      paths.append(path)
    }
    return PhotoSet(paths: paths, letterbox: model.letterbox)
  }

  private func bits(_ training: EncoderTraining) -> [String: [UInt32]] {
    training.averagedWeights.mapValues { $0.values.map(\.bitPattern) }
  }

  /// Mean PSNR over pictures that were not trained on must rise by more than 6 dB over that of the
  /// mean latent, where the new encoder begins.
  @Test func learnsToReconstructSamples() throws {
    let training = try start(
      EncoderTrainingOptions(steps: 300, samplesPerStep: 8, rate: 4e-3, averageDecay: 0.98))
    let preview = EncoderPreview(samplesOf: model, count: 16, seed: 77, truncationPsi: 0.9)
    func psnr() throws -> Double {
      let pairs = preview.pairs(try training.averagedEncoder())
      return pairs.reduce(0) { $0 + $1.psnr } / Double(pairs.count)
    }
    let before = try psnr()
    try training.run()
    let after = try psnr()
    #expect(after > before + 6, "\(before) dB before, \(after) dB after")
  }

  @Test func aResumedTrainingGivesTheSameBits() throws {
    let options = EncoderTrainingOptions(steps: 8, samplesPerStep: 2, photosPerStep: 2)
    let whole = try start(options, photos: photos())
    try whole.run()

    let state = workspace.file("run.state")
    let first = try start(options, photos: photos())
    try first.run { $0.step < 3 }
    #expect(first.step == 3)
    try first.writeState(to: state)
    let second = try start(options, photos: photos())
    try second.resume(from: state)
    #expect(second.step == 3)
    try second.run()
    #expect(second.step == 8)
    #expect(bits(second) == bits(whole))
    #expect(bits(first) != bits(whole))
  }

  @Test func theSeedDecides() throws {
    func trained(seed: UInt64) throws -> [String: [UInt32]] {
      let training = try start(EncoderTrainingOptions(steps: 2, samplesPerStep: 2, seed: seed))
      try training.run()
      return bits(training)
    }
    #expect(try trained(seed: 1) == trained(seed: 1))
    #expect(try trained(seed: 1) != trained(seed: 2))
  }

  @Test func otherOptionsOrPhotosCannotBeResumed() throws {
    let state = workspace.file("run.state")
    try start(EncoderTrainingOptions(steps: 8)).writeState(to: state)
    let other = try start(EncoderTrainingOptions(steps: 9))
    let options = #expect(throws: TrainingError.self) { try other.resume(from: state) }
    #expect(
      options?.text
        == "\(state) cannot be resumed: it was begun with other options; start the training anew")
    let more = try start(EncoderTrainingOptions(steps: 8), photos: photos())
    let count = #expect(throws: TrainingError.self) { try more.resume(from: state) }
    #expect(
      count?.text
        == "\(state) cannot be resumed: it was begun with 0 photos, not 3; start the training anew")
  }

  @Test func theNewModelHasTheEncoderAndTheSameGenerator() throws {
    let source = try SafetensorsFile(contentsOf: workspace.file("m.safetensors"))
    let training = try start(EncoderTrainingOptions(steps: 1, samplesPerStep: 1))
    try training.run()
    let path = workspace.file("new.safetensors")
    try ModelFileUpdate(of: "encoder.", in: source, by: training.averagedWeights).write(to: path)
    let new = try JointModel(contentsOf: path)
    #expect(new.fingerprint == model.fingerprint)
    #expect(new.metadata == model.metadata)
    let picture = randomTensor([1, 3, 16, 16], seed: 8)
    let expected = try training.averagedEncoder()(picture).values
    let encoder = try #require(new.encoder)
    #expect(encoder(picture).values == expected)
  }
}
