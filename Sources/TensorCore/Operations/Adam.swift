import CKernels

/// The running moments of one parameter under Adam (Kingma & Ba 2015, algorithm 1).
public final class AdamMoments {
  /// Running mean of the gradient.
  public let first: Tensor
  /// Running mean of its square.
  public let second: Tensor

  /// Moments that start at zero.
  public init(shape: Shape) {
    first = .zeros(shape)
    second = .zeros(shape)
  }

  /// Moments that were stored.
  public init(first: Tensor, second: Tensor) {
    check(first.shape == second.shape, "Adam: moments \(first.shape) and \(second.shape)")
    self.first = first
    self.second = second
  }

  /// Changes `parameter` in place by one step; `step` counts from 1.
  public func update(
    _ parameter: Tensor, gradient: Tensor, rate: Float, beta1: Float = 0.9, beta2: Float = 0.999,
    epsilon: Float = 1e-8, step: Int
  ) {
    check(
      parameter.shape == gradient.shape && parameter.shape == first.shape && step >= 1,
      "Adam: parameter \(parameter.shape), gradient \(gradient.shape), step \(step)")
    Parallel.forRanges(parameter.count, grain: 1 << 15) { range in
      let offset = range.lowerBound
      semblance_adam(
        parameter.pointer + offset, gradient.pointer + offset, first.pointer + offset,
        second.pointer + offset, Int64(range.count), rate, beta1, beta2, epsilon, Int64(step))
    }
  }
}
