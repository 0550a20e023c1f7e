import Checkpoints
import Networks
import Training

/// The files beside the output of a training.
struct TrainingFiles {
  /// Everything that resuming needs.
  let state: String
  /// The table of losses.
  let losses: String
  /// Pictures of what was learned.
  let sheet: String

  /// Files whose names begin with `stem`.
  init(stem: String) {
    state = "\(stem).state"
    losses = "\(stem).csv"
    sheet = "\(stem).png"
  }
}

/// The photos of an encoder's training: most to learn from, some to look at.
struct EncoderPhotos {
  /// The photos to train on; nil for none.
  let training: PhotoSet?
  private let heldBack: PhotoSet?
  private let model: JointModel

  /// Every photo is trained on when there are few; of 32 and more the last eight are held back.
  init(_ paths: [String], model: JointModel, console: Console) {
    let count = paths.count >= 32 ? 8 : 0
    func set(_ paths: ArraySlice<String>) -> PhotoSet? {
      paths.isEmpty
        ? nil : PhotoSet(paths: Array(paths), letterbox: model.letterbox, warn: console.warn)
    }
    training = set(paths.dropLast(count))
    heldBack = set(paths.suffix(count))
    self.model = model
  }

  /// Samples, and the photos that were held back.
  func previews(seed: UInt64, truncationPsi: Float) throws -> (
    samples: EncoderPreview, photos: EncoderPreview?
  ) {
    (
      EncoderPreview(samplesOf: model, count: 8, seed: seed, truncationPsi: truncationPsi),
      try heldBack.map { try EncoderPreview(photos: $0, model: model) }
    )
  }
}

/// Writes the model, the state, the losses and the sheet of an encoder's training, all of one step.
final class EncoderWriter: TrainingWriter {
  private let training: EncoderTraining
  private let source: SafetensorsFile
  private let output: String
  private let files: TrainingFiles
  private let previews: (samples: EncoderPreview, photos: EncoderPreview?)
  private var log: LossLog

  init(
    training: EncoderTraining, source: SafetensorsFile, output: String, files: TrainingFiles,
    previews: (samples: EncoderPreview, photos: EncoderPreview?), log: LossLog
  ) {
    self.training = training
    self.source = source
    self.output = output
    self.files = files
    self.previews = previews
    self.log = log
  }

  /// Adds every tenth step to the table.
  func note(_ progress: TrainingProgress) {
    if progress.step % 10 == 0 || progress.step == progress.steps { log.append(progress) }
  }

  /// Writes everything.
  func save() throws { try write() }

  /// Writes everything.
  ///
  /// - Returns: mean peak signal-to-noise ratios.
  @discardableResult
  func write() throws -> (samples: Double, photos: Double?) {
    let encoder = try training.averagedEncoder()
    let samples = previews.samples.pairs(encoder)
    let photos = previews.photos?.pairs(encoder)
    var sheet = EditSheet(model: training.model, columns: 8)
    for pairs in [photos ?? [], samples] {
      for pair in pairs { sheet.append(pair.original, "original") }
      for pair in pairs { sheet.append(pair.reconstruction, "\(text(pair.psnr, decimals: 1)) dB") }
    }
    try ModelFileUpdate(
      of: "encoder.", in: source, by: training.averagedWeights,
      metadata: ["encoder_training": "\(training.step) of \(training.options.steps) steps"]
    ).write(to: output)
    try sheet.picture.write(to: files.sheet)
    try log.write()
    try training.writeState(to: files.state)
    func mean(_ pairs: [EncoderPreview.Pair]) -> Double {
      pairs.reduce(0) { $0 + $1.psnr } / Double(max(pairs.count, 1))
    }
    return (mean(samples), photos.map(mean))
  }
}
