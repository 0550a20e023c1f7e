import Networks
import TensorCore

/// How far a picture is from a fixed target: pixel differences, a Laplacian pyramid of them, and a
/// perceptual distance, over a part of the picture.
///
/// The target's features are computed once.
public final class ReconstructionLoss {
  /// Factors of the terms; 0 leaves a term out.
  public struct Weights: Sendable, Equatable {
    /// Mean absolute difference (values -1...1).
    public var absolute: Float
    /// Mean squared difference.
    public var squared: Float
    /// Sum of the mean absolute values of the bands of the difference's Laplacian pyramid.
    public var pyramid: Float
    /// The perceptual distance.
    public var perceptual: Float

    /// Factors of the four terms.
    public init(absolute: Float, squared: Float, pyramid: Float, perceptual: Float) {
      self.absolute = absolute
      self.squared = squared
      self.pyramid = pyramid
      self.perceptual = perceptual
    }

    /// What reconstructs held-out pictures of the demo domains best (`semblance evaluate
    /// embedding`): the encoder's own features cost time and gained nothing there.
    public static let reconstruction = Weights(absolute: 1, squared: 1, pyramid: 1, perceptual: 0)
    /// What keeps a picture's looks outside of an edit.
    public static let preservation = Weights(absolute: 1, squared: 1, pyramid: 1, perceptual: 0.5)
  }

  private let target: Tensor
  private let weights: Weights
  private let mask: Tensor?
  /// Pixels that count, all three channels together.
  private let area: Float
  private let pyramid: DifferencePyramid
  private let perceptual: (any PerceptualDistance)?
  private let perceptualTarget: PerceptualTarget?
  /// Means of pixels that make a large picture small enough for the perceptual distance.
  private let reduction: PlaneMap?

  /// A loss against `target` `[1, 3, H, W]`, values in -1...1.
  ///
  /// - Parameters:
  ///   - mask: `[1, 1, H, W]`, 1 where the pictures are compared and 0 elsewhere; nil compares
  ///     everywhere.
  ///   - perceptual: compares features; nil when its weight is 0.
  ///   - perceptualSide: larger pictures are reduced to this side for the perceptual distance, whose
  ///     networks were trained on about 224 pixels (as StyleGAN2's projector does).
  public init(
    target: Tensor, mask: Tensor? = nil, weights: Weights,
    perceptual: (any PerceptualDistance)? = nil, perceptualSide: Int = 256
  ) {
    self.target = target
    self.weights = weights
    self.mask = mask
    area = max(1, 3 * (mask?.sum().item ?? Float(target.shape[2] * target.shape[3])))
    pyramid = DifferencePyramid(height: target.shape[2], width: target.shape[3], levels: 4)
    let (height, width) = (target.shape[2], target.shape[3])
    let longest = max(height, width)
    if longest > perceptualSide {
      reduction = PlaneMap(
        rows: .area(from: height, to: max(1, height * perceptualSide / longest)),
        columns: .area(from: width, to: max(1, width * perceptualSide / longest)))
    } else {
      reduction = nil
    }
    if let perceptual, weights.perceptual > 0 {
      self.perceptual = perceptual
      // A reduced picture is masked before it is reduced, so that no masked pixel is mixed in.
      perceptualTarget =
        reduction.map { reduction in
          perceptual.target(
            withoutRecording { PerceptualTarget.masked(target, by: mask).resampled(by: reduction) })
        } ?? perceptual.target(target, mask: mask)
    } else {
      self.perceptual = nil
      perceptualTarget = nil
    }
  }

  /// The loss of a picture `[1, 3, H, W]`, a scalar.
  public func callAsFunction(_ picture: Tensor) -> Tensor {
    var difference = picture - target
    if let mask { difference = difference * mask }
    let perPixel = 1 / area
    var total = Tensor(0)
    if weights.absolute > 0 {
      total = total + difference.absolute().sum() * (weights.absolute * perPixel)
    }
    if weights.squared > 0 {
      total = total + difference.squared().sum() * (weights.squared * perPixel)
    }
    if weights.pyramid > 0 {
      let full = Float(target.count)
      total = total + pyramid(difference) * (weights.pyramid * full * perPixel)
    }
    if let perceptual, let perceptualTarget {
      let compared =
        reduction.map { PerceptualTarget.masked(picture, by: mask).resampled(by: $0) } ?? picture
      total = total + perceptual.distance(compared, to: perceptualTarget).sum() * weights.perceptual
    }
    return total
  }
}

/// The mean absolute values of the bands of a difference's Laplacian pyramid: box means of 2x2
/// pixels make the next level, a band is a level less its enlarged means, the last level counts
/// half.
final class DifferencePyramid {
  private let down: [PlaneMap]
  private let up: [PlaneMap]

  init(height: Int, width: Int, levels: Int) {
    var down: [PlaneMap] = []
    var up: [PlaneMap] = []
    var (h, w) = (height, width)
    for _ in 0..<levels where h >= 2 && w >= 2 {
      let (smallHeight, smallWidth) = (h / 2, w / 2)
      down.append(
        PlaneMap(rows: .area(from: h, to: smallHeight), columns: .area(from: w, to: smallWidth)))
      up.append(
        PlaneMap(
          rows: .nearest(from: smallHeight, to: h), columns: .nearest(from: smallWidth, to: w)))
      (h, w) = (smallHeight, smallWidth)
    }
    self.down = down
    self.up = up
  }

  func callAsFunction(_ difference: Tensor) -> Tensor {
    var level = difference
    var total = Tensor(0)
    for (down, up) in zip(down, up) {
      let next = level.resampled(by: down)
      total = total + (level - next.resampled(by: up)).absolute().mean()
      level = next
    }
    return total + level.absolute().mean() * 0.5
  }
}
