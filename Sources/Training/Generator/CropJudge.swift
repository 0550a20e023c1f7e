import Layers
import Networks
import TensorCore

/// The discriminator of a paired training: it compares random crops of generated pictures with the
/// same crops of the renderings that they should repeat.
final class CropJudge {
  /// What the generator is told.
  struct Verdict {
    /// A scalar.
    let loss: Tensor
    let terms: [LossTerm]
  }

  static let noTerms = ["adversarial", "features", "D_real", "D_fake", "R1"].map { LossTerm($0, 0) }

  private let options: PairedGeneratorOptions
  private let discriminator: CropDiscriminator
  /// The same weights, which do not learn.
  private let frozen: CropDiscriminator
  private let optimizer: AdamOptimizer
  private let side: Int

  init(data: RenderedPictures, options: PairedGeneratorOptions) throws(TrainingError) {
    self.options = options
    let resolutions = options.stages.stages.filter(\.isAdversarial).map(\.resolution)
    var side = options.cropSide
    for resolution in resolutions {
      let area = data.validArea(side: resolution)
      while side > min(area.width, area.height), side > 8 { side /= 2 }
    }
    self.side = side
    let sizes = CropDiscriminatorConfiguration(side: side, filters: options.discriminatorFilters)
    let weights = sizes.weights(seed: options.seed &+ 2)
    do throws(ModelError) {
      discriminator = try CropDiscriminator(
        WeightTable(weights, isTrainable: true), configuration: sizes)
      frozen = try CropDiscriminator(WeightTable(weights), configuration: sizes)
    } catch { throw .model(error) }
    optimizer = AdamOptimizer(discriminator.parameters, beta1: 0, beta2: 0.99)
  }

  /// Weights and moments.
  var stored: [String: Tensor] {
    discriminator.parameters.merging(optimizer.state) { first, _ in first }
  }

  func resume(after step: Int) { optimizer.resume(after: step) }

  /// Trains the discriminator by one step, then tells what it thinks of the pictures.
  ///
  /// - Parameters:
  ///   - pictures: `[N, 3, h, w]`, whose gradients are wanted.
  ///   - targets: the renderings.
  ///   - step: the discriminator's steps before this one.
  func judged(
    _ pictures: Tensor, _ targets: Tensor, step: Int, rate: Float, _ random: inout RandomSource
  ) -> Verdict {
    let corners = (0..<pictures.shape[0]).map { _ in
      (
        Int.random(in: 0...pictures.shape[2] - side, using: &random),
        Int.random(in: 0...pictures.shape[3] - side, using: &random)
      )
    }
    let (fake, real) = (cut(pictures, corners), cut(targets, corners))
    let ofFake = discriminator(fake.detached()).logits
    let ofReal = discriminator(real)
    var slopes = gradients(
      of: ofFake.softplus().mean() + (-ofReal.logits).softplus().mean(),
      withRespectTo: optimizer.parameters)
    var penalty: Float = 0
    if step % options.penaltyInterval == 0 {
      let (value, additions) = GradientPenalty.gradients(
        on: real, withRespectTo: optimizer.parameters,
        factor: options.penaltyWeight * 0.5 * Float(options.penaltyInterval)
      ) { discriminator($0).logits }
      penalty = value
      slopes = zip(slopes, additions).map { $0 + $1 }
    }
    // The features that the generator is compared with are those before the step.
    let expected = ofReal.features.map { $0.detached() }
    optimizer.update(slopes, rate: rate)
    let (adversarial, features) = Self.losses(of: frozen(fake), comparedWith: expected)
    let ramp = min(1, Float(step + 1) / options.adversarialRamp)
    return Verdict(
      loss: (adversarial * options.adversarialWeight + features * options.featureWeight) * ramp,
      terms: zip(
        Self.noTerms,
        [
          adversarial.item, features.item, ofReal.logits.sigmoid().mean().item,
          ofFake.sigmoid().mean().item, penalty,
        ]
      ).map { LossTerm($0.name, $1) })
  }

  /// How far generated pictures are from being taken for renderings, and how much their features
  /// differ from those of the renderings in units of these, on average.
  static func losses(of verdict: CropDiscriminator.Output, comparedWith expected: [Tensor])
    -> (adversarial: Tensor, features: Tensor)
  {
    var features = Tensor(0)
    for (own, other) in zip(verdict.features, expected) {
      let scale = 1 / (other.absolute().mean().item + 1e-3)
      features = features + (own - other).absolute().mean() * scale
    }
    return (
      (-verdict.logits).softplus().mean(), features * (1 / Float(max(expected.count, 1)))
    )
  }

  private func cut(_ pictures: Tensor, _ corners: [(top: Int, left: Int)]) -> Tensor {
    .concatenated(
      corners.enumerated().map { index, corner in
        pictures.slice(index..<index + 1, axis: 0)
          .slice(corner.top..<corner.top + side, axis: 2)
          .slice(corner.left..<corner.left + side, axis: 3)
      }, axis: 0)
  }
}

/// The penalty on gradients of a discriminator at real pictures (R1; Mescheder et al. 2018).
enum GradientPenalty {
  /// The mean over pictures of the squared length of the gradient of their logits, and the
  /// gradients of `factor` times this mean.
  static func gradients(
    on pictures: Tensor, withRespectTo parameters: [Tensor], factor: Float,
    logits: (Tensor) -> Tensor
  ) -> (value: Float, gradients: [Tensor]) {
    let inputs = pictures.detached(requiresGradient: true)
    let slope = TensorCore.gradients(
      of: logits(inputs).sum(), withRespectTo: [inputs], recording: true)[0]
    let penalty = slope.squared().sum() * (1 / Float(pictures.shape[0]))
    return (
      penalty.item, TensorCore.gradients(of: penalty * factor, withRespectTo: parameters)
    )
  }
}
