import Layers
import Networks
import TensorCore

/// What an optimisation reports after every step, and what cancels it.
public struct OptimizationProgress: Sendable {
  /// Steps done.
  public let step: Int
  /// Steps to do.
  public let steps: Int
  /// Loss of the latest point.
  public let loss: Float
  /// The lowest loss so far.
  public let bestLoss: Float
}

/// Called after every step; `false` cancels, which keeps the best point so far.
public typealias OptimizationObserver = (OptimizationProgress) -> Bool

/// Adam on a point of W+: the loop that embedding, mask edits and refinement share.
struct LatentOptimization {
  /// How many updates are made.
  var steps: Int
  var schedule: LearningRateSchedule
  /// Rows that may move.
  var rows: Range<Int>
  var beta1: Float = 0.9
  var beta2: Float = 0.99

  /// What came out.
  struct Outcome {
    /// The point with the lowest loss.
    var best: WPlus
    var bestLoss: Float
    var startLoss: Float
    /// Losses in order, from the start to the last point.
    var trace: [Float]
    /// Updates made; fewer than asked for when cancelled.
    var updates: Int
  }

  /// Minimises `loss` (a scalar of a code `[1, rows, w]`) from `start`.
  ///
  /// The loss of every visited point, the last one included, decides which point is the best.
  ///
  /// - Throws: `EditingError.invalidSteps` or `.diverged`.
  func run(
    from start: WPlus, observer: OptimizationObserver? = nil, loss: (Tensor) -> Tensor
  ) throws(EditingError) -> Outcome {
    guard steps >= 1 else { throw .invalidSteps(steps) }
    let code = start.tensor
    // Only the moving rows are a leaf, so that no other row gets a gradient.
    let moving = code.slice(rows, axis: 1).copied(requiresGradient: true)
    let moments = AdamMoments(shape: moving.shape)
    var outcome = Outcome(
      best: start, bestLoss: .infinity, startLoss: .infinity, trace: [], updates: 0)
    func whole() -> Tensor {
      if rows.count == start.rowCount { return moving }
      return .concatenated(
        [
          code.slice(0..<rows.lowerBound, axis: 1), moving,
          code.slice(rows.upperBound..<start.rowCount, axis: 1),
        ].filter { $0.count > 0 }, axis: 1)
    }
    func keep(_ value: Float) {
      if outcome.trace.isEmpty { outcome.startLoss = value }
      outcome.trace.append(value)
      if value < outcome.bestLoss {
        outcome.bestLoss = value
        outcome.best = WPlus(withoutRecording { whole() })
      }
    }
    for step in 0..<steps {
      let objective = loss(whole())
      let value = objective.item
      guard value.isFinite else { throw .diverged(step: step) }
      keep(value)
      let slope = gradients(of: objective, withRespectTo: [moving])[0]
      moments.update(
        moving, gradient: slope, rate: schedule.rate(step: step, of: steps), beta1: beta1,
        beta2: beta2, step: step + 1)
      outcome.updates += 1
      let progress = OptimizationProgress(
        step: step + 1, steps: steps, loss: value, bestLoss: outcome.bestLoss)
      if let observer, !observer(progress) { break }
    }
    let last = withoutRecording { loss(whole()) }.item
    if last.isFinite { keep(last) }
    return outcome
  }
}
