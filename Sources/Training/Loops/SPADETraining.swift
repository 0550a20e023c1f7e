import Layers
import Networks
import TensorCore

/// Trains a SPADE generator, its style encoder and a discriminator on label maps with photos (SPADE
/// spec 6).
///
/// Every step draws from a random source of its own, so a resumed run gives the same bytes as one
/// that never stopped. Several processes share the pairs of every step: they make the same draws,
/// average gradients and losses, and normalise over the batches of all, so that they take the steps
/// of one process with the whole batch.
public final class SPADETraining {
  /// What is trained.
  public let description: SPADEDescription
  /// How it is trained.
  public let options: SPADETrainingOptions
  /// The pairs.
  public let data: LayoutSet
  /// Steps done.
  public private(set) var step = 0
  let networks: SPADENetworkSet
  private let generatorOptimizer: AdamOptimizer
  private let discriminatorOptimizer: AdamOptimizer
  private let average: ExponentialMovingAverage
  private let loss: AdversarialLoss
  private let perceptual: VGG19Distance?
  private let processes: any ProcessGroup
  private static let kind = "spade"

  private struct Record: Codable {
    var options: SPADETrainingOptions
    var networks: String
    var preprocessing: Preprocessing
    var pairCount: Int
    var step: Int
  }

  /// A training that begins with random weights.
  ///
  /// - Parameter perceptual: compares pictures and photos by VGG19's features, as much as
  ///   `options.perceptualWeight` says.
  /// - Parameter processes: those that share the work; the size of a batch is a multiple of their
  ///   number.
  /// - Throws: `TrainingError.model` when the networks cannot be made.
  public init(
    _ description: SPADEDescription, options: SPADETrainingOptions, data: LayoutSet,
    perceptual: VGG19Distance? = nil, processes: any ProcessGroup = SingleProcess()
  ) throws(TrainingError) {
    check(
      options.batchSize % processes.count == 0,
      "SPADE training: a batch of \(options.batchSize) for \(processes.count) processes")
    self.processes = processes
    check(
      (perceptual == nil) == (options.perceptualWeight == nil),
      "SPADE training: a perceptual loss needs network and weight")
    self.perceptual = perceptual
    self.description = description
    self.options = options
    self.data = data
    networks = try SPADENetworkSet(random: description, options: options)
    networks.synchronize(across: processes)
    generatorOptimizer = AdamOptimizer(
      networks.generatorParameters, beta1: options.beta1, beta2: options.beta2)
    discriminatorOptimizer = AdamOptimizer(
      networks.discriminator.parameters, beta1: options.beta1, beta2: options.beta2)
    average = ExponentialMovingAverage(
      of: networks.generatorParameters, decay: options.averageDecay)
    loss = AdversarialLoss(rawValue: options.adversarial) ?? .hinge
  }

  /// Goes on from a state that `writeState` wrote.
  ///
  /// - Throws: `TrainingError.damagedState` when it was begun with other networks, settings or
  ///   another number of pairs.
  public func resume(from path: String) throws(TrainingError) {
    let state = try TrainingState(contentsOf: path, kind: Self.kind)
    let record = try state.record(as: Record.self)
    for (matches, what) in [
      (record.options == options, "with other options"),
      (record.networks == description.configText, "with networks of other sizes"),
      (record.preprocessing == data.preprocessing, "with another preprocessing"),
      (
        record.pairCount == data.pairs.count,
        "on \(record.pairCount) pairs, not \(data.pairs.count)"
      ),
    ] where !matches {
      throw .damagedState(path: path, reason: "it was begun \(what)")
    }
    for (prefix, tensors) in stored { try state.restore(tensors, prefix: prefix) }
    generatorOptimizer.resume(after: record.step)
    discriminatorOptimizer.resume(after: discriminatorSteps(after: record.step))
    step = record.step
  }

