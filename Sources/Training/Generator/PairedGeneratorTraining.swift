import Checkpoints
import Networks
import Pictures
import TensorCore

/// Trains a joint generator of pictures and masks to repeat renderings whose factors are known: the
/// latent vector of a rendering is made of its factors, so the generator learns by regression, with
/// a small discriminator at the end against blur.
///
/// Every step draws from a random source of its own, so a resumed run gives the same bytes as one
/// that never stopped.
public final class PairedGeneratorTraining {
  /// How it is trained.
  public let options: PairedGeneratorOptions
  /// The renderings.
  public let data: RenderedPictures
  /// From factors to latent vectors.
  public let latents: FactorLatents
  /// Sizes of the generator.
  public let architecture: StyleGAN2Architecture
  /// What the model was made of before this training; nil for a new one.
  public let source: SafetensorsFile?
  /// Steps done.
  public private(set) var step = 0
  /// Pictures seen.
  public private(set) var pictureCount = 0
  /// Steps of the discriminator.
  public private(set) var discriminatorSteps = 0
  let networks: JointNetworks
  let objective: PairedObjective
  private let average: ExponentialMovingAverage
  private let optimizer = PartwiseOptimizer()
  private let judge: CropJudge?
  let companion: CompanionEncoder?
  private static let rebaseInterval = 100
  private let gains: [Float]
  private var order: (epoch: Int, indices: [Int])?
  private static let kind = "paired generator"

  private struct Record: Codable {
    var options: PairedGeneratorOptions
    var pictures: Int
    var names: [String]
    var step: Int
    var pictureCount: Int
    var discriminatorSteps: Int
    var gains: [Float]
    var updates: [String: Int]
    var encoderUpdates: Int?
  }

  /// A training that begins with random weights, or with those of a model.
  ///
  /// - Parameters:
  ///   - architecture: sizes of a new generator; its `inputSize` follows from the factors.
  ///   - source: a model to go on from, whose sizes count instead.
  /// - Throws: `TrainingError.otherModel` when the model does not belong to these factors and
  ///   classes, or what reading pictures throws.
  public init(
    data: RenderedPictures, architecture: StyleGAN2Architecture, options: PairedGeneratorOptions,
    source: SafetensorsFile? = nil
  ) throws(TrainingError) {
    self.data = data
    self.options = options
    self.source = source
    latents = try FactorLatents(fitting: data.factors)
    let weights: [String: Tensor]
    let configuration: StyleGAN2Configuration
    if let source {
      gains = [Float](repeating: 1, count: latents.factorCount)
      configuration = try Self.configuration(of: source)
      (weights, self.architecture) = try Self.weights(of: source, latents, data)
    } else {
      var sizes = architecture
      sizes.inputSize = latents.inputSize
      self.architecture = sizes
      configuration = StyleGAN2Configuration()
      var random = RandomSource(seed: options.seed, stream: UInt64.max)
      let some = Array(data.training.shuffled(using: &random).prefix(4000))
      let cells = max(4, min(8, options.stages.first / 2))
      gains = try FactorInfluence.gains(
        latents.factors(of: data.factors(of: some), isCanonical: true, &random),
        try data.summaries(of: some, side: cells))
      weights = PairedStart.weights(
        sizes, latents: latents, gains: gains, classCount: data.palette.count,
        seed: options.seed)
    }
    networks = try JointNetworks(weights, configuration: configuration, isTrainable: true)
    objective = PairedObjective(options: options, classWeights: try data.classWeights())
    average = ExponentialMovingAverage(of: networks.parameters)
    judge = options.stages.needsDiscriminator ? try CropJudge(data: data, options: options) : nil
    companion = try Self.companion(
      of: source, networks, averages: average.averages, data: data, options: options)
    addParts()
  }

  private func addParts() {
    let parameters = networks.parameters
    func part(_ prefix: String) -> [String: Tensor] {
      parameters.filter { $0.key.hasPrefix(prefix) }
    }
    optimizer.add("mapping", part("mapping."), relativeRate: options.mappingRate)
    for block in networks.generator.synthesis.blocks {
      let name = "synthesis.b\(block.resolution)."
      optimizer.add(name, part(name), relativeRate: 1)
    }
    optimizer.add("segmentation", part("segmentation."), relativeRate: options.branchRate)
  }

  /// The parts of the networks that pictures of a resolution depend on.
  private func parts(at resolution: Int) -> [String] {
    ["mapping"]
      + networks.synthesis(at: resolution).blocks.map { "synthesis.b\($0.resolution)." }
      + ["segmentation"]
  }

