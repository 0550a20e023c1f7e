#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A learning rate that rises linearly, stays, and falls along a cosine (editgan spec section 4).
public struct LearningRateSchedule: Sendable, Equatable {
  /// The rate of the middle part.
  public var peak: Float
  /// Share of the steps in which the rate rises from 0.
  public var warmUp: Float
  /// Share of the steps, at the end, in which it falls to 0.
  public var decay: Float

  /// A schedule; EditGAN's warm-up is 5 % and its decay 25 % of the steps.
  public init(peak: Float, warmUp: Float = 0.05, decay: Float = 0.25) {
    self.peak = peak
    self.warmUp = warmUp
    self.decay = decay
  }

  /// The rate of step `step` (from 0) of `steps`: `peak * min(1, t / warmUp) * (0.5 - 0.5 cos(pi *
  /// min(1, (1 - t) / decay)))` with `t = (step + 1) / (steps + 1)`, so that no step is lost to a
  /// rate of 0.
  public func rate(step: Int, of steps: Int) -> Float {
    let t = Float(step + 1) / Float(steps + 1)
    let rise = warmUp > 0 ? min(1, t / warmUp) : 1
    let fall = decay > 0 ? 0.5 - 0.5 * cosine(.pi * min(1, (1 - t) / decay)) : 1
    return peak * rise * fall
  }

  /// From 1 at 0 to 0 at 1, along half a wave of the cosine.
  public static func cosineFall(_ x: Float) -> Float { Float(0.5 + 0.5 * cos(.pi * Double(x))) }

  private func cosine(_ x: Float) -> Float { Float(cos(Double(x))) }
}