  /// Writes everything that `resume` needs: weights, running statistics, spectral vectors, moments,
  /// averages and the position.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func writeState(to path: String) throws(TrainingError) {
    var tensors: [String: Tensor] = [:]
    for (prefix, group) in stored {
      tensors.merge(TrainingState.named(group, prefix: prefix)) { first, _ in first }
    }
    let record = Record(
      options: options, networks: description.configText, preprocessing: data.preprocessing,
      pairCount: data.pairs.count, step: step)
    try TrainingState(kind: Self.kind, record: record, tensors: tensors).write(to: path)
  }

  private var stored: [(prefix: String, tensors: [String: Tensor])] {
    [
      ("weights", networks.all), ("average", average.averages),
      ("adam.generator", generatorOptimizer.state),
      ("adam.discriminator", discriminatorOptimizer.state),
    ]
  }

  /// Trains until all steps are done, the time is over or the observer stops it; of several
  /// processes each has these reasons to stop all.
  ///
  /// - Parameter seconds: length of this session; nil for no limit.
  /// - Throws: `TrainingError.diverged`, or what reading a pair throws. A step whose losses or
  ///   gradients are not finite numbers changes no weight.
  public func run(seconds: Double? = nil, observer: TrainingObserver? = nil) throws(TrainingError) {
    var session = TrainingSession(
      budget: TrainingBudget(steps: options.steps, seconds: seconds), resumingAfter: step,
      observer: { [self] progress in
        step = progress.step
        return observer?(progress) ?? true
      })
    let rates = (
      LinearDecay(
        rate: options.generatorRate, steps: options.steps, decayShare: options.decayShare),
      LinearDecay(
        rate: options.discriminatorRate, steps: options.steps, decayShare: options.decayShare)
    )
    while processes.allAgree(session.goesOn) {
      let rate = rates.0.rate(after: session.step)
      let terms = try advance(
        session.step, generatorRate: rate, discriminatorRate: rates.1.rate(after: session.step))
      try session.finishStep(rate: rate, losses: terms)
    }
  }

  /// One step of the generator and one of the discriminator.
  private func advance(_ step: Int, generatorRate: Float, discriminatorRate: Float)
    throws(TrainingError) -> [LossTerm]
  {
    var random = RandomSource(seed: options.seed, stream: UInt64(step) + 1)
    let batch = BatchPart(of: options.batchSize, for: processes)
    let (layouts, photos) = try data.batch(
      step: step, size: batch.size, part: batch.range, seed: options.seed, &random)
    let made = networks.generate(layouts, photos, &random, in: batch)
    let isSolo = Float(step) < options.soloShare * Float(options.steps)
    let (objective, terms) = generatorObjective(layouts, photos, made, isSolo: isSolo)
    guard terms.allSatisfy(\.value.isFinite) else { return terms }
    let slopes = processes.mean(
      gradients(of: objective, withRespectTo: generatorOptimizer.parameters))
    let norm = LossTerm("gradient norm", Self.norm(slopes))
    guard norm.value.isFinite else { return terms + [norm] }
    generatorOptimizer.update(slopes, rate: generatorRate)
    average.update(from: networks.generatorParameters, step: generatorOptimizer.step)
    // Losses that have not begun are 0, so that the columns of the log stay the same.
    if isSolo { return terms + [norm, LossTerm("D_Fake", 0), LossTerm("D_real", 0)] }
    let pictures =
      options.renewsPictures
      ? withoutRecording { networks.generate(layouts, photos, &random, in: batch).pictures }
      : made.pictures.detached()
    return terms + [norm]
      + advanceDiscriminator(layouts, pictures, photos, rate: discriminatorRate)
  }

  private func advanceDiscriminator(
    _ layouts: Tensor, _ pictures: Tensor, _ photos: Tensor, rate: Float
  ) -> [LossTerm] {
    let output = networks.judge(layouts, pictures, photos)
    let ofMade = loss.discriminator(output.made, isReal: false)
    let ofReal = loss.discriminator(output.real, isReal: true)
    let terms = processes.mean([
      LossTerm("D_Fake", ofMade.item), LossTerm("D_real", ofReal.item),
    ])
    guard terms.allSatisfy(\.value.isFinite) else { return terms }
    let slopes = processes.mean(
      gradients(of: ofMade + ofReal, withRespectTo: discriminatorOptimizer.parameters))
    guard Self.norm(slopes).isFinite else {
      return terms + [LossTerm("discriminator gradient norm", .nan)]
    }
    discriminatorOptimizer.update(slopes, rate: rate)
    return terms
  }

  /// The loss of generator and encoder for the pairs of this process, a scalar, and its parts for
  /// those of all processes under the names of the reference.
  private func generatorObjective(
    _ layouts: Tensor, _ photos: Tensor, _ made: SPADENetworkSet.Generated, isSolo: Bool
  ) -> (Tensor, [LossTerm]) {
    var terms: [LossTerm] = []
    var total = Tensor(0)
    func add(_ name: String, _ weight: Float, _ term: () -> Tensor) {
      guard weight > 0 else { return }
      let value = term() * weight
      terms.append(LossTerm(name, value.item))
      total = total + value
    }
    add("pixels", options.pixelWeight) { (made.pictures - photos).absolute().mean() }
    if let perceptual {
      add("VGG", options.perceptualWeight ?? 0) { perceptual(made.pictures, to: photos) }
    }
    // A sum over the batch, not a mean: the parts of all processes count in full.
    let parts = Float(processes.count)
    if let style = made.style {
      add("KLD", options.divergenceWeight) { style.divergence * parts }
    }
    if isSolo {
      terms.append(LossTerm("GAN", 0))
      if options.featureWeight > 0 { terms.append(LossTerm("GAN_Feat", 0)) }
      return (total, processes.mean(terms))
    }
    let output = networks.judge(layouts, made.pictures, photos)
    add("GAN", 1) { loss.generator(output.made) }
    add("GAN_Feat", options.featureWeight) {
      PatchDiscriminator.featureDistance(output.made, output.real)
    }
    return (total, processes.mean(terms))
  }

  /// Steps of the discriminator among the first `steps` of the training.
  private func discriminatorSteps(after steps: Int) -> Int {
    (0..<steps).count { Float($0) >= options.soloShare * Float(options.steps) }
  }

  private static func norm(_ gradients: [Tensor]) -> Float {
    Float(gradients.reduce(0.0) { $0 + Double($1.squared().sum().item) }.squareRoot())
  }

  /// The model of the averaged weights, as a file holds it: running statistics measured anew over
  /// `batches` batches, spectral norms divided out. One process makes it alone.
  ///
  /// - Throws: `TrainingError.model`, or what reading a pair throws.
  public func averagedModel(batches: Int = 16) throws(TrainingError) -> [String: Tensor] {
    // Weights of the copy track no gradients, so nothing is recorded.
    let copy = try networks.copy(with: average.averages)
    let whole = BatchPart(of: options.batchSize)
    for batch in 0..<batches {
      var random = RandomSource(seed: options.seed, stream: UInt64(batch) + 1)
      let (layouts, photos) = try data.batch(
        step: batch, size: options.batchSize, seed: options.seed, &random)
      copy.setStatisticsMomentum(1 / Float(batch + 1))
      _ = copy.generate(layouts, photos, &random, in: whole)
    }
    return copy.folded()
  }
}
