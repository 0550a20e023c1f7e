#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a StyleGAN2 generator learns from pictures alone (Karras et al. 2020, sections 3 and appendix
/// B; 2020b for the augmentation).
public struct UnpairedGeneratorOptions: Sendable, Equatable, Codable {
  /// Steps in all.
  public var steps: Int
  /// Pictures of a step; a multiple of four, or fewer than four.
  public var batchSize = 8
  /// Learning rate of both networks.
  public var rate: Float = 0.0025
  /// Gamma of the gradient penalty on real pictures; nil derives it from resolution and batch.
  public var penaltyWeight: Float?
  /// Steps from one gradient penalty to the next.
  public var penaltyInterval = 16
  /// Factor of the path length penalty; 0 for none.
  public var pathWeight: Float = 2
  /// Steps from one path length penalty to the next.
  public var pathInterval = 4
  /// How quickly the mean path length follows.
  public var pathDecay: Float = 0.01
  /// What part of a batch (one in so many) path lengths are measured on.
  public var pathShrink = 2
  /// Probability that a picture mixes two styles.
  public var mixing: Float = 0.9
  /// How much of the mean w is kept at every step.
  public var meanLatentDecay: Float = 0.995
  /// Pictures in which half of the moving average is forgotten; nil derives it from the batch.
  public var averageHalfLife: Float?
  /// Share of the pictures seen so far that bounds the half-life.
  public var averageRampUp: Float = 0.05
  /// Whether pictures are augmented adaptively.
  public var augments = true
  /// The mean sign of the discriminator's answers to real pictures that augmentation aims at.
  public var augmentationTarget: Float = 0.6
  /// Steps from one adjustment of the augmentation to the next.
  public var augmentationInterval = 4
  /// Pictures in which the probability of augmentation can rise from 0 to 1.
  public var augmentationPictures: Float = 500_000
  /// Whether pictures are shown mirrored, too.
  public var mirrors = false
  /// Seed of weights, order and draws.
  public var seed: UInt64 = 0

  /// Settings of so many steps.
  public init(steps: Int) { self.steps = steps }

  /// Gamma for pictures of a resolution.
  func penaltyWeight(resolution: Int) -> Float {
    penaltyWeight ?? 0.0002 * Float(resolution * resolution) / Float(batchSize)
  }

  /// How much of the moving average is kept at a step before which `pictures` were seen.
  func kept(pictures: Int) -> Float {
    let halfLife = averageHalfLife ?? Float(batchSize) * 10_000 / 32
    return ExponentialMovingAverage.decay(
      per: Float(batchSize),
      halfLife: max(min(halfLife, Float(pictures) * averageRampUp), 1e-3))
  }

  /// Rate and decays of an optimiser that also takes a regularising step every `interval` steps, so
  /// that its moments change as quickly as without (Karras et al. 2020, appendix B).
  func adam(interval: Int?) -> (rate: Float, beta2: Float) {
    guard let interval else { return (rate, 0.99) }
    let share = Float(interval) / Float(interval + 1)
    return (rate * share, powf(0.99, share))
  }
}
