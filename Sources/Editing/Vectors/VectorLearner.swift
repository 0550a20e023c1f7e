import Evaluation
import Networks
import Pictures
import TensorCore

/// How a vector is learned from repainted masks.
public struct VectorLearningOptions: Sendable {
  /// How each example is edited.
  public var edit: MaskEditOptions
  /// Factors of the mean difference that are tried, in rising order.
  public var factors: [Float]
  /// The largest mean absolute change outside the region, in 0...255, that a factor may cause.
  public var outsideLimit: Double

  /// Options; the defaults were chosen on held-out pictures of the demo domains.
  public init(
    edit: MaskEditOptions = .init(steps: 60, outsideWeight: 5, priorWeight: 0.5),
    factors: [Float] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5], outsideLimit: Double = 2.8
  ) {
    self.edit = edit
    self.factors = factors
    self.outsideLimit = outsideLimit
  }
}

/// Learns a vector from the repainted masks of several pictures.
///
/// Each picture is edited by itself; the mean difference keeps what the edits have in common, while
/// what was merely cheap for one picture averages out. A mean is shorter than its parts, so its
/// strength is chosen by transfer: every example is edited by the mean of the others, and the factor
/// wins that brings the masks closest to the painted ones without changing too much elsewhere.
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
    /// The factor that was chosen; 1 for a single example.
    public let factor: Float
    /// Mean share of the regions' pixels with their target class before the edit.
    public let accuracyBefore: Double
    /// The same after each example's own optimisation.
    public let accuracyOptimized: Double
    /// The same when each example is edited by the mean of the others; nil for a single example.
    public let accuracyTransferred: Double?
    /// Mean absolute change outside the region, 0...255, when each example is edited by the mean of
    /// the others; nil for a single example.
    public let outsideTransferred: Double?
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
    func mean(_ value: (EditOutcome) -> Double) -> Double {
      outcomes.reduce(0) { $0 + value($1) } / Double(outcomes.count)
    }
    let sum = outcomes.dropFirst().reduce(outcomes[0].delta) { $0 + $1.delta }
    let (before, optimized) = (mean(\.accuracyBefore), mean(\.accuracyAfter))
    guard examples.count > 1 else {
      return Outcome(
        delta: sum, factor: 1, accuracyBefore: before, accuracyOptimized: optimized,
        accuracyTransferred: nil, outsideTransferred: nil)
    }
    let best = bestTransfer(examples, outcomes.map(\.delta), sum: sum)
    return Outcome(
      delta: sum * (best.factor / Float(examples.count)), factor: best.factor,
      accuracyBefore: before, accuracyOptimized: optimized, accuracyTransferred: best.accuracy,
      outsideTransferred: best.outside)
  }

  private struct Transfer {
    var factor: Float
    var accuracy: Double
    var outside: Double
  }

  private func bestTransfer(_ examples: [Example], _ deltas: [WPlus], sum: WPlus) -> Transfer {
    var best: Transfer?
    for factor in options.factors {
      var transfer = Transfer(factor: factor, accuracy: 0, outside: 0)
      for (example, delta) in zip(examples, deltas) {
        let others = (sum - delta) * (factor / Float(examples.count - 1))
        let (accuracy, outside) = effect(of: others, on: example)
        transfer.accuracy += accuracy / Double(examples.count)
        transfer.outside += outside / Double(examples.count)
      }
      guard let current = best else {
        best = transfer
        continue
      }
      if transfer.outside > options.outsideLimit { break }
      if transfer.accuracy > current.accuracy { best = transfer }
    }
    return best ?? Transfer(factor: 1, accuracy: 0, outside: 0)
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
