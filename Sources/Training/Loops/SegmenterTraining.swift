import Checkpoints
import Evaluation
import Layers
import Networks
import Pictures
import TensorCore

/// Trains the segmentation branch of a generator on a few labelled pictures (DatasetGAN; editgan
/// spec section 2).
///
/// Every round renders each picture once more and keeps the features of as many of its pixels as fit
/// into the memory that was allowed; the members of the ensemble are trained on them. The branch that
/// scores best on the pictures held out is kept. Every round draws from random sources of its own, so
/// a resumed run is the same, bit for bit, as one that never stopped.
public final class SegmenterTraining {
  /// The generator's model.
  public let model: JointModel
  /// How the branch is trained.
  public let options: SegmenterTrainingOptions
  /// Names of the pictures held out.
  public var heldOutNames: [String] { heldOut.map(\.name) }
  /// Rounds done.
  public internal(set) var round = 0
  /// The scores of each round on the pictures held out.
  public internal(set) var history: [SegmenterScores] = []

  let classCount: Int
  let members: [SegmenterMember]
  var statistics: FeatureStandardization
  /// The averaged weights of the best round, by member.
  var best: [[String: Tensor]]
  private let training: [LabeledExample]
  private let heldOut: [LabeledExample]
  private let columns: FeatureColumns
  private let sampler: PixelSampler
  private let isInsidePicture: [Bool]

  /// A training that begins.
  ///
  /// - Parameter classCount: how many classes the branch tells apart.
  /// - Throws: `TrainingError.tooFewExamples`; `.tooManyClasses`.
  public init(
    model: JointModel, examples: [LabeledExample], classCount: Int,
    options: SegmenterTrainingOptions
  ) throws(TrainingError) {
    guard classCount <= Annotation.maximumClassCount else {
      throw .tooManyClasses(path: model.path, count: classCount)
    }
    guard examples.count > options.heldOut else {
      throw .tooFewExamples(count: examples.count, needed: options.heldOut + 1)
    }
    for example in examples {
      check(
        example.labels.count == model.resolution * model.resolution
          && example.labels.allSatisfy { $0 == Annotation.unlabeled || Int($0) < classCount },
        "segmenter: labels of \(example.name) are not those of \(classCount) classes")
    }
    var random = RandomSource(seed: options.seed, stream: 0)
    let shuffled = examples.shuffled(using: &random)
    heldOut = Array(shuffled.prefix(options.heldOut))
    training = Array(shuffled.dropFirst(options.heldOut))
    let synthesis = model.generator.synthesis
    let constant = options.includesConstant ? [synthesis.constant.shape[0]] : []
    columns = FeatureColumns(channels: constant + synthesis.layers.map(\.channels))
    sampler = PixelSampler(
      training.map(\.labels), classCount: classCount, balance: options.balance)
    // The sizes of the reference (editgan spec section 2.1).
    let hidden = classCount < 32 ? (128, 32) : (256, 128)
    let features = columns.count
    members = (0..<options.members).map { member in
      SegmenterMember(
        features: features, hidden: hidden, classCount: classCount, seed: options.seed,
        stream: 1 + UInt64(member), averageDecay: options.averageDecay)
    }
    best = members.map { $0.average.averages.mapValues { $0.copied() } }
    statistics = FeatureStandardization(count: features)
    isInsidePicture = model.bands.bits.map { !$0 }
    self.model = model
    self.options = options
    self.classCount = classCount
  }

  /// A fingerprint of codes and labels.
  var exampleHash: String {
    var hash = ContentHash()
    for example in training + heldOut {
      hash.update(example.name)
      example.labels.withUnsafeBytes { hash.update($0) }
      hash.update(
        UnsafeRawBufferPointer(start: example.wPlus.pointer, count: example.wPlus.count * 4))
    }
    return hash.hexadecimal
  }

  /// The best scores so far; nil before the first round, or without pictures held out.
  public var bestScores: SegmenterScores? { history.max { $0.quality < $1.quality } }

  /// Whether no further round is due.
  public var isComplete: Bool {
    if round >= options.rounds { return true }
    guard let bestScores, options.patience > 0 else { return false }
    return round - bestScores.round >= options.patience
  }

  /// The best branch so far.
  public var branch: SegmentationBranch { branch(of: best) }

