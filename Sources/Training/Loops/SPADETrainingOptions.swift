import Networks

/// How a SPADE model is trained (SPADE spec 6).
public struct SPADETrainingOptions: Sendable, Equatable, Codable {
  /// Steps in all.
  public var steps: Int
  /// Pairs of a step.
  public var batchSize: Int = 1
  /// Learning rate of generator and encoder.
  public var generatorRate: Float = 1e-4
  /// Learning rate of the discriminator.
  public var discriminatorRate: Float = 4e-4
  /// Decay of Adam's running mean.
  public var beta1: Float = 0
  /// Decay of Adam's running square.
  public var beta2: Float = 0.9
  /// Share of the steps, at the end, over which the learning rates fall to 0.
  public var decayShare: Float = 0.5
  /// What discriminator and generator want, by the name in `AdversarialLoss`.
  public var adversarial: String = AdversarialLoss.hinge.rawValue
  /// Factor of the differences of the discriminator's features.
  public var featureWeight: Float = 10
  /// Factor of the divergence of style codes.
  public var divergenceWeight: Float = 0.05
  /// Factor of the mean absolute difference from the photo; the reference has none.
  public var pixelWeight: Float = 0
  /// Factor of the differences of VGG19's features, for trainings that are given that network.
  public var perceptualWeight: Float?
  /// Share of the steps, at the beginning, without discriminator: pictures that are far off teach it
  /// nothing, and these steps take half the time. Needs a `pixelWeight`.
  public var soloShare: Float = 0
  /// Whether the discriminator sees new pictures, made by the generator after its step, as in the
  /// reference; otherwise those of the generator's step, which saves a pass.
  public var renewsPictures: Bool = true
  /// Decay of the moving average of the generator's and encoder's weights.
  public var averageDecay: Float = 0.999
  /// Gain of the random weights to start from.
  public var initialGain: Float = 0.02
  /// Filters of the discriminator's first layer.
  public var discriminatorFilters: Int = 64
  /// Scales of the discriminator.
  public var discriminatorScales: Int = 2
  /// Seed of weights, order and noise.
  public var seed: UInt64 = 0

  /// The paper's settings (two time scales, hinge loss).
  public init(steps: Int) { self.steps = steps }

  /// Settings for small networks, small data sets and two cores: pixels count, too, rates are
  /// higher and weights start larger.
  public static func small(steps: Int) -> SPADETrainingOptions {
    var options = SPADETrainingOptions(steps: steps)
    options.batchSize = 6
    options.generatorRate = 7e-4
    options.discriminatorRate = 6e-4
    options.beta1 = 0.5
    options.beta2 = 0.999
    options.pixelWeight = 10
    options.featureWeight = 4
    options.divergenceWeight = 5e-4
    options.soloShare = 0.5
    options.decayShare = 0.35
    options.averageDecay = 0.995
    options.renewsPictures = false
    options.initialGain = 1
    options.discriminatorFilters = 16
    return options
  }
}
