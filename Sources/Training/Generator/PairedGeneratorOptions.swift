import Layers

/// How a joint generator learns to repeat renderings of known factors.
public struct PairedGeneratorOptions: Sendable, Equatable, Codable {
  /// Steps in all.
  public var steps: Int
  /// Resolutions and discriminator over the steps.
  public var stages: TrainingStages
  /// Pictures of a step; twice as many up to 32 pixels.
  public var batchSize = 8
  /// Learning rate of the synthesis network.
  public var rate: Float = 0.01
  /// Factor of the mapping network's rate (its stored weights are 100 times larger).
  public var mappingRate: Float = 30
  /// Factor of the segmentation branch's rate.
  public var branchRate: Float = 0.5
  /// Steps in which rates rise from 0.
  public var warmUpSteps = 60
  /// Share of the steps, at the end, in which rates fall along a cosine to `finalRate`.
  public var decayShare: Float = 0.35
  /// What is left of the rates then.
  public var finalRate: Float = 0.06
  /// Factor of the bands of the Laplacian pyramid.
  public var bandWeight: Float = 1
  /// Factor of the edge energies, from 32 pixels on.
  public var edgeWeight: Float = 1
  /// Factor of the branch's cross-entropy, whose gradient reaches the generator, too.
  public var branchWeight: Float = 0.15
  /// Side of the grid of pixels on which the branch learns.
  public var gridSide = 48
  /// A resolution of an additional cheap step with every step above it; 0 for none.
  public var companionResolution = 0
  /// Steps with every one at the full resolution whose codes come from an encoder, which learns
  /// along; 0 for none.
  public var codedSteps = 0
  /// Learning rate of the encoder.
  public var encoderRate: Float = 0.001
  /// Factor of the distance between the encoder's codes and those of the factors.
  public var codeWeight: Float = 0.1
  /// Units of the hidden layer of a new encoder.
  public var encoderHidden = 320
  /// Blur of factors with little influence, against learning pictures by heart; for some thousand
  /// pictures and fewer.
  public var latentNoise: Float = 0
  /// Side of the crops that the discriminator sees; smaller pictures are seen whole.
  public var cropSide = 64
  /// Channels of the discriminator's first layer.
  public var discriminatorFilters = 16
  /// Learning rate of the discriminator.
  public var discriminatorRate: Float = 0.002
  /// Factor of what the discriminator says.
  public var adversarialWeight: Float = 0.05
  /// Factor of the differences of its features.
  public var featureWeight: Float = 0.5
  /// The discriminator's steps over which both factors rise from 0.
  public var adversarialRamp: Float = 60
  /// Gamma of the gradient penalty on real pictures.
  public var penaltyWeight: Float = 1
  /// Steps from one gradient penalty to the next.
  public var penaltyInterval = 16
  /// Pictures in which half of the moving average is forgotten; fewer at the beginning.
  public var averageHalfLife: Float = 1500
  /// Seed of weights, order and draws.
  public var seed: UInt64 = 0

  /// Settings of so many steps.
  public init(steps: Int, stages: TrainingStages) {
    self.steps = steps
    self.stages = stages
  }

  /// The factor of all rates at a step.
  func rateFactor(step: Int, sinceStart: Int) -> Float {
    let warm = min(1, Float(sinceStart + 1) / Float(warmUpSteps))
    let begin = 1 - decayShare
    let progress = Float(step) / Float(steps)
    guard decayShare > 0, progress > begin else { return warm }
    return warm
      * (finalRate + (1 - finalRate)
        * LearningRateSchedule.cosineFall(min(1, (progress - begin) / decayShare)))
  }
}
