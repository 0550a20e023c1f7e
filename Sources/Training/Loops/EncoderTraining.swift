import Layers
import Networks
import TensorCore

/// How an encoder is trained.
public struct EncoderTrainingOptions: Sendable, Equatable, Codable {
  /// Steps in all.
  public var steps: Int
  /// Random pictures of the generator per step.
  public var samplesPerStep: Int
  /// Photos per step, when there are any.
  public var photosPerStep: Int
  /// The highest learning rate.
  public var rate: Float
  /// Truncation psi of the samples.
  public var truncationPsi: Float
  /// Share of the steps, at the beginning, that look at codes alone and skip the generator's
  /// backward pass: until then pictures tell little.
  public var latentShare: Float
  /// Factors of the losses.
  public var weights: EncoderLoss.Weights
  /// Decay of the moving average of the weights.
  public var averageDecay: Float
  /// Seed of samples and order of photos.
  public var seed: UInt64

  /// Options.
  public init(
    steps: Int, samplesPerStep: Int = 4, photosPerStep: Int = 4, rate: Float = 1e-3,
    truncationPsi: Float = 0.9, latentShare: Float = 0.2, weights: EncoderLoss.Weights = .init(),
    averageDecay: Float = 0.999, seed: UInt64 = 0
  ) {
    self.steps = steps
    self.samplesPerStep = samplesPerStep
    self.photosPerStep = photosPerStep
    self.rate = rate
    self.truncationPsi = truncationPsi
    self.latentShare = latentShare
    self.weights = weights
    self.averageDecay = averageDecay
    self.seed = seed
  }
}

/// Trains an encoder for a generator: on samples, whose codes are known, and on photos, whose
/// pictures must come out again.
///
/// Every step draws from a random source of its own, so a resumed run is the same, bit for bit, as
/// one that never stopped.
public final class EncoderTraining {
  /// The generator's model.
  public let model: JointModel
  /// How the encoder is trained.
  public let options: EncoderTrainingOptions
  /// The photos; empty for samples alone.
  public let photos: PhotoSet?
  /// Steps done.
  public private(set) var step = 0
  private let parameters: [String: Tensor]
  private let encoder: ImageEncoder
  private let optimizer: AdamOptimizer
  private let average: ExponentialMovingAverage
  private let loss: EncoderLoss
  private static let kind = "encoder"

  private struct Record: Codable {
    var options: EncoderTrainingOptions
    var step: Int
    var model: String
    var photoCount: Int
  }

  /// A training that begins.
  ///
  /// - Parameter weights: `encoder.*` tensors to start from, see `ImageEncoderArchitecture`; they
  ///   are copied.
  /// - Throws: `TrainingError.model` when they do not make an encoder for the model.
  public init(
    model: JointModel, weights: [String: Tensor], options: EncoderTrainingOptions,
    photos: PhotoSet? = nil
  ) throws(TrainingError) {
    let table = WeightTable(weights.mapValues { $0.copied() }, isTrainable: true)
    do throws(ModelError) {
      encoder = try ImageEncoder(
        table, resolution: model.resolution, rowCount: model.rowCount,
        meanLatent: model.generator.meanLatent)
    } catch { throw .model(error) }
    parameters = table.taken(under: "encoder.", role: .parameter)
    optimizer = AdamOptimizer(parameters, beta1: 0.9, beta2: 0.99)
    average = ExponentialMovingAverage(of: parameters, decay: options.averageDecay)
    loss = EncoderLoss(
      weights: options.weights, latentVariance: Self.latentVariance(of: model),
      mask: model.letterbox.hasBands ? model.validMask : nil)
    self.model = model
    self.options = options
    self.photos = photos.flatMap { $0.count > 0 && options.photosPerStep > 0 ? $0 : nil }
  }

  /// Goes on from a state that `writeState` wrote.
  ///
  /// - Throws: `TrainingError.damagedState` when it belongs to another model, to other options or to
  ///   another number of photos.
  public func resume(from path: String) throws(TrainingError) {
    let state = try TrainingState(contentsOf: path, kind: Self.kind)
    let record = try state.record(as: Record.self)
    guard record.model == model.fingerprint else {
      throw .damagedState(path: path, reason: "it belongs to another generator")
    }
    guard record.options == options else {
      throw .damagedState(path: path, reason: "it was begun with other options")
    }
    guard record.photoCount == photos?.count ?? 0 else {
      throw .damagedState(
        path: path,
        reason: "it was begun with \(record.photoCount) photos, not \(photos?.count ?? 0)")
    }
    try state.restore(parameters, prefix: "weights")
    try state.restore(average.averages, prefix: "average")
    try state.restore(optimizer.state, prefix: "adam")
    optimizer.resume(after: record.step)
    step = record.step
  }

