import ArgumentParser
import Checkpoints
import Editing
import Networks
import TensorCore
import Training

/// `semblance train generator`.
struct TrainGeneratorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generator",
    abstract: "Train a generator of pictures, with masks where factors are known.",
    usage: "semblance train generator --pictures <folder> -o <file> [<options>]",
    discussion: """
      With --factors (paired mode) the pictures are renderings whose factors are known: a table with \
      a row for each picture. Masks belong to them, and the list of classes. The generator learns to \
      repeat each picture and its mask from its factors, at growing resolutions (--stages), in the \
      end with a small discriminator against blur. Every 25th picture is held back and judged by. \
      With --model the training goes on from a model of the same factors and classes.

      Without --factors (unpaired mode) a StyleGAN2 generator learns from pictures alone, against a \
      discriminator, with path length regularisation, a gradient penalty and adaptive augmentation.

      Rows of the table belong to pictures by their first column when that is called id, index, \
      name, file or picture, else by the number that the picture's name is, else in order. Columns \
      of words, and groups of columns 'name=value', are categories. The names of the columns of a \
      .npy table stand in a .json file of the same name beside it or in the folder above.

      Beside the output lie NAME.state (to go on with --resume), NAME.csv (the losses) and NAME.png \
      (pictures that were held back, repeated, and random ones). They are written every \
      --save-every steps and at the end; Ctrl-C and --minutes end a session after its current \
      step. A resumed training gives the same bytes as one that was never stopped.

      EXAMPLES:
        semblance train generator --pictures p/ --factors f.csv -o g.safetensors
        semblance train generator --pictures p/ --size 64 -o g.safetensors
      """)

  @OptionGroup var data: GeneratorDataOptions

  @Option(
    help: ArgumentHelp(
      "A model to go on from, a name or a .safetensors file.", valueName: "name|file"))
  var model: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The new model, .safetensors.", valueName: "file"))
  var output: String

  @OptionGroup var networks: GeneratorNetworkOptions
  @OptionGroup var paired: PairedModeOptions
  @OptionGroup var unpaired: UnpairedModeOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps in all.", valueName: "n"))
  var steps = 20_000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End this session after so many minutes.", valueName: "minutes"))
  var minutes: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Pictures of a step.", valueName: "n"))
  var batch = 8

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Highest learning rate.", valueName: "rate"))
  var rate: Float?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the training.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "What the model shows; by default the name of the output.", valueName: "name"))
  var domain: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write all files after so many steps.", valueName: "n"))
  var saveEvery = 500

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Note the losses after so many steps.", valueName: "n"))
  var logEvery = 10

  @Flag(help: "Go on where the state beside the output ends.")
  var resume = false

  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireExtension("safetensors", of: output, "--output")
    for (value, option) in [
      (steps, "--steps"), (saveEvery, "--save-every"), (logEvery, "--log-every"),
    ] { try requireTrainingSteps(value, option) }
    guard (1...256).contains(batch) else {
      throw ValidationError("--batch is \(batch): give a number from 1 to 256")
    }
    if let rate, !(rate > 0 && rate.isFinite) {
      throw ValidationError("--rate is \(rate): give a positive number")
    }
    try requireMinutes(minutes)
    if data.factors == nil, batch > 4, batch % 4 != 0 {
      throw ValidationError(
        "--batch is \(batch): without --factors give a multiple of 4, or fewer than 4")
    }
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var state: String
    var losses: String
    var sheet: String
    var steps: Int
    var isComplete: Bool
    /// How well held-out renderings are repeated.
    var scores: RenderingScores?
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let stem = String(output.dropLast(".safetensors".count))
    let files = TrainingFiles(stem: stem)
    let source = try model.map { try ModelLibrary().file(named: $0) }
    let check = OutputCheck(inputs: [data.factors, data.classes, source?.path])
    for path in [output, files.state, files.losses, files.sheet] { try check.requireFile(path) }
    let name = domain ?? PathText.stem(of: output)
    let (step, scores) =
      try data.factors.map {
        try trainPaired($0, files, source, domain: name, console)
      } ?? trainUnpaired(files, source, domain: name, console)
    try Interruption.check(written: 1)
    let isComplete = step == steps
    console.say(
      "\(output): generator after \(step) of \(steps) steps"
        + (scores.map {
          ", held-out pictures repeated with \(text($0.psnr, decimals: 1)) dB, "
            + "masks with a mean IoU of \(text($0.meanIoU, decimals: 3))"
        } ?? "") + (isComplete ? "" : "; go on with --resume"))
    try console.report(
      Result(
        output: output, state: files.state, losses: files.losses, sheet: files.sheet,
        steps: step, isComplete: isComplete, scores: scores,
        seconds: watch.seconds))
  }

  private func trainPaired(
    _ factors: String, _ files: TrainingFiles, _ source: SafetensorsFile?, domain: String,
    _ console: Console
  ) throws -> (step: Int, scores: RenderingScores?) {
    let model = try source.map { try JointModel($0) }
    let renderings = try data.renderings(
      of: model, size: networks.size, lowest: paired.stages?.first, factors: factors,
      warn: console.warn)
    let side = renderings.letterbox.side
    var options = PairedGeneratorOptions(
      steps: steps, stages: try paired.stages(upTo: side))
    options.batchSize = batch
    if let rate { options.rate = rate }
    options.seed = seed
    paired.apply(to: &options)
    let training = try PairedGeneratorTraining(
      data: renderings, architecture: networks.architecture(side: side), options: options,
      source: source)
    if resume { try training.resume(from: files.state) }
    let content = GeneratorWriter.Content(
      model: {
        let scores = try training.scores()
        return (try training.modelFile(domain: domain, scores: scores), scores)
      }, sheet: { try training.sheet() }, writeState: { try training.writeState(to: $0) })
    let scores = try train(content, after: training.step, files, console) {
      try training.run(seconds: minutes.map { $0 * 60 }, observer: $0)
    }
    return (training.step, scores)
  }

  private func trainUnpaired(
    _ files: TrainingFiles, _ source: SafetensorsFile?, domain: String, _ console: Console
  ) throws -> (step: Int, scores: RenderingScores?) {
    let model = try source.map { try JointModel($0) }
    let pictures = try UnpairedPictures(
      try PictureFiles(pictures: data.pictures), letterbox: model?.letterbox,
      side: networks.size, warn: console.warn)
    var options = UnpairedGeneratorOptions(steps: steps)
    options.batchSize = batch
    if let rate { options.rate = rate }
    options.seed = seed
    unpaired.apply(to: &options)
    let training = try UnpairedGeneratorTraining(
      data: pictures, architecture: networks.architecture(side: pictures.letterbox.side),
      options: options, source: source)
    if resume { try training.resume(from: files.state) }
    let content = GeneratorWriter.Content(
      model: { (training.modelFile(domain: domain), nil) }, sheet: { try training.sheet() },
      writeState: { try training.writeState(to: $0) })
    _ = try train(content, after: training.step, files, console) {
      try training.run(seconds: minutes.map { $0 * 60 }, observer: $0)
    }
    return (training.step, nil)
  }

  private func train(
    _ content: GeneratorWriter.Content, after step: Int, _ files: TrainingFiles,
    _ console: Console, _ run: (_ observer: @escaping TrainingObserver) throws -> Void
  ) throws -> RenderingScores? {
    let writer = GeneratorWriter(
      content, output: output, files: files,
      log: LossLog(path: files.losses, keepingThrough: resume ? step : nil), logEvery: logEvery)
    try runTraining(
      "training the generator", saveEvery: saveEvery, writer: writer, console: console, run)
    try writer.save()
    return writer.scores
  }
}
