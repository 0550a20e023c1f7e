import Layers
import Networks
import Pictures
import TensorCore

/// How vectors are learned from photos before and after an edit.
public struct PairLearningOptions: Sendable {
  /// Steps that fit the vectors to the photos; 0 leaves the mean differences of the codes.
  public var steps: Int
  /// Pairs of a step.
  public var batchSize: Int
  /// Step size and its course.
  public var schedule: LearningRateSchedule
  /// Factor of the change outside the region.
  public var outsideWeight: Float
  /// Pixels by which the region of the classes is enlarged.
  public var dilation: Int
  /// Chooses the pairs of the steps.
  public var seed: UInt64

  /// Options.
  public init(
    steps: Int = 400, batchSize: Int = 4, schedule: LearningRateSchedule = .init(peak: 0.01),
    outsideWeight: Float = 1, dilation: Int = 3, seed: UInt64 = 0
  ) {
    self.steps = steps
    self.batchSize = batchSize
    self.schedule = schedule
    self.outsideWeight = outsideWeight
    self.dilation = dilation
    self.seed = seed
  }
}

/// Learns vectors from pairs of photos before and after an edit.
///
/// The differences of the pairs' codes, solved for the vectors by least squares (the mean
/// difference, for one vector of strength 1), also hold what embedding happened to find cheap in
/// either photo. Steps over all pairs together then make the generator's picture change as the
/// photos do inside the region of the edited classes, and not at all outside of it.
public struct PairLearner {
  /// One pair.
  public struct Example {
    /// The code of the photo before.
    public let start: WPlus
    /// The code of the photo after.
    public let end: WPlus
    /// How the picture changes, `[1, 3, H, W]` in the model's square, values -2...2.
    public let change: Tensor
    /// With how much of each vector the edit is made.
    public let strengths: [Float]

    /// A pair.
    public init(start: WPlus, end: WPlus, change: Tensor, strengths: [Float] = [1]) {
      self.start = start
      self.end = end
      self.change = change
      self.strengths = strengths
    }
  }

  /// What was learned.
  public struct Outcome: Sendable {
    /// The vectors, each for strength 1.
    public let deltas: [WPlus]
    /// The loss of all pairs, mean, with the differences of the codes.
    public let lossBefore: Double
    /// The same with the vectors.
    public let lossAfter: Double
  }

  /// The model.
  public let model: JointModel
  /// Numbers of the classes that the edit changes.
  public let classes: [UInt8]
  /// How the vectors are learned.
  public var options: PairLearningOptions

  /// A learner for a model with a segmentation branch.
  public init(model: JointModel, classes: [UInt8], options: PairLearningOptions = .init()) {
    self.model = model
    self.classes = classes
    self.options = options
  }

  /// Learns as many vectors as the pairs have strengths.
  ///
  /// - Parameter observer: called after every step; `false` cancels.
  /// - Throws: `EditingError.nothingToLearn` without pairs or when the strengths do not determine
  ///   the vectors, `.modelLacks`, `.diverged`, `.cancelled`.
  public func callAsFunction(_ examples: [Example], observer: OptimizationObserver? = nil)
    throws(EditingError) -> Outcome
  {
    let differences = try CodeDirections.leastSquares(
      examples.map { (strengths: $0.strengths, difference: $0.end - $0.start) })
    guard options.steps > 0 else {
      return Outcome(deltas: differences, lossBefore: 0, lossAfter: 0)
    }
    var objectives: [Objective] = []
    for example in examples { objectives.append(try objective(example)) }
    let moving = Tensor(
      differences.flatMap(\.values),
      shape: [differences.count, model.rowCount, model.latentWidth], requiresGradient: true)
    func loss(_ index: Int) -> Tensor {
      let strengths = Tensor(examples[index].strengths, shape: [differences.count, 1, 1])
      let step = (moving * strengths).sum(axes: [0], keepingAxes: true)
      return objectives[index](model, examples[index].start.tensor + step)
    }
    func mean() -> Double {
      withoutRecording {
        examples.indices.reduce(0) { $0 + Double(loss($1).item) } / Double(examples.count)
      }
    }
    let before = mean()
    try descend(moving, loss: loss, count: examples.count, observer)
    let length = model.rowCount * model.latentWidth
    let deltas = differences.indices.map { index in
      WPlus(
        rowCount: model.rowCount, width: model.latentWidth,
        values: (0..<length).map { moving.pointer[index * length + $0] })
    }
    return Outcome(deltas: deltas, lossBefore: before, lossAfter: mean())
  }

  private func descend(
    _ moving: Tensor, loss: (Int) -> Tensor, count: Int, _ observer: OptimizationObserver?
  ) throws(EditingError) {
    var random = RandomSource(seed: options.seed)
    let moments = AdamMoments(shape: moving.shape)
    let batchSize = min(options.batchSize, count)
    var order: [Int] = []
    var lowest = Float.infinity
    for step in 0..<options.steps {
      let slope = Tensor.zeros(moving.shape)
      var total: Float = 0
      for _ in 0..<batchSize {
        if order.isEmpty { order = Array(0..<count).shuffled(using: &random) }
        let part = loss(order.removeLast()) * (1 / Float(batchSize))
        guard part.item.isFinite else { throw .diverged(step: step) }
        total += part.item
        let gradient = gradients(of: part, withRespectTo: [moving])[0]
        for index in 0..<slope.count { slope.pointer[index] += gradient.pointer[index] }
      }
      moments.update(
        moving, gradient: slope, rate: options.schedule.rate(step: step, of: options.steps),
        step: step + 1)
      lowest = min(lowest, total)
      let progress = OptimizationProgress(
        step: step + 1, steps: options.steps, loss: total, bestLoss: lowest)
      if let observer, !observer(progress) { throw .cancelled }
    }
  }

  /// The distance of a picture from one that has changed as the photo.
  private struct Objective {
    let inside: ReconstructionLoss
    let outside: ReconstructionLoss
    let outsideWeight: Float

    func callAsFunction(_ model: JointModel, _ wPlus: Tensor) -> Tensor {
      let picture = model.synthesize(wPlus, withFeatures: false).image
      return inside(picture) + outside(picture) * outsideWeight
    }
  }

  private func objective(_ example: Example) throws(EditingError) -> Objective {
    let region = try Refiner(model: model, dilation: options.dilation)
      .edit(classes: classes, from: example.start, to: example.end).region
    let reference = withoutRecording {
      model.synthesize(example.start.tensor, withFeatures: false).image
    }
    func mask(_ region: Region) -> Tensor {
      model.validMask
        * Tensor(
          region.bits.map { $0 ? 1 : 0 }, shape: [1, 1, model.resolution, model.resolution])
    }
    let weights = ReconstructionLoss.Weights(absolute: 1, squared: 1, pyramid: 1, perceptual: 0)
    return Objective(
      inside: ReconstructionLoss(
        target: withoutRecording { reference + example.change }, mask: mask(region),
        weights: weights),
      outside: ReconstructionLoss(
        target: reference, mask: mask(region.complement), weights: weights),
      outsideWeight: options.outsideWeight)
  }
}