  // MARK: State

  /// Goes on from a state that `writeState` wrote.
  ///
  /// - Throws: `TrainingError.damagedState` when it was begun with other options, pictures or
  ///   factors.
  public func resume(from path: String) throws(TrainingError) {
    let state = try TrainingState(contentsOf: path, kind: Self.kind)
    let record = try state.record(as: Record.self)
    for (matches, what) in [
      (record.options == options, "with other options"),
      (record.names == latents.names, "with other factors"),
      (
        record.pictures == data.items.count,
        "on \(record.pictures) pictures, not \(data.items.count)"
      ),
    ] where !matches {
      throw .damagedState(path: path, reason: "it was begun \(what)")
    }
    for (prefix, tensors) in stored { try state.restore(tensors, prefix: prefix) }
    optimizer.steps = record.updates
    judge?.resume(after: record.discriminatorSteps)
    companion?.resume(after: record.encoderUpdates ?? 0)
    (step, pictureCount) = (record.step, record.pictureCount)
    discriminatorSteps = record.discriminatorSteps
  }

  /// Writes everything that `resume` needs: weights, averages, moments and the position.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func writeState(to path: String) throws(TrainingError) {
    var tensors: [String: Tensor] = [:]
    for (prefix, group) in stored {
      tensors.merge(TrainingState.named(group, prefix: prefix)) { first, _ in first }
    }
    let record = Record(
      options: options, pictures: data.items.count, names: latents.names, step: step,
      pictureCount: pictureCount, discriminatorSteps: discriminatorSteps, gains: gains,
      updates: optimizer.steps, encoderUpdates: companion?.updates)
    try TrainingState(kind: Self.kind, record: record, tensors: tensors).write(to: path)
  }

  private var stored: [(prefix: String, tensors: [String: Tensor])] {
    [
      ("weights", networks.all), ("average", average.averages), ("adam", optimizer.state),
      ("discriminator", judge?.stored ?? [:]), ("encoder", companion?.stored ?? [:]),
    ]
  }

  // MARK: Steps

  /// Trains until all steps are done, the time is over or the observer stops it.
  ///
  /// - Parameter seconds: length of this session; nil for no limit.
  /// - Throws: `TrainingError.diverged`, or what reading a picture throws. A step whose losses are
  ///   not finite numbers changes no weight.
  public func run(seconds: Double? = nil, observer: TrainingObserver? = nil) throws(TrainingError) {
    var session = TrainingSession(
      budget: TrainingBudget(steps: options.steps, seconds: seconds), resumingAfter: step,
      observer: { [self] progress in
        step = progress.step
        return observer?(progress) ?? true
      })
    while session.goesOn {
      let stage = options.stages.stage(at: Double(session.step) / Double(options.steps))
      var random = RandomSource(seed: options.seed, stream: UInt64(session.step) + 1)
      let factor = options.rateFactor(step: session.step, sinceStart: session.step)
      let companion = options.companionResolution
      if companion > 0, companion < stage.resolution {
        _ = try advance(at: companion, isAdversarial: false, factor, &random)
      }
      let coded = try advanceCoded(stage, factor, step: session.step, &random)
      let terms =
        try advance(
          at: stage.resolution, isAdversarial: stage.isAdversarial, factor, &random) + coded
      try session.finishStep(rate: options.rate * factor, losses: terms)
    }
  }

  /// The steps whose codes come from the encoder; their losses are those of the last one, or 0.
  private func advanceCoded(
    _ stage: TrainingStages.Stage, _ factor: Float, step: Int, _ random: inout RandomSource
  ) throws(TrainingError) -> [LossTerm] {
    guard let companion else { return [] }
    var terms = [LossTerm("pictures", 0), LossTerm("codes", 0)]
    if stage.resolution == data.letterbox.side {
      if step % Self.rebaseInterval == 0 { companion.rebase() }
      for _ in 0..<options.codedSteps {
        terms = try advance(
          at: stage.resolution, isAdversarial: stage.isAdversarial, factor, &random,
          companion: companion)
      }
    }
    return [
      LossTerm("coded pictures", terms[0].value),
      LossTerm("codes", terms.last { $0.name == "codes" }?.value ?? 0),
    ]
  }

  private func advance(
    at resolution: Int, isAdversarial: Bool, _ factor: Float, _ random: inout RandomSource,
    companion: CompanionEncoder? = nil
  ) throws(TrainingError) -> [LossTerm] {
    let sample = try sample(at: resolution, &random)
    let coded = companion?.codes(of: sample.targets, latents: sample.latents)
    let result = objective(networks, sample, codes: coded?.codes)
    var (total, terms) = (result.total, result.terms)
    if let coded {
      total = total + coded.distance * options.codeWeight
      terms.append(LossTerm("codes", coded.distance.item))
    }
    guard terms.allSatisfy(\.value.isFinite) else { return terms }
    // Losses that have not begun are 0, so that the columns of the log stay the same.
    if isAdversarial, let judge {
      let verdict = judge.judged(
        result.pictures, sample.targets, step: discriminatorSteps,
        rate: options.discriminatorRate * factor, &random)
      discriminatorSteps += 1
      terms += verdict.terms
      total = total + verdict.loss
    } else if judge != nil {
      terms += CropJudge.noTerms
    }
    guard terms.allSatisfy(\.value.isFinite) else { return terms }
    update(total, at: resolution, factor, companion)
    pictureCount += sample.targets.shape[0]
    let halfLife = min(options.averageHalfLife, max(40, 0.05 * Float(pictureCount)))
    average.update(
      from: networks.parameters,
      keeping: ExponentialMovingAverage.decay(
        per: Float(sample.targets.shape[0]), halfLife: halfLife))
    return terms
  }

  private func update(
    _ total: Tensor, at resolution: Int, _ factor: Float, _ companion: CompanionEncoder?
  ) {
    // Codes of the encoder do not come from the mapping network.
    let parts = parts(at: resolution).filter { companion == nil || $0 != "mapping" }
    let names = optimizer.parameterNames(of: parts)
    var slopes = gradients(
      of: total,
      withRespectTo: optimizer.parameters(of: parts) + (companion?.learned ?? []))
    if let companion {
      companion.update(Array(slopes[names.count...]), rate: options.encoderRate * factor)
      slopes.removeLast(slopes.count - names.count)
    }
    // The generator ignores the ballast for ever.
    if let index = names.firstIndex(of: "mapping.fc0.weight") {
      let mask = (0..<latents.inputSize).map { $0 < latents.factorCount ? Float(1) : 0 }
      slopes[index] = slopes[index] * Tensor(mask, shape: [1, latents.inputSize])
    }
    optimizer.update(parts, slopes, rate: options.rate * factor)
  }

  /// The pictures, latent vectors and grid of a step.
  private func sample(at resolution: Int, _ random: inout RandomSource) throws(TrainingError)
    -> PairedSample
  {
    let count = options.batchSize * (resolution <= 32 ? 2 : 1)
    let indices = (0..<count).map { index(at: pictureCount + $0) }
    let batch = try data.batch(indices, side: resolution)
    var factors = latents.factors(of: data.factors(of: indices), &random)
    if options.latentNoise > 0 { factors = blurred(factors, &random) }
    let area = data.validArea(side: resolution)
    func places(_ start: Int, _ length: Int) -> [Int] {
      Array((start..<start + length).shuffled(using: &random).prefix(options.gridSide)).sorted()
    }
    return PairedSample(
      resolution: resolution, latents: latents.withBallast(factors), targets: batch.pictures,
      labels: batch.labels, area: area,
      grid: PixelGrid(
        side: resolution, rows: places(area.top, area.height),
        columns: places(area.left, area.width)))
  }

  /// Factors that are partly random, the less influence they have the more.
  private func blurred(_ factors: Tensor, _ random: inout RandomSource) -> Tensor {
    let shares = gains.map { min(max(options.latentNoise / $0, 0.02), 0.6) }
    let kept = Tensor(shares.map { (1 - $0 * $0).squareRoot() }, shape: [1, shares.count])
    return factors * kept
      + random.normal(factors.shape) * Tensor(shares, shape: [1, shares.count])
  }

  /// The picture at a position of the training; every epoch visits each once, in its own order.
  private func index(at position: Int) -> Int {
    let (epoch, place) = position.quotientAndRemainder(dividingBy: data.training.count)
    if order?.epoch != epoch {
      // Streams of steps count from 1; those of epochs count down from the end.
      var random = RandomSource(seed: options.seed, stream: UInt64.max - 1 - UInt64(epoch))
      order = (epoch, data.training.shuffled(using: &random))
    }
    return order?.indices[place] ?? data.training[place]
  }

  // MARK: The model

  /// The networks with the averaged weights, which learn nothing.
  ///
  /// - Throws: `TrainingError.model` when training has spoiled them.
  func averagedNetworks() throws(TrainingError) -> JointNetworks {
    try JointNetworks(
      networks.all.merging(average.averages) { $1 }.mapValues { $0.copied() },
      configuration: networks.generator.configuration, isTrainable: false)
  }
}
