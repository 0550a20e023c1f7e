import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Running averages of parameters, which are smoother than the parameters themselves and work
/// better once training is done (Karras et al. 2018, section 6).
public final class ExponentialMovingAverage {
  /// How much of the average is kept at every step, 0...1.
  public let decay: Float
  /// The averages, by the names of the parameters.
  public let averages: [String: Tensor]

  /// Averages that start as copies of `parameters`.
  ///
  /// - Parameter decay: that of `update(from:step:)`.
  public init(of parameters: [String: Tensor], decay: Float = 0.999) {
    check((0...1).contains(decay), "moving average: decay \(decay)")
    self.decay = decay
    averages = parameters.mapValues { $0.copied() }
  }

  /// Moves every average towards its parameter: `average = d average + (1 - d) parameter` with
  /// `d = min(decay, (1 + step) / (10 + step))`, so that the first steps, which are far off, are
  /// forgotten quickly.
  ///
  /// - Parameter step: counts from 1.
  public func update(from parameters: [String: Tensor], step: Int) {
    let rampUp = Float(1 + step) / Float(10 + step)
    update(from: parameters, keeping: min(decay, rampUp))
  }

  /// What is kept over `amount` of a time in which half is forgotten every `halfLife`.
  public static func decay(per amount: Float, halfLife: Float) -> Float {
    Float(exp2(-Double(amount) / Double(halfLife)))
  }

  /// Moves every average towards its parameter: `average = kept average + (1 - kept) parameter`.
  public func update(from parameters: [String: Tensor], keeping kept: Float) {
    let share = 1 - kept
    for (name, average) in averages {
      check(
        parameters[name]?.shape == average.shape,
        "moving average: no parameter '\(name)' of shape \(average.shape)")
      guard let parameter = parameters[name] else { continue }
      let (target, source) = (average.pointer, parameter.pointer)
      Parallel.forRanges(average.count, grain: 1 << 15) { range in
        for index in range { target[index] += share * (source[index] - target[index]) }
      }
    }
  }
}
