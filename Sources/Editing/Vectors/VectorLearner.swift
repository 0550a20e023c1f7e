import Networks
import TensorCore

/// How a vector is learned from several repainted masks.
public struct VectorLearningOptions: Sendable {
  /// Passes over all examples.
  public var passes: Int
  /// The learning rate of Adam over the passes.
  public var schedule: LearningRateSchedule
  /// What each example minimises.
  public var edit: MaskEditOptions

  /// Options; the defaults were chosen on held-out pictures of the demo domains.
  public init(
    passes: Int = 60, schedule: LearningRateSchedule = .init(peak: 0.03),
    edit: MaskEditOptions = .init(outsideWeight: 5, priorWeight: 2)
  ) {
    self.passes = passes
    self.schedule = schedule
    self.edit = edit
  }
}

/// Learns one difference in W+ that makes the repainted masks of several pictures come true at once
/// and changes each picture as little as possible elsewhere.
///
/// A difference that was optimised on one picture carries along what happens to be cheap for that
/// picture; one that must serve many keeps what the edits have in common, and transfers better than
/// their mean.
public struct VectorLearner {
  /// A picture's code and its repainted mask.
  public struct Example: Sendable {
    /// The code.
    public let start: WPlus
    /// What the mask should become.
    public let edit: MaskEdit

    /// An example.
    public init(start: WPlus, edit: MaskEdit) {
      self.start = start
      self.edit = edit
    }
  }

  /// What was learned.
  public struct Outcome: Sendable {
    /// The shared difference.
    public let delta: WPlus
    /// Mean share of the regions' pixels with their target class, without the difference.
    public let accuracyBefore: Double
    /// Mean share of the regions' pixels with their target class, with the difference.
    public let accuracyAfter: Double
    /// Mean loss over the examples in each pass.
    public let trace: [Float]
  }

  /// The model.
  public let model: JointModel
  /// How the vector is learned.
  public var options: VectorLearningOptions

  /// A learner for a model with a segmentation branch.
  public init(model: JointModel, options: VectorLearningOptions = .init()) {
    self.model = model
    self.options = options
  }

  /// Learns from `examples`.
  ///
  /// - Parameter observer: called after every example; `false` stops early.
  /// - Throws: `EditingError` without examples or segmentation branch, or when the loss diverges.
  public func callAsFunction(_ examples: [Example], observer: OptimizationObserver? = nil)
    throws(EditingError) -> Outcome
  {
    guard let first = examples.first else { throw .nothingToLearn }
    guard options.passes >= 1 else { throw .invalidSteps(options.passes) }
    var objectives: [RegionObjective] = []
    for example in examples {
      let reference = withoutRecording {
        model.synthesize(example.start.tensor, withFeatures: false).image
      }
      objectives.append(
        try RegionObjective(
          model: model, edit: example.edit, reference: reference, options: options.edit,
          perceptual: model.perceptualDistance))
    }
    let zero = WPlus.zero(rowCount: first.start.rowCount, width: first.start.width)
    let rows = options.edit.rows ?? 0..<zero.rowCount
    let moving = zero.tensor.slice(rows, axis: 1).copied(requiresGradient: true)
    let moments = AdamMoments(shape: moving.shape)
    let prior = options.edit.priorWeight / Float(zero.values.count)
    let steps = options.passes * examples.count
    var step = 0
    var trace: [Float] = []
    passes: for _ in 0..<options.passes {
      var sum: Float = 0
      for (example, objective) in zip(examples, objectives) {
        let delta = moving.padded(
          before: rows.lowerBound, after: zero.rowCount - rows.upperBound, axis: 1)
        var loss = objective(example.start.tensor + delta)
        if prior > 0 { loss = loss + moving.squared().sum() * prior }
        guard loss.item.isFinite else { throw .diverged(step: step) }
        sum += loss.item
        moments.update(
          moving, gradient: gradients(of: loss, withRespectTo: [moving])[0],
          rate: options.schedule.rate(step: step, of: steps), beta1: 0.9, beta2: 0.99,
          step: step + 1)
        step += 1
        let progress = OptimizationProgress(
          step: step, steps: steps, loss: loss.item, bestLoss: trace.min() ?? loss.item)
        if let observer, !observer(progress) { break passes }
      }
      trace.append(sum / Float(examples.count))
    }
    let delta = WPlus(
      withoutRecording {
        moving.padded(before: rows.lowerBound, after: zero.rowCount - rows.upperBound, axis: 1)
      })
    let before = meanAccuracy(examples, objectives, adding: zero)
    return Outcome(
      delta: delta, accuracyBefore: before,
      accuracyAfter: meanAccuracy(examples, objectives, adding: delta), trace: trace)
  }

  private func meanAccuracy(
    _ examples: [Example], _ objectives: [RegionObjective], adding delta: WPlus
  ) -> Double {
    guard let branch = model.branch else { return 0 }
    let sum = zip(examples, objectives).reduce(0.0) { sum, pair in
      let labels = withoutRecording {
        branch.labels(model.synthesize((pair.0.start + delta).tensor).features)
      }
      return sum + pair.1.accuracy(labels)
    }
    return sum / Double(examples.count)
  }
}
