import Pictures
import Training

/// Writes the model, the state, the losses and a sheet of a generator's training, all of one step.
final class GeneratorWriter: TrainingWriter {
  /// What a training gives to be written.
  struct Content {
    /// The model, and its scores where they can be measured.
    let model: () throws -> (GeneratorModelFile, RenderingScores?)
    /// Pictures of what was learned.
    let sheet: () throws -> Picture
    /// Writes the state to a path.
    let writeState: (String) throws -> Void
  }

  private let content: Content
  private let output: String
  private let files: TrainingFiles
  private var log: LossLog
  private let logEvery: Int
  /// The scores of what was written last.
  private(set) var scores: RenderingScores?

  init(_ content: Content, output: String, files: TrainingFiles, log: LossLog, logEvery: Int) {
    self.content = content
    self.output = output
    self.files = files
    self.log = log
    self.logEvery = logEvery
  }

  func note(_ progress: TrainingProgress) {
    if progress.step % logEvery == 0 || progress.step == progress.steps { log.append(progress) }
  }

  func save() throws {
    let (model, scores) = try content.model()
    self.scores = scores
    try model.write(to: output)
    try content.sheet().write(to: files.sheet)
    try log.write()
    try content.writeState(files.state)
  }
}
