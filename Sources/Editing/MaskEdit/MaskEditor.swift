import Evaluation
import Layers
import Networks
import Pictures
import TensorCore

/// How a mask edit is optimised.
public struct MaskEditOptions: Sendable {
  /// Optimisation steps.
  public var steps: Int
  /// The learning rate of Adam over the steps.
  public var schedule: LearningRateSchedule
  /// Rows of W+ that may move; nil for all.
  public var rows: Range<Int>?
  /// Factor of the cross-entropy inside the region.
  public var crossEntropyWeight: Float
  /// Factor of the difference outside the region.
  public var outsideWeight: Float
  /// The difference outside the region.
  public var outside: ReconstructionLoss.Weights
  /// Factor of the mean squared length of the change in W+.
  public var priorWeight: Float
  /// Factor of the identity distance, when the editor has one.
  public var identityWeight: Float = 1
  /// Factor of the difference, inside the region, from the picture of the first point; only for
  /// optimisations that do not begin at the starting point.
  public var insideWeight: Float = 0

  /// Options; the defaults were chosen on held-out pictures of the demo domains.
  public init(
    steps: Int = 100, schedule: LearningRateSchedule = .init(peak: 0.07), rows: Range<Int>? = nil,
    crossEntropyWeight: Float = 1, outsideWeight: Float = 1.5,
    outside: ReconstructionLoss.Weights = .preservation, priorWeight: Float = 0.05
  ) {
    self.steps = steps
    self.schedule = schedule
    self.rows = rows
    self.crossEntropyWeight = crossEntropyWeight
    self.outsideWeight = outsideWeight
    self.outside = outside
    self.priorWeight = priorWeight
  }
}

/// What an optimised edit gives.
public struct EditOutcome: Sendable {
  /// The edited point.
  public let wPlus: WPlus
  /// Edited point less starting point.
  public let delta: WPlus
  /// Share of the region's pixels with their target class before the edit.
  public let accuracyBefore: Double
  /// Share of the region's pixels with their target class after the edit.
  public let accuracyAfter: Double
  /// Mean absolute change of the generator's picture outside the region, in 0...255.
  public let outsideChange: Double
  /// The loss of every visited point.
  public let trace: [Float]
  /// Updates made.
  public let updates: Int
  /// Whether the optimisation began at the second point that it was offered.
  public let beganAtAlternative: Bool
}

/// Makes a repainted mask come true: moves a latent code until the generator's mask agrees inside
/// the region while the picture outside keeps its looks.
public struct MaskEditor {
  /// The model that pictures and masks come from.
  public let model: JointModel
  /// How edits are optimised.
  public var options: MaskEditOptions
  /// The perceptual distance outside the region; nil for none.
  public var perceptual: (any PerceptualDistance)?
  /// Tells persons apart; nil to leave the identity out.
  public var identity: IdentityDistance?

  /// An editor for a model with a segmentation branch, with the model's own perceptual distance.
  public init(model: JointModel, options: MaskEditOptions = .init()) {
    self.model = model
    self.options = options
    perceptual = model.perceptualDistance
  }

  /// Optimises from `start`.
  ///
  /// - Parameters:
  ///   - initial: the first point of the optimisation, when it is not `start` (refinement).
  ///   - alternative: another first point, taken when its loss is lower.
  ///   - reference: what the picture outside the region is compared with, `[1, 3, H, W]` in -1...1;
  ///     nil for the picture of `start`.
  ///   - observer: called after every step; `false` cancels and keeps the best so far.
  /// - Throws: `EditingError` when the model has no segmentation branch or the loss diverges.
  public func callAsFunction(
    _ edit: MaskEdit, from start: WPlus, initial: WPlus? = nil, alternative: WPlus? = nil,
    reference: Tensor? = nil, observer: OptimizationObserver? = nil
  ) throws(EditingError) -> EditOutcome {
    let before = picture(of: start, edit)
    let objective = try RegionObjective(
      model: model, edit: edit, reference: reference ?? before.image, options: options,
      perceptual: perceptual, identity: identity,
      insideReference: options.insideWeight > 0
        ? initial.map { initial in
          withoutRecording { model.synthesize(initial.tensor, withFeatures: false).image }
        } : nil)
    let optimization = LatentOptimization(
      steps: options.steps, schedule: options.schedule, rows: options.rows ?? 0..<start.rowCount)
    let origin = start.tensor
    let prior = options.priorWeight / Float(start.values.count)
    func loss(_ wPlus: Tensor) -> Tensor {
      let loss = objective(wPlus)
      return prior > 0 ? loss + (wPlus - origin).squared().sum() * prior : loss
    }
    func value(_ point: WPlus) -> Float { withoutRecording { loss(point.tensor) }.item }
    var first = initial ?? start
    let takesAlternative = alternative.map { value($0) < value(first) } ?? false
    if let alternative, takesAlternative { first = alternative }
    let outcome = try optimization.run(from: first, observer: observer, loss: loss)
    let after = picture(of: outcome.best, edit)
    return EditOutcome(
      wPlus: outcome.best, delta: outcome.best - start,
      accuracyBefore: before.accuracy, accuracyAfter: after.accuracy,
      outsideChange: ImageQuality.meanAbsoluteChange(
        before.image, after.image, outside: edit.region.union(model.bands).bits)[0] * 255,
      trace: outcome.trace,
      updates: outcome.updates, beganAtAlternative: takesAlternative)
  }

  /// The picture of a point and the share of the edit's pixels that have their target class; the
  /// feature maps, larger than the picture by far, are let go.
  private func picture(of point: WPlus, _ edit: MaskEdit) -> (image: Tensor, accuracy: Double) {
    let output = withoutRecording { model.synthesize(point.tensor) }
    return (
      output.image, model.branch.map { edit.accuracy(of: $0.labels(output.features)) } ?? 0
    )
  }
}
