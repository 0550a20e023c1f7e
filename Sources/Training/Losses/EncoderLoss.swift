import Networks
import TensorCore

/// How far an encoder's codes and the pictures made of them are from what was asked for (editgan
/// spec section 3.2).
public struct EncoderLoss {
  /// Factors of the terms; 0 leaves a term out.
  public struct Weights: Sendable, Equatable, Codable {
    /// Mean squared difference of codes, in units of the latent's variance; samples only.
    public var latent: Float
    /// Mean squared difference of pictures.
    public var squared: Float
    /// Absolute differences of pixels and of the bands of a Laplacian pyramid.
    public var pyramid: Float

    /// Factors of the three terms.
    public init(latent: Float = 0.5, squared: Float = 1, pyramid: Float = 1) {
      self.latent = latent
      self.squared = squared
      self.pyramid = pyramid
    }
  }

  /// Factors of the terms.
  public let weights: Weights
  private let latentVariance: Float
  private let mask: Tensor?
  /// All pixels divided by those that count.
  private let share: Float
  private let pyramid = PyramidDistance()

  /// A loss.
  ///
  /// - Parameters:
  ///   - latentVariance: mean variance of the numbers of a latent vector.
  ///   - mask: `[1, 1, H, W]`, 1 where pictures are compared; nil compares everywhere.
  public init(weights: Weights, latentVariance: Float, mask: Tensor?) {
    check(latentVariance > 0, "encoder loss: latent variance \(latentVariance)")
    self.weights = weights
    self.latentVariance = latentVariance
    self.mask = mask
    share = mask.map { Float($0.count) / max($0.sum().item, 1) } ?? 1
  }

  /// The mean squared difference of codes `[N, rows, w]`, a scalar, in units of the variance.
  public func latent(_ codes: Tensor, _ truth: Tensor) -> Tensor {
    (codes - truth).squared().mean() * (1 / latentVariance)
  }

  /// The weighted difference of pictures `[N, 3, H, W]`, a scalar: mean over pictures and the
  /// compared pixels.
  public func image(_ pictures: Tensor, _ truth: Tensor) -> Tensor {
    var total = Tensor(0)
    if weights.squared > 0 {
      var difference = pictures - truth
      if let mask { difference = difference * mask }
      total = total + difference.squared().mean() * (weights.squared * share)
    }
    if weights.pyramid > 0 {
      let target = pyramid.target(truth, mask: mask)
      total = total + pyramid.distance(pictures, to: target).mean() * (weights.pyramid * share)
    }
    return total
  }
}
