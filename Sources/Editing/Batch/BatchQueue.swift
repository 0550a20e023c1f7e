import Synchronization

/// What the workers of a batch share: who takes which photo, what happened, and whether to stop.
final class BatchQueue: Sendable {
  private struct State {
    var next = 0
    var later: [Int] = []
    var events: [BatchEvent] = []
    var progress: BatchProgress
    var isStopped = false
    var failure: EditingError?
    var idleWorkers = 0
  }

  private let count: Int
  private let state: Mutex<State>

  /// A queue of photos `0..<count`.
  init(count: Int) {
    self.count = count
    state = Mutex(State(progress: BatchProgress(total: count)))
  }

  /// What a worker does next.
  enum Step {
    /// Work on this photo.
    case take(Int)
    /// Wait for other processes, then try this photo again.
    case retry(Int)
    /// Nothing is left.
    case end
  }

  /// The next step of a worker.
  func next() -> Step {
    state.withLock { state in
      if state.isStopped { return .end }
      if state.next < count {
        state.next += 1
        return .take(state.next - 1)
      }
      return state.later.isEmpty ? .end : .retry(state.later.removeFirst())
    }
  }

  /// Puts a photo back that another process works on.
  func postpone(_ index: Int) { state.withLock { $0.later.append(index) } }

  /// Counts a photo whose result was there already.
  func skip() { state.withLock { $0.progress.skipped += 1 } }

  /// Notes an event.
  func note(_ event: BatchEvent) {
    state.withLock { state in
      switch event {
      case .made: state.progress.made += 1
      case .failed: state.progress.failed += 1
      case .warning: break
      }
      state.events.append(event)
    }
  }

  /// Ends the batch because nothing more can be done.
  func fail(_ error: EditingError) {
    state.withLock { state in
      state.failure = state.failure ?? error
      state.isStopped = true
    }
  }

  /// Ends the batch because that was asked for.
  func stop() { state.withLock { $0.isStopped = true } }

  /// Whether workers shall leave what they have in hand.
  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Notes that a worker has ended.
  func leave() { state.withLock { $0.idleWorkers += 1 } }

  /// What happened since the last call, the counts, and how many workers have ended.
  func news() -> (events: [BatchEvent], progress: BatchProgress, idleWorkers: Int) {
    state.withLock { state in
      let events = state.events
      state.events.removeAll()
      return (events, state.progress, state.idleWorkers)
    }
  }

  /// Why the batch cannot go on.
  var failure: EditingError? { state.withLock { $0.failure } }
}
