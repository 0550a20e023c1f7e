import Training

/// Writes the files of a training, all of one step.
protocol TrainingWriter: AnyObject {
  /// Adds a step to the table of losses, if it is to be noted.
  func note(_ progress: TrainingProgress)
  /// Writes everything.
  func save() throws
}

/// Runs a training, writes its files after every `saveEvery` steps and shows how far it has come.
///
/// - Parameters:
///   - label: what is shown beside the progress.
///   - writer: nil for one of several processes that writes and shows nothing.
///   - run: the training; it reports every step to the observer, which may end it.
/// - Throws: what writing throws, after the training has ended, or what `run` throws.
func runTraining(
  _ label: String, saveEvery: Int, writer: (any TrainingWriter)?, console: Console,
  _ run: (_ observer: @escaping TrainingObserver) throws -> Void
) throws {
  var failure: (any Error)?
  let show = console.trainingObserver(label)
  defer { console.endProgress() }
  try run { progress in
    guard let writer else { return !Interruption.isRequested }
    writer.note(progress)
    do {
      if progress.step % saveEvery == 0, progress.step < progress.steps { try writer.save() }
    } catch {
      failure = error
      return false
    }
    return show(progress)
  }
  if let failure { throw failure }
}
