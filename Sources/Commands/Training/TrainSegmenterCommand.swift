import ArgumentParser
import Checkpoints
import Editing
import Networks
import Pictures
import Training

/// `semblance train segmenter`.
struct TrainSegmenterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segmenter",
    abstract: "Train the segmentation branch on a few labelled pictures.",
    usage: "semblance train segmenter --masks <folder> -o <file> [<options>]",
    discussion: """
      16 to 32 labelled pictures are enough: photos (--images), which are embedded first, or codes \
      (--codes), for instance of 'semblance annotate'. A mask belongs to the picture or code of the \
      same name. The folder of masks may hold PNG masks (NAME.png or NAME-mask.png), LabelMe .json \
      files, SegmentationClass/ with labelmap.txt as CVAT exports it, or image_mask*.npy as EditGAN \
      has them. Codes may be EditGAN's too: latents_image_*.npy, or one .npy with those of image 0, \
      1 and so on. Masks that are one colour, class 0, all over are not painted yet and are left out.

      Without --classes the classes are those of the model, or if it has none, of the masks. The \
      output is a copy of the model with the new branch and classes. Training ends when the scores \
      on the pictures that are held out no longer rise; --minutes and Ctrl-C end it after a round, \
      and --resume goes on from NAME.state, with the same result as if it had not been stopped.

      EXAMPLES:
        semblance train segmenter --codes todo/ --masks todo/ -o m.safetensors
        semblance train segmenter --images cats/ --masks drawn/ -o m.safetensors
      """)

  @Option(help: ArgumentHelp("Folder of labelled photos.", valueName: "folder"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "Folder of their codes, .code or .npy, or a .npy file of all.", valueName: "folder"))
  var codes: String?

  @Option(help: ArgumentHelp("Folder of their masks.", valueName: "folder"))
  var masks: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The new model, .safetensors.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Names and colours of the classes, .json.", valueName: "file"))
  var classes: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Members of the ensemble, 1 to 10.", valueName: "n")
  )
  var members = 4

  @Option(parsing: .unconditional, help: ArgumentHelp("Rounds at most.", valueName: "n"))
  var rounds = 8

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures held out; with 0 all rounds are done.", valueName: "n"))
  var heldOut = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Turn classes of a mask with fewer pixels into class 0.", valueName: "n"))
  var smallestClass: Int?

  @Flag(help: "Turn unknown colours of PNG masks into the nearest class.")
  var nearestClass = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Memory for pixels in megabytes.", valueName: "MB"))
  var memory = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End this session after so many minutes.", valueName: "minutes"))
  var minutes: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the training.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps that embed a photo.", valueName: "n"))
  var embedSteps = 100

  @Flag(help: "Go on where the state beside the output ends.")
  var resume = false

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (images == nil) != (codes == nil) else {
      throw ValidationError("give the labelled pictures either as --images or as --codes")
    }
    try requireExtension("safetensors", of: output, "--output")
    try requireSteps(embedSteps, "--embed-steps")
    for (value, range, option) in [
      (members, 1...10, "--members"), (rounds, 1...10_000, "--rounds"),
      (heldOut, 0...1000, "--held-out"), (smallestClass ?? 0, 0...1_000_000, "--smallest-class"),
      (memory, 16...65_536, "--memory"),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(option) is \(value): give a number from \(range.lowerBound) to \(range.upperBound)")
    }
    try requireMinutes(minutes)
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var state: String
    var pictures: Int
    var heldOut: [String]
    var classes: [String]
    var members: Int
    var rounds: Int
    var isComplete: Bool
    /// The branch's scores on the pictures held out.
    var scores: SegmenterScores?
    /// The scores of every round.
    var history: [SegmenterScores]
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let files = TrainingFiles(stem: String(output.dropLast(".safetensors".count)))
    let check = OutputCheck(inputs: [models.model, classes])
    for path in [output, files.state] { try check.requireFile(path) }
    let source = try ModelLibrary().file(named: models.model ?? ModelOptions.defaultName)
    let model = try JointModel(source)
    model.isExact = models.exact
    let folder = try annotations(for: model)
    let examples = try LabeledPictures(
      model: model, console: console, embedding: EmbeddingOptions(steps: embedSteps)
    ).examples(
      of: images ?? codes ?? "", areCodes: codes != nil, masks: masks, folder.annotations)
    let training = try SegmenterTraining(
      model: model, examples: examples, classCount: folder.palette.count, options: options)
    if resume { try training.resume(from: files.state) }
    let classList = ClassList.json(folder.palette)
    try train(training, console) { () throws(TrainingError) in
      try ModelFileUpdate(
        of: "segmentation.", in: source, by: training.branchWeights,
        metadata: ["classes": classList]
      ).write(to: output)
    } writeState: { () throws(TrainingError) in
      try training.writeState(to: files.state)
    }
    try Interruption.check(written: 1)
    console.say(summary(training, pictures: examples.count))
    try console.report(
      Result(
        output: output, state: files.state, pictures: examples.count,
        heldOut: training.heldOutNames, classes: folder.palette.names, members: members,
        rounds: training.round, isComplete: training.isComplete, scores: training.bestScores,
        history: training.history, seconds: watch.seconds))
  }

  private var options: SegmenterTrainingOptions {
    SegmenterTrainingOptions(
      members: members, rounds: rounds, heldOut: heldOut, pixelMemory: memory << 20, seed: seed)
  }

  /// The masks, with their classes.
  private func annotations(for model: JointModel) throws -> (
    palette: Palette, annotations: [Annotation]
  ) {
    let palette =
      try classes.map { try ClassList.palette(contentsOf: $0) }
      ?? (model.metadata["classes"] == nil ? nil : model.palette)
    let folder = try AnnotationFolder(masks, palette: palette, nearestClass: nearestClass)
    // DatasetGAN's masks come with its rule for slips of the brush.
    let smallest = smallestClass ?? (folder.format == .editGAN ? 30 : 0)
    let annotations = folder.annotations.map { annotation in
      var annotation = annotation
      annotation.removeClasses(smallerThan: smallest)
      return annotation
    }
    return (folder.palette, annotations)
  }

  /// Trains; the model is written whenever a round was the best, the state after every round.
  private func train(
    _ training: SegmenterTraining, _ console: Console,
    writeModel: () throws(TrainingError) -> Void, writeState: () throws(TrainingError) -> Void
  ) throws {
    let show = console.trainingObserver("training the segmenter")
    defer { console.endProgress() }
    if training.isComplete { try writeModel() }
    try training.run(seconds: minutes.map { $0 * 60 }, observer: show) {
      () throws(TrainingError) in
      if training.bestScores.map({ $0.round == training.round }) ?? true { try writeModel() }
      try writeState()
    }
    if training.round == 0 { try writeState() }
  }

  private func summary(_ training: SegmenterTraining, pictures: Int) -> String {
    let scores = training.bestScores.map { scores in
      ", \(percent(scores.pixelAccuracy)) of the pixels held out right, mIoU "
        + text(scores.meanIoU, decimals: 3)
    }
    return "\(output): branch of \(members) member\(members == 1 ? "" : "s") trained on "
      + "\(pictures - training.heldOutNames.count) pictures in \(training.round) rounds"
      + (scores ?? "") + (training.isComplete ? "" : "; go on with --resume")
  }
}
