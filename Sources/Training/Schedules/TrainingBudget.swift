/// How long a training runs.
///
/// The number of steps fixes the learning rates; the time only cuts a session short, which can be
/// resumed later and then gives the same result as one without a cut.
public struct TrainingBudget: Sendable, Equatable {
  /// Steps in all, earlier sessions included.
  public var steps: Int
  /// Seconds after which this session ends; nil for no limit.
  public var seconds: Double?

  /// A budget.
  public init(steps: Int, seconds: Double? = nil) {
    self.steps = steps
    self.seconds = seconds
  }
}

/// Decides step by step whether a session goes on, and reports to its observer.
public struct TrainingSession {
  /// The budget.
  public let budget: TrainingBudget
  /// Steps done, those of earlier sessions included.
  public private(set) var step: Int
  private let firstStep: Int
  private let start = ContinuousClock().now
  private let observer: TrainingObserver?
  private var isStopped = false

  /// A session that begins now.
  ///
  /// - Parameter step: steps done in earlier sessions.
  public init(budget: TrainingBudget, resumingAfter step: Int = 0, observer: TrainingObserver?) {
    self.budget = budget
    self.step = step
    firstStep = step
    self.observer = observer
  }

  /// Seconds since the session began.
  public var elapsed: Double { (ContinuousClock().now - start) / .seconds(1) }

  /// Whether all steps are done.
  public var isComplete: Bool { step >= budget.steps }

  /// Whether another step should be made.
  public var goesOn: Bool {
    !isStopped && !isComplete && budget.seconds.map { elapsed < $0 } ?? true
  }

  /// Counts a step and reports it.
  ///
  /// - Throws: `TrainingError.diverged` when a loss is not a finite number.
  public mutating func finishStep(rate: Float, losses: [LossTerm]) throws(TrainingError) {
    if let term = losses.first(where: { !$0.value.isFinite }) {
      throw .diverged(step: step, loss: term.name)
    }
    step += 1
    guard let observer else { return }
    let progress = TrainingProgress(
      step: step, steps: budget.steps, rate: rate, losses: losses, elapsed: elapsed,
      sessionSteps: step - firstStep)
    if !observer(progress) { isStopped = true }
  }
}
