import ArgumentParser
import Editing
import Evaluation

/// `semblance evaluate transfer`.
struct EvaluateTransferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Measure what a stored vector does to photos it was not learned on.",
    usage: "semblance evaluate transfer <vector> <folder> [<options>]",
    discussion: """
      The folder holds pairs NAMEa.jpg and NAMEb.jpg with true masks (.png). The vector is applied \
      to photo a, and its mask compared with that of b. Means with 95 % bootstrap intervals.

      EXAMPLES:
        semblance evaluate transfer smile faces/pairs/smile
        semblance evaluate transfer enlarge-wheels pairs/wheels --refine 30
      """)

  @Argument(
    help: ArgumentHelp("Names or files of vectors with strengths.", valueName: "vector"),
    transform: { try VectorExpression($0) })
  var vector: VectorExpression

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Strength; the vector's default if not given.", valueName: "factor"))
  var strength: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps that repair what lies outside.", valueName: "n"))
  var refine = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first pairs of the folder.", valueName: "n"))
  var limit: Int?

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireFinite(strength, "--strength")
    try requireRefinement(refine)
    try requireLimit(limit)
  }

  /// What is reported.
  struct Result: Encodable {
    var vector: String
    var strength: Float
    var count: Int
    var unionIoUBefore: Estimate
    var unionIoUAfter: Estimate
    var unionIoUGain: Estimate
    var meanIoUBefore: Estimate
    var meanIoUAfter: Estimate
    var meanIoUGain: Estimate
    var outsideChange: Estimate
    var photoPixelsChangedOutside: Int
  }

  func run() throws {
    let console = general.begin()
    let items = try PairFolder.pairs(folder).prefix(limit ?? .max)
    let (model, found, factor) = try models.open(for: vector, strength: strength)
    let session = Session(model: model, options: photos, console: console)
    try session.requireFit(found, force: false)
    var assessment = try TransferAssessment(
      model: model, vector: found, strength: factor, refinement: refine)
    for (index, item) in items.enumerated() {
      let opened = try OpenedInput(item.photo, warn: console.warn)
      let subject = try session.subject(opened, prefix: "\(index + 1)/\(items.count) ")
      guard let photo = opened.photo else { throw CommandError.noInput(path: item.photo) }
      try assessment.add(
        photo, code: subject.code,
        edited: try model.mask(contentsOf: item.editedMask, for: photo).map)
      try Interruption.check()
    }
    let samples = assessment.samples
    let result = Result(
      vector: found.record.name, strength: assessment.strength, count: samples.count,
      unionIoUBefore: try Estimate(samples.map(\.unionIoUBefore)),
      unionIoUAfter: try Estimate(samples.map(\.unionIoUAfter)),
      unionIoUGain: try Estimate(samples.map { $0.unionIoUAfter - $0.unionIoUBefore }),
      meanIoUBefore: try Estimate(samples.map(\.meanIoUBefore)),
      meanIoUAfter: try Estimate(samples.map(\.meanIoUAfter)),
      meanIoUGain: try Estimate(samples.map { $0.meanIoUAfter - $0.meanIoUBefore }),
      outsideChange: try Estimate(samples.map(\.outsideChange)),
      photoPixelsChangedOutside: samples.map(\.photoPixelsChangedOutside).reduce(0, +))
    console.say("\(found.record.name) x \(assessment.strength) on \(samples.count) pairs")
    console.say(
      "  IoU of the classes together  \(result.unionIoUBefore.text(3)) -> "
        + "\(result.unionIoUAfter.text(3)), gain \(result.unionIoUGain.text(3))")
    console.say(
      "  mean IoU of the classes      \(result.meanIoUBefore.text(3)) -> "
        + "\(result.meanIoUAfter.text(3)), gain \(result.meanIoUGain.text(3))")
    console.say("  change outside (of 255)      \(result.outsideChange.text(2))")
    console.say("  photo pixels changed outside \(result.photoPixelsChangedOutside)")
    try console.report(result)
  }
}
