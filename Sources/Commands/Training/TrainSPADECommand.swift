import ArgumentParser
import Networks
import Pictures
import TensorCore
import Training

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `semblance train spade`.
struct TrainSPADECommand: ParsableCommand {
  /// Settings that belong together.
  enum Preset: String, ExpressibleByArgument, CaseIterable {
    /// Those of the paper.
    case paper
    /// For small networks, small data sets and two cores.
    case small
  }

  static let configuration = CommandConfiguration(
    commandName: "spade",
    abstract: "Train a model that draws pictures of label maps.",
    usage: "semblance train spade --labels <m> --images <p> --classes <c> -o <file>",
    discussion: """
      Label maps are PNG files of class ids or of the colours in the list of classes; the photo of \
      NAME.png is NAME.jpg or NAME.png in the other folder. The list is JSON: objects with 'name' \
      and 'color'. Classes called left_... and right_... change places in mirrored pairs. \
      --dataset takes the label maps, photos and classes of a public collection from where its \
      publishers put them below --data.

      --generator chooses between SPADE and what the paper compares it with: the same decoder that \
      is told the layout by concatenation (concat), and pix2pixHD with its variants.

      --preset paper trains with the settings of the paper (wide networks, two time scales); \
      --preset small trains something worth looking at within hours on two cores. The options \
      change single settings of either.

      Beside the output lie NAME.state (to go on with --resume), NAME.csv (the losses) and NAME.png \
      (pairs that were held back, with what the model makes of them). They are written every \
      --save-every steps and at the end; Ctrl-C and --minutes end a session after its current \
      step. A resumed training gives the same bytes as one that was never stopped.

      Under an MPI launcher (mpirun -n 2 semblance train spade ... --threads 1) the processes share \
      the pairs of every step and take the steps of one process with the same --batch; the program \
      must have been built with 'swift build -c release --traits MPI'.

      EXAMPLES:
        semblance train spade --labels m --images p --classes c.json -o s.safetensors
      """)

  @OptionGroup var data: SPADEDataOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The new model, .safetensors.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Settings to begin with.", valueName: "name"))
  var preset = Preset.paper

  @OptionGroup var networks: SPADENetworkOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps in all.", valueName: "n"))
  var steps = 20_000

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End this session after so many minutes.", valueName: "minutes"))
  var minutes: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pairs of a step, those of all processes.", valueName: "n"))
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Learning rate of the generator.", valueName: "rate"))
  var rate: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Learning rate of the discriminator.", valueName: "rate"))
  var discriminatorRate: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the steps in which rates fall to 0.", valueName: "share"))
  var decay: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of the mean difference from the photo.", valueName: "factor"))
  var pixelWeight: Float?

  @Option(
    help: ArgumentHelp(
      "VGG19 of torchvision, as published or imported, for the perceptual loss of the paper.",
      valueName: "file"))
  var vgg19: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the training.", valueName: "number"))
  var seed: UInt64 = 0

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
    try requireTrainingSteps(steps, "--steps")
    try requireTrainingSteps(saveEvery, "--save-every")
    try requireTrainingSteps(logEvery, "--log-every")
    if let batch, !(1...256).contains(batch) {
      throw ValidationError("--batch is \(batch): give a number from 1 to 256")
    }
    for (value, option) in [(rate, "--rate"), (discriminatorRate, "--discriminator-rate")] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(option) is \(value): give a positive number")
      }
    }
    if let decay, !(0...1).contains(decay) {
      throw ValidationError("--decay is \(decay): give a number from 0 to 1")
    }
    if let pixelWeight, !(pixelWeight >= 0 && pixelWeight.isFinite) {
      throw ValidationError("--pixel-weight is \(pixelWeight): give a number from 0")
    }
    if let minutes, !(minutes > 0 && minutes.isFinite) {
      throw ValidationError("--minutes is \(minutes): give a positive number")
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
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let processes = try LaunchedProcesses.join(ProcessInfo.processInfo.environment)
    do {
      try run(in: processes, console)
    } catch TrainingError.diverged where processes.rank > 0 {
      // All processes see it at the same step; the first one tells.
      throw ExitCode.failure
    }
  }

  private func run(in processes: any ProcessGroup, _ console: Console) throws {
    let watch = Stopwatch()
    let (pairs, classes) = try data.pairs()
    let files = TrainingFiles(stem: String(output.dropLast(".safetensors".count)))
    let isFirst = processes.rank == 0
    if isFirst {
      let check = OutputCheck(inputs: [data.classes, vgg19])
      for path in [output, files.state, files.losses, files.sheet] { try check.requireFile(path) }
    }
    guard options.batchSize % processes.count == 0 else {
      throw TrainingError.unequalParts(batch: options.batchSize, processes: processes.count)
    }
    let description = networks.description(
      of: preset, channels: classes.channels, aspectRatio: data.dataset?.aspectRatio ?? 1)
    // Of 32 and more pairs the last eight are held back.
    let count = pairs.count >= 32 ? 8 : 0
    func set(_ pairs: ArraySlice<PairedFolders.Pair>, trains: Bool) -> LayoutSet {
      LayoutSet(
        Array(pairs), classes: classes,
        preprocessing: data.preprocessing(
          description.generator, preset: preset, trains: trains), warn: console.warn)
    }
    let training = try SPADETraining(
      description, options: options, data: set(pairs.dropLast(count), trains: true),
      perceptual: try vgg19.map { try VGG19Distance(contentsOf: $0) }, processes: processes)
    if resume { try training.resume(from: files.state) }
    let writer = SPADEWriter(
      training: training, classes: classes.palette, output: output, files: files,
      heldBack: set(count > 0 ? pairs.suffix(count) : pairs[...], trains: false),
      log: LossLog(path: files.losses, keepingThrough: resume ? training.step : nil),
      logEvery: logEvery)
    try runTraining(
      "training SPADE", saveEvery: saveEvery, writer: isFirst ? writer : nil, console: console
    ) { try training.run(seconds: minutes.map { $0 * 60 }, observer: $0) }
    if isFirst { try writer.save() }
    // Nobody ends before all files are written: a launcher ends the others then.
    LaunchedProcesses.leave(processes)
    try Interruption.check(written: 1)
    guard isFirst else { return }
    let isComplete = training.step == steps
    console.say(
      "\(output): SPADE model after \(training.step) of \(steps) steps"
        + (isComplete ? "" : "; go on with --resume"))
    try console.report(
      Result(
        output: output, state: files.state, losses: files.losses, sheet: files.sheet,
        steps: training.step, isComplete: isComplete, seconds: watch.seconds))
  }

  private var options: SPADETrainingOptions {
    var options: SPADETrainingOptions =
      preset == .paper ? SPADETrainingOptions(steps: steps) : .small(steps: steps)
    if let batch { options.batchSize = batch }
    if let rate { options.generatorRate = rate }
    if let discriminatorRate { options.discriminatorRate = discriminatorRate }
    if let decay { options.decayShare = decay }
    if let pixelWeight { options.pixelWeight = pixelWeight }
    if vgg19 != nil { options.perceptualWeight = 10 }
    options.seed = seed
    return options
  }
}
