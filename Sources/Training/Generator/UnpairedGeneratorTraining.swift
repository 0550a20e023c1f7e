import Checkpoints
import Layers
import Networks
import TensorCore

/// Trains a StyleGAN2 generator against a discriminator, on pictures alone: non-saturating logistic
/// loss, lazy gradient penalty and path length regularisation, style mixing, moving average of the
/// weights, adaptive augmentation (Karras et al. 2020 and 2020b).
///
/// Every step draws from a random source of its own, so a resumed run gives the same bytes as one
/// that never stopped.
public final class UnpairedGeneratorTraining {
  /// How it is trained.
  public let options: UnpairedGeneratorOptions
  /// The pictures.
  public let data: UnpairedPictures
  /// Sizes of the networks.
  public let architecture: StyleGAN2Architecture
  /// Steps done.
  public private(set) var step = 0
  /// The probability of augmentation.
  public var augmentationProbability: Double { controller.probability }
  let generator: Generator
  let discriminator: Discriminator
  /// The synthesis network in a quicker form, with gradients of the first order alone.
  private let quickSynthesis: SynthesisNetwork
  let average: ExponentialMovingAverage
  private let generatorOptimizer: AdamOptimizer
  private let discriminatorOptimizer: AdamOptimizer
  private var path: PathLengthPenalty
  private var controller = AugmentationController()
  private var order: (epoch: Int, indices: [Int])?
  private static let kind = "unpaired generator"

  private struct Record: Codable {
    var options: UnpairedGeneratorOptions
    var pictures: Int
    var step: Int
    var generatorUpdates: Int
    var discriminatorUpdates: Int
    var meanPathLength: Float
    var controller: AugmentationController
  }

  /// A training that begins with random weights, or whose generator begins with those of a model.
  ///
  /// - Throws: `TrainingError.otherModel` when the model has labels, or `.model`.
  public init(
    data: UnpairedPictures, architecture: StyleGAN2Architecture,
    options: UnpairedGeneratorOptions, source: SafetensorsFile? = nil
  ) throws(TrainingError) {
    self.data = data
    self.options = options
    var sizes = architecture
    var configuration = StyleGAN2Configuration()
    var weights: [String: Tensor]
    if let source {
      configuration = try PairedGeneratorTraining.configuration(of: source)
      (weights, sizes) = try Self.weights(of: source, sizes)
    } else {
      weights = architecture.generatorWeights(seed: options.seed)
    }
    self.architecture = sizes
    do throws(ModelError) {
      generator = try Generator(
        WeightTable(weights, isTrainable: true), configuration: configuration)
      discriminator = try Discriminator(
        WeightTable(
          sizes.discriminatorWeights(seed: options.seed &+ 1, configuration: configuration),
          isTrainable: true), configuration: configuration)
    } catch { throw .model(error) }
    var synthesis = generator.synthesis
    if let pass = LearnedSynthesis(synthesis) { synthesis.pass = pass }
    quickSynthesis = synthesis
    average = ExponentialMovingAverage(of: generator.parameters)
    let beta2 = (
      options.adam(interval: options.pathWeight > 0 ? options.pathInterval : nil).beta2,
      options.adam(interval: options.penaltyInterval).beta2
    )
    generatorOptimizer = AdamOptimizer(generator.parameters, beta1: 0, beta2: beta2.0)
    discriminatorOptimizer = AdamOptimizer(discriminator.parameters, beta1: 0, beta2: beta2.1)
    path = PathLengthPenalty(decay: options.pathDecay)
  }

  private static func weights(
    of source: SafetensorsFile, _ architecture: StyleGAN2Architecture
  ) throws(TrainingError) -> ([String: Tensor], StyleGAN2Architecture) {
    let model: JointModel
    do throws(ModelError) { model = try JointModel(source) } catch { throw .model(error) }
    guard model.generator.mapping.labelSize == 0 else {
      throw .otherModel(path: source.path, reason: "its pictures have labels")
    }
    var sizes = architecture
    let layers = model.generator.synthesis.layers
    sizes.resolution = model.resolution
    sizes.channelBase = layers.map { $0.resolution * $0.channels }.max() ?? 8
    sizes.channelMaximum = layers.map(\.channels).max() ?? 1
    sizes.inputSize = model.generator.mapping.inputSize
    sizes.latentSize = model.latentWidth
    sizes.mappingLayers = model.generator.mapping.layers.count
    var weights = model.generator.parameters.mapValues { $0.copied() }
    weights.merge(model.generator.buffers.mapValues { $0.copied() }) { first, _ in first }
    return (weights, sizes)
  }