  /// The best branch's weights by the names of a model file, `segmentation.*`.
  public var branchWeights: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (index, member) in branch.members.enumerated() {
      let prefix = options.members == 1 ? "segmentation." : "segmentation.\(index)."
      for (name, layer) in [("fc0", member.first), ("fc1", member.second), ("fc2", member.third)] {
        tensors["\(prefix)\(name).weight"] = layer.weight
        tensors["\(prefix)\(name).bias"] = layer.bias
      }
    }
    return tensors
  }

  /// Trains until the scores no longer rise, all rounds are done, the time is over or the observer
  /// stops it, always to the end of a round.
  ///
  /// - Parameters:
  ///   - seconds: length of this session; nil for no limit.
  ///   - observer: called after every member of every round; the losses are the member's and, from
  ///     the second round on, that of the pictures held out.
  ///   - finishedRound: called after every round.
  /// - Throws: `TrainingError.diverged`, or what `finishedRound` throws.
  public func run(
    seconds: Double? = nil, observer: TrainingObserver? = nil,
    finishedRound: () throws(TrainingError) -> Void = {}
  ) throws(TrainingError) {
    var session = TrainingSession(
      budget: TrainingBudget(steps: options.rounds * options.members, seconds: seconds),
      resumingAfter: round * options.members, observer: observer)
    while session.goesOn, !isComplete {
      try trainRound(&session)
      // The features of a round are large, and scoring needs memory of other sizes.
      StoragePool.trim()
      round += 1
      try score()
      try finishedRound()
    }
  }

  private func branch(of weights: [[String: Tensor]]) -> SegmentationBranch {
    SegmentationBranch(
      members: weights.map { SegmenterMember.member($0, statistics) },
      featureChannels: columns.channels, resolution: model.resolution,
      includesConstant: options.includesConstant)
  }

  private func features(of example: LabeledExample) -> [FeatureMap] {
    withoutRecording {
      model.generator.synthesis(
        example.wPlus, features: options.includesConstant ? .constantAndLayers : .layers
      ).features
    }
  }

  private func trainRound(_ session: inout TrainingSession) throws(TrainingError) {
    var random = RandomSource(seed: options.seed, stream: 1 << 32 | UInt64(round))
    let pixels = drawPixels(&random)
    if round == 0 {
      statistics = FeatureStandardization(
        rows: pixels.features.pointer, count: pixels.labels.count, channels: columns.count)
    }
    statistics.apply(to: pixels.features.pointer, count: pixels.labels.count)
    let schedule = LearningRateSchedule(peak: options.rate, warmUp: 0.02, decay: 0.6)
    let perEpoch = max(1, pixels.labels.count / options.batch)
    let perRound = perEpoch * options.epochsPerRound
    for member in members {
      var sum = 0.0
      var rate: Float = 0
      for epoch in 0..<options.epochsPerRound {
        let order = Array(pixels.labels.indices).shuffled(using: &random)
        for step in 0..<perEpoch {
          let first = step * options.batch
          let rows = order[first..<min(first + options.batch, order.count)]
          rate = schedule.rate(
            step: round * perRound + epoch * perEpoch + step, of: options.rounds * perRound)
          sum += Double(train(member, on: pixels, rows: rows, rate: rate))
        }
      }
      var terms = [LossTerm("training", Float(sum / Double(perRound)))]
      if let last = history.last { terms.append(LossTerm("held-out", Float(last.loss))) }
      try session.finishStep(rate: rate, losses: terms)
    }
  }

  /// Pixels of all pictures with their features.
  private struct Pixels {
    /// `[P, C]`.
    let features: Tensor
    let labels: [UInt8]
  }

  private func drawPixels(_ random: inout RandomSource) -> Pixels {
    let room = max(options.batch, options.pixelMemory / (4 * columns.count))
    let perPicture = max(1, room / training.count)
    let chosen = training.indices.map { sampler.draw($0, count: perPicture, &random) }
    let features = Tensor(shape: [chosen.reduce(0) { $0 + $1.count }, columns.count]) { _ in }
    var labels: [UInt8] = []
    for (example, pixels) in zip(training, chosen) where !pixels.isEmpty {
      columns.write(
        self.features(of: example), pixels: pixels, side: model.resolution,
        to: features.pointer + labels.count * columns.count)
      labels += pixels.map { example.labels[$0] }
    }
    return Pixels(features: features, labels: labels)
  }

  private func train(
    _ member: SegmenterMember, on pixels: Pixels, rows: ArraySlice<Int>, rate: Float
  ) -> Float {
    let width = columns.count
    let batch = Tensor(shape: [rows.count, width]) { target in
      for (index, row) in rows.enumerated() {
        (target + index * width).update(
          from: pixels.features.pointer + row * width, count: width)
      }
    }
    let labels = rows.map { pixels.labels[$0] }
    let share = 1 / Float(rows.count)
    return member.train(
      batch, targets: labels.map { Int32($0) },
      weights: labels.map { sampler.weights[Int($0)] * share }, rate: rate)
  }

  /// Scores the averaged weights on the pictures held out, and keeps them when they are the best.
  private func score() throws(TrainingError) {
    let current = members.map(\.average.averages)
    if let scores = try scores(of: branch(of: current)) {
      history.append(scores)
      if bestScores?.round != round { return }
    }
    for (kept, new) in zip(best, current) {
      for (name, tensor) in new {
        kept[name]?.pointer.update(from: tensor.pointer, count: tensor.count)
      }
    }
  }

  private func scores(of branch: SegmentationBranch) throws(TrainingError) -> SegmenterScores? {
    if heldOut.isEmpty { return nil }
    var matrix = ConfusionMatrix(classCount: classCount)
    var (loss, count) = (0.0, 0)
    for example in heldOut {
      let features = features(of: example)
      let isLabeled = example.labels.map { $0 != Annotation.unlabeled }
      let targets = example.labels.map { $0 == Annotation.unlabeled ? 0 : $0 }
      loss += Double(
        branch.crossEntropy(features, targets: targets, weights: isLabeled.map { $0 ? 1 : 0 }).item)
      count += isLabeled.reduce(0) { $0 + ($1 ? 1 : 0) }
      do throws(EvaluationError) {
        try matrix.add(
          predicted: branch.labels(features), expected: targets,
          where: zip(isLabeled, isInsidePicture).map { $0 && $1 })
      } catch { throw .evaluation(error) }
    }
    guard loss.isFinite else { throw .diverged(step: round, loss: "held-out") }
    return SegmenterScores(
      round: round, loss: loss / Double(max(count, 1)),
      pixelAccuracy: matrix.pixelAccuracy ?? 0, meanIoU: matrix.meanIntersectionOverUnion() ?? 0)
  }
}
