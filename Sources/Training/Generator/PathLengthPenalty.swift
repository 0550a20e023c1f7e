import TensorCore

/// Path length regularisation (Karras et al. 2020, section 3.2): steps of the same length in W
/// shall change pictures by the same amount everywhere.
struct PathLengthPenalty {
  /// What lengths have been so far, on average.
  private(set) var mean: Float
  /// How quickly the mean follows.
  let decay: Float

  /// A penalty with the mean of earlier steps.
  init(mean: Float = 0, decay: Float) {
    self.mean = mean
    self.decay = decay
  }

  /// The mean squared distance of the lengths of some codes from the mean, which moves first; a
  /// scalar that can be differentiated. Gradients flow through the new mean, too.
  ///
  /// - Parameters:
  ///   - images: `[N, C, H, W]`, made of `codes` while recording.
  ///   - codes: `[N, rows, w]`.
  ///   - noise: standard normal numbers in the shape of the images.
  mutating func callAsFunction(_ images: Tensor, of codes: Tensor, noise: Tensor) -> Tensor {
    let lengths = Self.lengths(images, of: codes, noise: noise)
    let moved = lengths.mean() * decay + mean * (1 - decay)
    mean = moved.item
    return (lengths - moved).squared().mean()
  }

  /// For each code the root mean over rows of the squared lengths of `J^T y`, where J is the
  /// derivative of the image and y noise of variance `1 / (H W)`.
  static func lengths(_ images: Tensor, of codes: Tensor, noise: Tensor) -> Tensor {
    let scale = 1 / Float(images.shape[2] * images.shape[3]).squareRoot()
    let slope = gradients(
      of: (images * noise).sum() * scale, withRespectTo: [codes], recording: true)[0]
    return slope.squared().sum(axes: [2]).mean(axes: [1]).squareRoot()
  }
}

/// The probability of augmentation, which follows the discriminator's overfitting: when it is sure
/// of too many real pictures, the probability rises (Karras et al. 2020b, section 3).
struct AugmentationController: Codable, Equatable {
  /// The probability, from 0.
  private(set) var probability: Double = 0
  private var signs: Float = 0
  private var count = 0

  /// Notes the discriminator's answers to real pictures.
  mutating func note(_ logits: Tensor) {
    for index in 0..<logits.count {
      signs += logits.pointer[index] > 0 ? 1 : logits.pointer[index] < 0 ? -1 : 0
    }
    count += logits.count
  }

  /// Adjusts the probability by what was noted since the last time.
  ///
  /// - Parameter change: by how much.
  mutating func adjust(target: Float, by change: Double) {
    guard count > 0 else { return }
    let excess = signs / Float(count) - target
    probability = min(1, max(0, probability + (excess > 0 ? change : excess < 0 ? -change : 0)))
    (signs, count) = (0, 0)
  }
}
