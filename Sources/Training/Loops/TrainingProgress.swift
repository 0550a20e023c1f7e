/// A named part of the loss.
public struct LossTerm: Sendable, Equatable {
  /// Name, for logs.
  public let name: String
  /// Value at the latest step.
  public let value: Float

  /// A term of this name and value.
  public init(_ name: String, _ value: Float) {
    self.name = name
    self.value = value
  }
}

/// What a training loop reports after every step, and what stops it.
public struct TrainingProgress: Sendable {
  /// Steps done, those of earlier sessions included.
  public let step: Int
  /// Steps to do in all.
  public let steps: Int
  /// The learning rate of the latest step.
  public let rate: Float
  /// The parts of the latest loss.
  public let losses: [LossTerm]
  /// Seconds since this session began.
  public let elapsed: Double
  /// Steps done in this session.
  public let sessionSteps: Int

  /// A report of the latest step.
  public init(
    step: Int, steps: Int, rate: Float, losses: [LossTerm], elapsed: Double, sessionSteps: Int
  ) {
    self.step = step
    self.steps = steps
    self.rate = rate
    self.losses = losses
    self.elapsed = elapsed
    self.sessionSteps = sessionSteps
  }

  /// Estimated seconds to the last step, at the mean speed of this session; nil before a step.
  public var secondsLeft: Double? {
    sessionSteps > 0 ? elapsed / Double(sessionSteps) * Double(max(0, steps - step)) : nil
  }
}

/// Called after every step; `false` stops the training, which keeps what was learned.
public typealias TrainingObserver = (TrainingProgress) -> Bool
