import Checkpoints
import Layers
import Networks
import Pictures
import TensorCore

/// Finds a latent code for a bare layout: a layout model draws it, the encoder reads the drawing, and
/// optimisation in W+ brings the generator's mask to the layout while its picture stays close to the
/// drawing.
public struct LayoutInverter {
  /// How layouts are inverted.
  public struct Options: Sendable {
    /// Optimisation steps after the encoder; 0 takes the encoder's code.
    public var steps: Int
    /// The learning rate of Adam over the steps.
    public var schedule = LearningRateSchedule(peak: 0.07)
    /// Factor of the cross-entropy with the layout.
    public var crossEntropyWeight: Float = 1
    /// Factor of the difference from the drawing.
    public var drawingWeight: Float = 0.3
    /// Factor of the mean squared distance from the encoder's code.
    public var priorWeight: Float = 0.05

    /// Options; the other values are those of mask edits.
    public init(steps: Int = 100) { self.steps = steps }
  }

  /// A layout's code.
  public struct Inversion: Sendable {
    /// The code.
    public let code: LatentCode
    /// What the layout model made of the layout.
    public let drawing: Picture
    /// Share of the layout's pixels that the encoder's code agrees with.
    public let accuracyBefore: Double
    /// Share of the layout's pixels that the code agrees with.
    public let accuracyAfter: Double
    /// Updates made.
    public let updates: Int
  }

  /// The model whose codes are found, and what draws layouts for it.
  public let start: LayoutStart
  /// How layouts are inverted.
  public var options: Options
  private var model: JointModel { start.model }

  /// An inverter.
  public init(start: LayoutStart, options: Options = Options()) {
    self.start = start
    self.options = options
  }

  /// Inverts a layout of the model's classes.
  ///
  /// - Parameters:
  ///   - layout: of the model's picture size, without the bands of the letterbox.
  ///   - style: `[1, z]` for a layout model with styles; nil for the mean one.
  ///   - observer: called after every step; `false` cancels and keeps the best so far.
  /// - Throws: `EditingError.modelLacks` without segmentation branch, `.diverged`.
  public func callAsFunction(
    _ layout: LabelMap, style: Tensor? = nil, observer: OptimizationObserver? = nil
  ) throws(EditingError) -> Inversion {
    guard let branch = model.branch else {
      throw .modelLacks(model.path, part: "segmentation branch")
    }
    let target = MaskEdit(
      target: model.letterbox.framed(layout), region: model.bands.complement, classes: [])
    let drawing = start.drawing(of: target.target, style: style)
    let first = start.code(of: drawing)
    func accuracy(_ point: WPlus) -> Double {
      withoutRecording {
        target.accuracy(of: branch.labels(model.synthesize(point.tensor).features))
      }
    }
    var (best, updates) = (first, 0)
    if options.steps > 0 {
      let outcome = try optimize(target, drawing, from: first, branch, observer)
      (best, updates) = (outcome.best, outcome.updates)
    }
    var hash = ContentHash()
    hash.update("\(layout.width)x\(layout.height) ")
    layout.labels.withUnsafeBytes { hash.update($0) }
    let code = LatentCode(
      wPlus: best,
      record: LatentCode.Record(
        model: model.fingerprint, domain: model.domain, source: .layout(hash: hash.hexadecimal),
        steps: updates))
    return Inversion(
      code: code, drawing: drawing, accuracyBefore: accuracy(first),
      accuracyAfter: accuracy(best), updates: updates)
  }

  private func optimize(
    _ target: MaskEdit, _ drawing: Picture, from first: WPlus, _ branch: SegmentationBranch,
    _ observer: OptimizationObserver?
  ) throws(EditingError) -> LatentOptimization.Outcome {
    let (labels, weights) = (target.target.labels, target.pixelWeights)
    let distance = ReconstructionLoss(
      target: Tensor(model.letterbox.framed(whole: drawing)),
      mask: model.letterbox.hasBands ? model.validMask : nil, weights: .reconstruction)
    let origin = first.tensor
    let prior = options.priorWeight / Float(first.values.count)
    return try LatentOptimization(
      steps: options.steps, schedule: options.schedule, rows: 0..<first.rowCount
    ).run(from: first, observer: observer) { wPlus in
      let output = model.synthesize(wPlus)
      let inside = branch.crossEntropy(output.features, targets: labels, weights: weights)
      return inside * options.crossEntropyWeight + distance(output.image) * options.drawingWeight
        + (wPlus - origin).squared().sum() * prior
    }
  }
}
