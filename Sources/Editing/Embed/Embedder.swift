import Evaluation
import Layers
import Networks
import TensorCore

/// How pictures are embedded.
public struct EmbeddingOptions: Sendable {
  /// Optimisation steps after the encoder; 0 takes the encoder's code.
  public var steps: Int
  /// The learning rate of Adam over the steps.
  public var schedule: LearningRateSchedule
  /// The difference between picture and reconstruction.
  public var weights: ReconstructionLoss.Weights
  /// Factor of the mean squared distance from the encoder's code.
  public var priorWeight: Float

  /// Options. A higher rate reconstructs better (0.2 gains 0.5 dB on held-out faces) but ends farther
  /// from what the generator knows, where masks are worse and edits transfer less; the default keeps
  /// codes editable.
  public init(
    steps: Int = 100, schedule: LearningRateSchedule = .init(peak: 0.05),
    weights: ReconstructionLoss.Weights = .reconstruction, priorWeight: Float = 1e-3
  ) {
    self.steps = steps
    self.schedule = schedule
    self.weights = weights
    self.priorWeight = priorWeight
  }
}

/// An embedded picture.
public struct Embedding: Sendable {
  /// The code.
  public let wPlus: WPlus
  /// The encoder's code, or the mean latent for models without encoder.
  public let start: WPlus
  /// Peak signal-to-noise ratio of the start's picture inside the letterbox, in decibels.
  public let psnrStart: Double
  /// Peak signal-to-noise ratio of the code's picture inside the letterbox, in decibels.
  public let psnr: Double
  /// The loss of every visited point.
  public let trace: [Float]
}

/// Finds the latent code of a picture: the encoder's answer, then optimisation in W+.
public struct Embedder {
  /// The model.
  public let model: JointModel
  /// How pictures are embedded.
  public var options: EmbeddingOptions
  /// The perceptual distance; nil for none.
  public var perceptual: (any PerceptualDistance)?

  /// An embedder for a model, with the model's own perceptual distance; without encoder it starts
  /// from the mean latent.
  public init(model: JointModel, options: EmbeddingOptions = .init()) {
    self.model = model
    self.options = options
    perceptual = model.perceptualDistance
  }

  /// Embeds a picture `[1, 3, H, W]` of the generator's square, values in -1...1.
  ///
  /// - Parameter observer: called after every step; `false` cancels and keeps the best so far.
  /// - Throws: `EditingError.diverged` when the loss is not a number.
  public func callAsFunction(_ picture: Tensor, observer: OptimizationObserver? = nil)
    throws(EditingError) -> Embedding
  {
    let start = withoutRecording { startingPoint(picture) }
    let psnrStart = psnr(start, picture)
    guard options.steps > 0 else {
      return Embedding(
        wPlus: start, start: start, psnrStart: psnrStart, psnr: psnrStart, trace: [])
    }
    let loss = ReconstructionLoss(
      target: picture, mask: model.letterbox.hasBands ? model.validMask : nil,
      weights: options.weights, perceptual: perceptual)
    let origin = start.tensor
    let prior = options.priorWeight / Float(start.values.count)
    let optimization = LatentOptimization(
      steps: options.steps, schedule: options.schedule, rows: 0..<start.rowCount)
    let outcome = try optimization.run(from: start, observer: observer) { wPlus in
      let distance = loss(model.synthesize(wPlus, withFeatures: false).image)
      return prior > 0 ? distance + (wPlus - origin).squared().sum() * prior : distance
    }
    return Embedding(
      wPlus: outcome.best, start: start, psnrStart: psnrStart, psnr: psnr(outcome.best, picture),
      trace: outcome.trace)
  }

  private func startingPoint(_ picture: Tensor) -> WPlus {
    if let encoder = model.encoder { return WPlus(encoder(picture)) }
    return WPlus(
      model.generator.meanLatent.reshaped([1, 1, model.latentWidth])
        .broadcast(to: [1, model.rowCount, model.latentWidth]))
  }

  /// Both pictures as 8-bit values inside the letterbox.
  private func psnr(_ code: WPlus, _ picture: Tensor) -> Double {
    let made = withoutRecording { model.synthesize(code.tensor, withFeatures: false).image }
    let letterbox = model.letterbox
    return ImageQuality.peakSignalToNoiseRatio(
      Tensor(letterbox.unframed(made.picture())), Tensor(letterbox.unframed(picture.picture())))[0]
  }
}