  /// Writes everything that `resume` needs.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func writeState(to path: String) throws(TrainingError) {
    var tensors = TrainingState.named(parameters, prefix: "weights")
    tensors.merge(TrainingState.named(average.averages, prefix: "average")) { first, _ in first }
    tensors.merge(TrainingState.named(optimizer.state, prefix: "adam")) { first, _ in first }
    let record = Record(
      options: options, step: step, model: model.fingerprint, photoCount: photos?.count ?? 0)
    try TrainingState(kind: Self.kind, record: record, tensors: tensors).write(to: path)
  }

  /// The averaged weights, `encoder.*`.
  public var averagedWeights: [String: Tensor] { average.averages }

  /// The encoder with the averaged weights.
  ///
  /// - Throws: `TrainingError.model` when training has spoiled them.
  public func averagedEncoder() throws(TrainingError) -> ImageEncoder {
    do throws(ModelError) {
      return try ImageEncoder(
        WeightTable(average.averages), resolution: model.resolution, rowCount: model.rowCount,
        meanLatent: model.generator.meanLatent)
    } catch { throw .model(error) }
  }

  /// Trains until all steps are done, the time is over or the observer stops it.
  ///
  /// - Parameter seconds: length of this session; nil for no limit.
  /// - Throws: `TrainingError.diverged`, or what reading a photo throws.
  public func run(seconds: Double? = nil, observer: TrainingObserver? = nil) throws(TrainingError) {
    var session = TrainingSession(
      budget: TrainingBudget(steps: options.steps, seconds: seconds), resumingAfter: step,
      observer: { [self] progress in
        step = progress.step
        return observer?(progress) ?? true
      })
    let schedule = LearningRateSchedule(peak: options.rate, warmUp: 0.01, decay: 0.3)
    while session.goesOn {
      var random = RandomSource(seed: options.seed, stream: UInt64(session.step) + 1)
      let rate = schedule.rate(step: session.step, of: options.steps)
      let seesPictures =
        Float(session.step) >= options.latentShare * Float(options.steps)
      let (total, terms) = try objective(&random, seesPictures: seesPictures)
      if terms.allSatisfy(\.value.isFinite) {
        optimizer.update(
          gradients(of: total, withRespectTo: optimizer.parameters), rate: rate)
        average.update(from: parameters, step: optimizer.step)
      }
      try session.finishStep(rate: rate, losses: terms)
    }
  }

  /// The loss of one step, a scalar, and its parts.
  private func objective(_ random: inout RandomSource, seesPictures: Bool) throws(TrainingError)
    -> (Tensor, [LossTerm])
  {
    let samples = EncoderSamples(model: model, count: options.samplesPerStep)
    let (truth, made) = samples.draw(&random, truncationPsi: options.truncationPsi)
    let codes = encoder(made)
    let latent = loss.latent(codes, truth)
    var total = latent * options.weights.latent
    var terms = [LossTerm("latent", latent.item)]
    var (image, photo): (Float, Float) = (0, 0)
    if seesPictures {
      let term = loss.image(model.synthesize(codes, withFeatures: false).image, made)
      image = term.item
      total = total + term
      if let photos {
        let indices = (0..<options.photosPerStep).map { _ in
          Int.random(in: 0..<photos.count, using: &random)
        }
        let pictures = try photos.batch(indices)
        let term = loss.image(
          model.synthesize(encoder(pictures), withFeatures: false).image, pictures)
        photo = term.item
        total = total + term
      }
    }
    // A table needs the same columns in every line, also while pictures are not looked at.
    terms.append(LossTerm("image", image))
    if photos != nil { terms.append(LossTerm("photo", photo)) }
    return (total, terms)
  }

  /// The mean variance of the numbers of w, of 256 samples.
  private static func latentVariance(of model: JointModel) -> Float {
    withoutRecording {
      var random = RandomSource(seed: 0x1a7e)
      let mapping = model.generator.mapping
      let z = random.normal([256, mapping.inputSize])
      let w = mapping(z, labels: mapping.oneHot(mapping.drawLabels(256, using: &random)))
      let centred = w - w.mean(axes: [0], keepingAxes: true)
      return max(centred.squared().mean().item, 1e-12)
    }
  }
}
