import Networks
import Pictures
import TensorCore
import Training

/// Writes the model, the state, the losses and a sheet of samples of a SPADE training, all of one
/// step.
final class SPADEWriter: TrainingWriter {
  private let training: SPADETraining
  private let classes: Palette
  private let output: String
  private let files: TrainingFiles
  private let heldBack: LayoutSet
  private var log: LossLog
  private let logEvery: Int

  /// A writer; `heldBack` are pairs that the training does not see.
  init(
    training: SPADETraining, classes: Palette, output: String, files: TrainingFiles,
    heldBack: LayoutSet, log: LossLog, logEvery: Int
  ) {
    self.logEvery = logEvery
    self.training = training
    self.classes = classes
    self.output = output
    self.files = files
    self.heldBack = heldBack
    self.log = log
  }

  /// Adds every step that is to be noted, and the last, to the table.
  func note(_ progress: TrainingProgress) {
    if progress.step % logEvery == 0 || progress.step == progress.steps { log.append(progress) }
  }

  /// Writes everything.
  func save() throws {
    let file = SPADEModelFile(
      training.description, tensors: try training.averagedModel(), classes: classes,
      provenance: "semblance train spade, \(training.step) of \(training.options.steps) steps of "
        + "\(training.options.batchSize) on \(training.data.pairs.count) pairs")
    try file.write(to: output)
    try sheet(file).write(to: files.sheet)
    try log.write()
    try training.writeState(to: files.state)
  }

  /// Label maps with their photos and what the model makes of them: in the style of the photo and,
  /// where the model has styles, in a random one.
  private func sheet(_ file: SPADEModelFile) throws -> Picture {
    let (generator, encoder) = try file.model()
    let sizes = file.description.generator
    let count = min(8, heldBack.pairs.count)
    var random = RandomSource(seed: training.options.seed, stream: 0)
    let pairs = try (0..<count).map { try heldBack.pair($0, &random) }
    func draw(_ layout: Tensor, _ latent: Tensor?) -> Picture {
      generator.pictures(of: layout, latent: latent, mode: .evaluation).picture()
    }
    var rows = [[Picture]](repeating: [], count: encoder == nil ? 3 : 4)
    for (pair, photo) in pairs {
      let layout = pair.tensor
      let style = encoder?(Tensor(photo)).mean
      rows[0].append(pair.labels.colored(with: classes))
      rows[1].append(photo)
      let noise = sizes.latentSize.map { random.normal([1, $0]) }
      rows[2].append(draw(layout, style ?? noise))
      if encoder != nil { rows[3].append(draw(layout, noise)) }
    }
    var sheet = ContactSheet(columns: count, cellWidth: sizes.width, cellHeight: sizes.height)
    sheet.title =
      "step \(training.step): label maps, photos, in the photo's style, in a random style"
    for picture in rows.flatMap({ $0 }) { sheet.append(picture, enlargement: .nearest) }
    return sheet.rendered()
  }
}
