import TensorCore

/// Batch normalisation (Ioffe and Szegedy 2015) of every channel:
/// `(x - mean) / sqrt(variance + epsilon) * scale + shift`.
public struct BatchNormalization {
  /// Where mean and variance come from.
  public enum Statistics: Sendable {
    /// The stored ones: what a network uses that is not being trained.
    case running
    /// Those of the input itself (variance divided by the number of elements): what a network uses
    /// in training. With one picture it normalises each channel of that picture.
    case batch
  }

  /// `[C]`.
  public let scale: Tensor
  /// `[C]`.
  public let shift: Tensor
  /// Added to variances.
  public let epsilon: Float
  /// Scale and shift with the stored statistics worked in, `[C]`.
  let running: (scale: Tensor, shift: Tensor)

  /// A layer of the stored scale, shift, mean and variance, all `[C]`.
  public init(
    scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor, epsilon: Float = 1e-5
  ) {
    check(
      [shift, mean, variance].allSatisfy { $0.shape == scale.shape } && scale.shape.rank == 1,
      "batch normalisation: \(scale.shape), \(shift.shape), \(mean.shape), \(variance.shape)")
    self.scale = scale
    self.shift = shift
    self.epsilon = epsilon
    let factor = withoutRecording { scale * (variance + epsilon).reciprocalSquareRoot() }
    running = (factor, withoutRecording { shift - mean * factor })
  }

  /// `[N, C, H, W]` or `[N, C]` to the same shape.
  public func callAsFunction(_ x: Tensor, statistics: Statistics = .running) -> Tensor {
    check(
      x.shape.rank == 2 || x.shape.rank == 4,
      "batch normalisation: input \(x.shape), expected [N, C] or [N, C, H, W]")
    func along(_ values: Tensor) -> Tensor {
      x.shape.rank == 2 ? values : values.reshaped([values.count, 1, 1])
    }
    switch statistics {
    case .running: return x * along(running.scale) + along(running.shift)
    case .batch:
      let axes = x.shape.rank == 2 ? [0] : [0, 2, 3]
      let centred = x - x.mean(axes: axes, keepingAxes: true)
      let variance = centred.squared().mean(axes: axes, keepingAxes: true)
      return centred * (variance + epsilon).reciprocalSquareRoot() * along(scale) + along(shift)
    }
  }
}
