import ArgumentParser
import Checkpoints
import Editing
import Networks
import TensorCore
import Training

/// `semblance train encoder`.
struct TrainEncoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encoder",
    abstract: "Train an encoder: photos to latent codes.",
    usage: "semblance train encoder --model <name|file> -o <file> [<options>]",
    discussion: """
      The encoder learns on random pictures of the generator, whose codes are known, and with \
      --images on photos, too, whose pictures must come out again. The output is a copy of the \
      model with the new encoder (the moving average of its weights).

      Beside the output lie NAME.state (to go on with --resume), NAME.csv (the losses) and NAME.png \
      (photos and samples with their reconstructions). They are written every --save-every steps and \
      at the end; Ctrl-C and --minutes end a session after its current step. A resumed training \
      gives the same bytes as one that was never stopped.

      EXAMPLES:
        semblance train encoder --model bare.safetensors -o m.safetensors
        semblance train encoder --model faces --images photos/ -o m.safetensors
        semblance train encoder --model faces -o m.safetensors --resume
      """)

  @Option(
    help: ArgumentHelp("Photos, or folders of photos, to train on, too.", valueName: "photo"))
  var images: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The new model, .safetensors.", valueName: "file"))
  var output: String

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps in all.", valueName: "n"))
  var steps = 5000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End this session after so many minutes.", valueName: "minutes"))
  var minutes: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples per step, and as many photos.", valueName: "n"))
  var batch = 4

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Highest learning rate.", valueName: "rate"))
  var rate: Float = 1e-3

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Truncation psi of the samples.", valueName: "factor"))
  var truncationPsi: Float = 0.9

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Units of the new encoder's hidden layer.", valueName: "n"))
  var hidden = 320

  @Flag(help: "Begin with the model's encoder instead of a new one.")
  var fineTune = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the training.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write all files after so many steps.", valueName: "n"))
  var saveEvery = 500

  @Flag(help: "Go on where the state beside the output ends.")
  var resume = false

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireExtension("safetensors", of: output, "--output")
    try requireTrainingSteps(steps, "--steps")
    try requireTrainingSteps(saveEvery, "--save-every")
    guard (1...256).contains(batch) else {
      throw ValidationError("--batch is \(batch): give a number from 1 to 256")
    }
    guard rate > 0, rate.isFinite else {
      throw ValidationError("--rate is \(rate): give a positive number")
    }
    guard (1...65_536).contains(hidden) else {
      throw ValidationError("--hidden is \(hidden): give a number from 1 to 65536")
    }
    try requireMinutes(minutes)
    try requireFinite(truncationPsi, "--truncation-psi")
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var state: String
    var losses: String
    var sheet: String
    var steps: Int
    var isComplete: Bool
    /// Mean over random pictures, in decibels.
    var samplePSNR: Double
    /// Mean over photos that were held back, in decibels.
    var photoPSNR: Double?
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let stem = String(output.dropLast(".safetensors".count))
    let files = TrainingFiles(stem: stem)
    let inputs = images.isEmpty ? nil : try InputList(images)
    let check = OutputCheck(inputs: (inputs?.paths ?? []) + [models.model])
    for path in [output, files.state, files.losses, files.sheet] { try check.requireFile(path) }
    let source = try ModelLibrary().file(named: models.model ?? ModelOptions.defaultName)
    let model = try JointModel(source)
    model.isExact = models.exact
    let photos = EncoderPhotos(inputs?.paths ?? [], model: model, console: console)
    let training = try EncoderTraining(
      model: model, weights: try weights(for: model, source), options: options,
      photos: photos.training)
    if resume { try training.resume(from: files.state) }
    let writer = EncoderWriter(
      training: training, source: source, output: output, files: files,
      previews: try photos.previews(seed: seed, truncationPsi: truncationPsi),
      log: LossLog(path: files.losses, keepingThrough: resume ? training.step : nil))
    try runTraining(
      "training the encoder", saveEvery: saveEvery, writer: writer, console: console
    ) { try training.run(seconds: minutes.map { $0 * 60 }, observer: $0) }
    let scores = try writer.write()
    try Interruption.check(written: 1)
    let isComplete = training.step == steps
    console.say(
      "\(output): encoder after \(training.step) of \(steps) steps, samples reconstructed with "
        + "\(text(scores.samples, decimals: 1)) dB"
        + (scores.photos.map { ", photos with \(text($0, decimals: 1)) dB" } ?? "")
        + (isComplete ? "" : "; go on with --resume"))
    try console.report(
      Result(
        output: output, state: files.state, losses: files.losses, sheet: files.sheet,
        steps: training.step, isComplete: isComplete,
        samplePSNR: scores.samples.rounded(decimals: 3),
        photoPSNR: scores.photos?.rounded(decimals: 3), seconds: watch.seconds))
  }

  private var options: EncoderTrainingOptions {
    EncoderTrainingOptions(
      steps: steps, samplesPerStep: batch, photosPerStep: batch, rate: rate,
      truncationPsi: truncationPsi, seed: seed)
  }

  private func weights(for model: JointModel, _ source: SafetensorsFile) throws -> [String: Tensor]
  {
    guard fineTune else {
      return ImageEncoderArchitecture(
        resolution: model.resolution, rowCount: model.rowCount, latentSize: model.latentWidth,
        hidden: hidden
      ).weights(seed: seed)
    }
    guard model.encoder != nil else {
      throw EditingError.modelLacks(model.path, part: "encoder")
    }
    return try source.tensors.filter { $0.key.hasPrefix("encoder.") }.mapValues { try $0.tensor() }
  }
}
