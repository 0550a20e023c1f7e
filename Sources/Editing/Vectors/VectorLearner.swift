import Evaluation
import Layers
import Networks
import Pictures
import TensorCore

/// How a vector is learned from repainted masks.
public struct VectorLearningOptions: Sendable {
  /// How each example is edited.
  public var edit: MaskEditOptions
  /// Factors of the polished mean that are tried, in rising order.
  public var factors: [Float]
  /// The largest mean absolute change outside the region, in 0...255, that a factor may cause.
  public var outsideLimit: Double
  /// Optimisation steps, each over all examples, that polish the scaled mean; 0 for none.
  public var polishingSteps: Int

  /// Options; the defaults were chosen on held-out pictures of the demo domains.
  public init(
    edit: MaskEditOptions = .init(steps: 60, outsideWeight: 5, priorWeight: 0.5),
    factors: [Float] = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3],
    outsideLimit: Double = 2.5,
    polishingSteps: Int = 20
  ) {
    self.edit = edit
    self.factors = factors
    self.outsideLimit = outsideLimit
    self.polishingSteps = polishingSteps
  }
}

/// Learns a vector from the repainted masks of several pictures.
///
/// Each picture is edited by itself; the mean difference keeps what the edits have in common, while
/// what was merely cheap for one picture averages out. A few steps along the gradient of all
/// examples together polish the mean, and of its multiples the one is taken that brings the masks
/// closest to the painted ones without changing too much elsewhere.
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
    /// The difference for strength 1.
    public let delta: WPlus
    /// The multiple of the polished mean that it is; 1 for a single example.
    public let factor: Float
    /// Mean share of the regions' pixels with their target class before the edit.
    public let accuracyBefore: Double
    /// The same after each example's own optimisation.
    public let accuracyOptimized: Double
    /// The same when each example is edited by the vector.
    public let accuracyShared: Double
    /// Mean absolute change outside the region, 0...255, when each example is edited by the vector.
    public let outsideShared: Double
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
  /// - Parameter observer: called after every step of every example; `false` cancels.
  /// - Throws: `EditingError` without examples or segmentation branch, when a loss diverges, or
  ///   `.cancelled`.
  public func callAsFunction(_ examples: [Example], observer: OptimizationObserver? = nil)
    throws(EditingError) -> Outcome
  {
    guard !examples.isEmpty else { throw .nothingToLearn }
    let editor = MaskEditor(model: model, options: options.edit)
    let steps = options.edit.steps
    var outcomes: [EditOutcome] = []
    for (index, example) in examples.enumerated() {
      let outcome = try editor(example.edit, from: example.start) { progress in
        observer?(
          OptimizationProgress(
            step: index * steps + progress.step, steps: examples.count * steps,
            loss: progress.loss, bestLoss: progress.bestLoss)) ?? true
      }
      guard outcome.updates == steps else { throw .cancelled }
      outcomes.append(outcome)
    }
    func average(_ value: (EditOutcome) -> Double) -> Double {
      outcomes.reduce(0) { $0 + value($1) } / Double(outcomes.count)
    }
    let sum = outcomes.dropFirst().reduce(outcomes[0].delta) { $0 + $1.delta }
    let (before, optimized) = (average(\.accuracyBefore), average(\.accuracyAfter))
    let mean = sum * (1 / Float(examples.count))
    let isShared = examples.count > 1
    let delta = isShared ? try polished(mean, examples, observer: observer) : mean
    let best = bestMultiple(of: delta, examples, factors: isShared ? options.factors : [1])
    return Outcome(
      delta: delta * best.factor, factor: best.factor, accuracyBefore: before,
      accuracyOptimized: optimized, accuracyShared: best.accuracy, outsideShared: best.outside)
  }

  /// Descends from the mean along the gradient of all examples together: what one example would
  /// gain at the cost of the others cancels out.
  private func polished(
    _ delta: WPlus, _ examples: [Example], observer: OptimizationObserver?
  ) throws(EditingError) -> WPlus {
    if options.polishingSteps == 0 { return delta }
    var objectives: [RegionObjective] = []
    for example in examples {
      let reference = withoutRecording {
        model.synthesize(example.start.tensor, withFeatures: false).image
      }
      objectives.append(
        try RegionObjective(
          model: model, edit: example.edit, reference: reference, options: options.edit,
          perceptual: nil))
    }
    let moving = delta.tensor.copied(requiresGradient: true)
    let moments = AdamMoments(shape: moving.shape)
    let schedule = LearningRateSchedule(peak: 0.01)
    for step in 0..<options.polishingSteps {
      let slope = Tensor.zeros(moving.shape)
      var total: Float = 0
      for (example, objective) in zip(examples, objectives) {
        let loss = objective(example.start.tensor + moving) * (1 / Float(examples.count))
        guard loss.item.isFinite else { throw .diverged(step: step) }
        total += loss.item
        let part = gradients(of: loss, withRespectTo: [moving])[0]
        for index in 0..<slope.count { slope.pointer[index] += part.pointer[index] }
      }
      moments.update(
        moving, gradient: slope, rate: schedule.rate(step: step, of: options.polishingSteps),
        step: step + 1)
      let progress = OptimizationProgress(
        step: step + 1, steps: options.polishingSteps, loss: total, bestLoss: total)
      if let observer, !observer(progress) { throw .cancelled }
    }
    return WPlus(moving)
  }

  private struct Effect {
    var factor: Float
    var accuracy = 0.0
    var outside = 0.0
  }

  private func bestMultiple(of delta: WPlus, _ examples: [Example], factors: [Float]) -> Effect {
    var best = Effect(factor: factors.first ?? 1)
    for (index, factor) in factors.enumerated() {
      var sum = Effect(factor: factor)
      for example in examples {
        let (accuracy, outside) = effect(of: delta * factor, on: example)
        sum.accuracy += accuracy / Double(examples.count)
        sum.outside += outside / Double(examples.count)
      }
      if index > 0 && sum.outside > options.outsideLimit { break }
      if index == 0 || sum.accuracy > best.accuracy { best = sum }
    }
    return best
  }

  private func effect(of delta: WPlus, on example: Example) -> (accuracy: Double, outside: Double) {
    let before = withoutRecording {
      model.synthesize(example.start.tensor, withFeatures: false).image
    }
    let after = withoutRecording { model.synthesize((example.start + delta).tensor) }
    let outside = example.edit.region.union(model.bands)
    let change = ImageQuality.meanAbsoluteChange(before, after.image, outside: outside.bits)[0]
    let labels = model.branch?.labels(after.features) ?? []
    return (example.edit.accuracy(of: labels), change * 255)
  }
}
