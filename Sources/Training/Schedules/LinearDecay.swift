/// A learning rate that is constant at first and then falls linearly to 0 (SPADE spec 6).
public struct LinearDecay: Sendable, Equatable {
  /// The constant rate.
  public var rate: Float
  /// Steps before it falls.
  public var constantSteps: Int
  /// Steps in all.
  public var steps: Int

  /// A schedule over `steps` steps that decays over the last `decayShare` of them.
  public init(rate: Float, steps: Int, decayShare: Float) {
    self.rate = rate
    self.steps = steps
    constantSteps = steps - Int((Float(steps) * decayShare).rounded())
  }

  /// The rate of the step that follows `step` steps.
  public func rate(after step: Int) -> Float {
    guard step >= constantSteps, steps > constantSteps else { return rate }
    return rate * Float(max(0, steps - step)) / Float(steps - constantSteps)
  }
}