  // MARK: State

  /// Goes on from a state that `writeState` wrote.
  ///
  /// - Throws: `TrainingError.damagedState` when it was begun with other options or pictures.
  public func resume(from path: String) throws(TrainingError) {
    let state = try TrainingState(contentsOf: path, kind: Self.kind)
    let record = try state.record(as: Record.self)
    for (matches, what) in [
      (record.options == options, "with other options"),
      (
        record.pictures == data.items.count,
        "on \(record.pictures) pictures, not \(data.items.count)"
      ),
    ] where !matches {
      throw .damagedState(path: path, reason: "it was begun \(what)")
    }
    for (prefix, tensors) in stored { try state.restore(tensors, prefix: prefix) }
    generatorOptimizer.resume(after: record.generatorUpdates)
    discriminatorOptimizer.resume(after: record.discriminatorUpdates)
    self.path = PathLengthPenalty(mean: record.meanPathLength, decay: options.pathDecay)
    (controller, step) = (record.controller, record.step)
  }

  /// Writes everything that `resume` needs.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func writeState(to path: String) throws(TrainingError) {
    var tensors: [String: Tensor] = [:]
    for (prefix, group) in stored {
      tensors.merge(TrainingState.named(group, prefix: prefix)) { first, _ in first }
    }
    let record = Record(
      options: options, pictures: data.items.count, step: step,
      generatorUpdates: generatorOptimizer.step,
      discriminatorUpdates: discriminatorOptimizer.step, meanPathLength: self.path.mean,
      controller: controller)
    try TrainingState(kind: Self.kind, record: record, tensors: tensors).write(to: path)
  }

  private var stored: [(prefix: String, tensors: [String: Tensor])] {
    [
      ("generator", generator.parameters), ("buffers", generator.buffers),
      ("discriminator", discriminator.parameters), ("average", average.averages),
      ("adam.generator", generatorOptimizer.state),
      ("adam.discriminator", discriminatorOptimizer.state),
    ]
  }

  // MARK: Steps

  /// Trains until all steps are done, the time is over or the observer stops it.
  ///
  /// - Parameter seconds: length of this session; nil for no limit.
  /// - Throws: `TrainingError.diverged`, or what reading a picture throws. A step whose losses are
  ///   not finite numbers ends the training.
  public func run(seconds: Double? = nil, observer: TrainingObserver? = nil) throws(TrainingError) {
    var session = TrainingSession(
      budget: TrainingBudget(steps: options.steps, seconds: seconds), resumingAfter: step,
      observer: { [self] progress in
        step = progress.step
        return observer?(progress) ?? true
      })
    while session.goesOn {
      let terms = try advance(session.step)
      try session.finishStep(rate: options.rate, losses: terms)
    }
  }

  private func advance(_ step: Int) throws(TrainingError) -> [LossTerm] {
    var random = RandomSource(seed: options.seed, stream: UInt64(step) + 1)
    let isPathStep = options.pathWeight > 0 && step % options.pathInterval == 0
    let isPenaltyStep = step % options.penaltyInterval == 0
    let rates = (
      options.adam(interval: options.pathWeight > 0 ? options.pathInterval : nil).rate,
      options.adam(interval: options.penaltyInterval).rate
    )
    // Losses of other steps are 0, so that the columns of the log stay the same.
    var (pathLoss, penalty): (Float, Float) = (0, 0)
    let generatorLoss = advanceGenerator(rate: rates.0, &random)
    if isPathStep { pathLoss = regularizePaths(rate: rates.0, &random) }
    let real = try pictures(step, &random)
    let (discriminatorLoss, share) = advanceDiscriminator(real, rate: rates.1, &random)
    if isPenaltyStep { penalty = penalize(real, rate: rates.1, &random) }
    average.update(
      from: generator.parameters, keeping: options.kept(pictures: step * options.batchSize))
    if options.augments, (step + 1) % options.augmentationInterval == 0 {
      controller.adjust(
        target: options.augmentationTarget,
        by: Double(options.batchSize * options.augmentationInterval)
          / Double(options.augmentationPictures))
    }
    return [
      LossTerm("generator", generatorLoss), LossTerm("discriminator", discriminatorLoss),
      LossTerm("real share", share), LossTerm("R1", penalty), LossTerm("path", pathLoss),
      LossTerm("path mean", path.mean), LossTerm("augmentation", Float(controller.probability)),
    ]
  }

  private func advanceGenerator(rate: Float, _ random: inout RandomSource) -> Float {
    let codes = codes(options.batchSize, &random, movesMean: true)
    let loss = (-judged(images(codes, by: quickSynthesis, &random), &random)).softplus().mean()
    update(generatorOptimizer, loss, rate: rate)
    return loss.item
  }

  private func regularizePaths(rate: Float, _ random: inout RandomSource) -> Float {
    let count = max(1, options.batchSize / options.pathShrink)
    let codes = codes(count, &random, movesMean: false)
    let images = images(codes, by: generator.synthesis, &random)
    let penalty = path(images, of: codes, noise: random.normal(images.shape))
    update(
      generatorOptimizer, penalty * (options.pathWeight * Float(options.pathInterval)),
      rate: rate)
    return penalty.item
  }

  private func advanceDiscriminator(
    _ real: Tensor, rate: Float, _ random: inout RandomSource
  ) -> (loss: Float, share: Float) {
    let fake = withoutRecording {
      images(
        codes(options.batchSize, &random, movesMean: false), by: quickSynthesis, &random)
    }
    let ofFake = judged(fake, &random)
    let ofReal = judged(real, &random)
    controller.note(ofReal)
    let loss = ofFake.softplus().mean() + (-ofReal).softplus().mean()
    let share = Float((0..<ofReal.count).count { ofReal.pointer[$0] > 0 }) / Float(ofReal.count)
    update(discriminatorOptimizer, loss, rate: rate)
    return (loss.item, share)
  }

  private func penalize(_ real: Tensor, rate: Float, _ random: inout RandomSource) -> Float {
    let gamma = options.penaltyWeight(resolution: architecture.resolution)
    var source = random
    let (penalty, slopes) = GradientPenalty.gradients(
      on: real, withRespectTo: discriminatorOptimizer.parameters,
      factor: 0.5 * gamma * Float(options.penaltyInterval)
    ) { judged($0, &source) }
    random = source
    if slopes.allSatisfy(\.isFinite) { discriminatorOptimizer.update(slopes, rate: rate) }
    return penalty
  }

  private func update(_ optimizer: AdamOptimizer, _ loss: Tensor, rate: Float) {
    guard loss.item.isFinite else { return }
    optimizer.update(gradients(of: loss, withRespectTo: optimizer.parameters), rate: rate)
  }

  /// W+ codes `[count, rows, w]` of random styles, most of which change at a random row.
  private func codes(_ count: Int, _ random: inout RandomSource, movesMean: Bool) -> Tensor {
    let rows = generator.synthesis.rowCount
    let size = generator.mapping.inputSize
    let first = generator.mapping(random.normal([count, size]))
    if movesMean { moveMean(towards: first) }
    let codes = generator.mapping.wPlus(first, rowCount: rows)
    guard options.mixing > 0, random.uniform() < options.mixing else { return codes }
    let second = generator.mapping(random.normal([count, size]))
    return generator.styleMixing(
      codes, generator.mapping.wPlus(second, rowCount: rows),
      cutoff: Int.random(in: 1..<rows, using: &random))
  }

  private func moveMean(towards w: Tensor) {
    let mean = withoutRecording { w.detached().mean(axes: [0]) }
    let share = 1 - options.meanLatentDecay
    let target = generator.meanLatent
    for index in 0..<mean.count {
      target.pointer[index] += share * (mean.pointer[index] - target.pointer[index])
    }
  }

  private func images(
    _ codes: Tensor, by synthesis: SynthesisNetwork, _ random: inout RandomSource
  ) -> Tensor {
    synthesis(codes, noise: .random(seed: random.next())).image
  }

  private func judged(_ pictures: Tensor, _ random: inout RandomSource) -> Tensor {
    guard options.augments, controller.probability > 0 else { return discriminator(pictures) }
    return discriminator(
      AdaptiveAugmentation.bgc(probability: controller.probability)(pictures, random: &random))
  }

  private func pictures(_ step: Int, _ random: inout RandomSource) throws(TrainingError) -> Tensor {
    let indices = (0..<options.batchSize).map { index(at: step * options.batchSize + $0) }
    let isMirrored = indices.map { _ in random.uniform() < 0.5 && options.mirrors }
    return try data.batch(indices, isMirrored: isMirrored)
  }

  /// The picture at a position of the training; every epoch visits each once, in its own order.
  private func index(at position: Int) -> Int {
    let (epoch, place) = position.quotientAndRemainder(dividingBy: data.items.count)
    if order?.epoch != epoch {
      // Streams of steps count from 1; those of epochs count down from the end.
      var random = RandomSource(seed: options.seed, stream: UInt64.max - UInt64(epoch))
      order = (epoch, data.items.indices.shuffled(using: &random))
    }
    return order?.indices[place] ?? place
  }
}
