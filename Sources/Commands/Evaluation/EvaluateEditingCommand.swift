import ArgumentParser
import Editing

/// `semblance evaluate editing`.
struct EvaluateEditingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "editing",
    abstract: "Measure how well repainted masks come true.",
    usage: "semblance evaluate editing <folder> [<options>]",
    discussion: """
      The folder holds pairs NAMEa.jpg and NAMEb.jpg with true masks (.png). Photo a is edited with \
      the mask of b as its repainted mask.

      EXAMPLES:
        semblance evaluate editing faces/pairs/smile --limit 20
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps of each edit.", valueName: "n"))
  var steps = 100

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first pairs of the folder.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Give the true mask of a as the mask before painting.")
  var original = false

  @Option(
    help: "Where the optimisation begins; spade also tries a drawing of the painted mask.")
  var initial = EditCommand.Initial.code

  @Option(
    help: ArgumentHelp(
      "What draws masks for --initial spade; by default the model's name with -layout.",
      valueName: "name|file"))
  var layoutModel: String?

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireSteps(steps, "--steps")
    try requireLimit(limit)
  }

  /// Means over the pairs.
  struct Result: Encodable {
    var count = 0
    var accuracyBefore = 0.0
    var accuracyAfter = 0.0
    var outsideChange = 0.0
    /// How often the optimisation began at the drawing's point.
    var beganAtDrawing = 0
    /// Mean of the lowest loss so far, after so many steps.
    var losses: [Trace] = []

    struct Trace: Encodable {
      var steps: Int
      var loss: Double
    }
  }

  /// The lowest loss among the first `steps + 1` points of each edit, as a mean.
  private func traces(_ outcomes: [EditOutcome]) -> [Result.Trace] {
    [0, 10, 30, 60, 100, 300].filter { $0 <= steps }.map { count in
      let lowest = outcomes.map { Double($0.trace.prefix(count + 1).min() ?? .nan) }
      return Result.Trace(
        steps: count,
        loss: (lowest.reduce(0, +) / Double(max(lowest.count, 1))).rounded(decimals: 4))
    }
  }

  func run() throws {
    let console = general.begin()
    let items = try PairFolder.pairs(folder).prefix(limit ?? .max)
    let model = try models.open()
    let session = Session(model: model, options: photos, console: console)
    let layoutStart = try initial.layoutStart(for: model, layoutModel: layoutModel)
    var result = Result(count: items.count)
    var outcomes: [EditOutcome] = []
    for (index, item) in items.enumerated() {
      let opened = try OpenedInput(item.photo, warn: console.warn)
      let subject = try session.subject(opened, prefix: "\(index + 1)/\(items.count) ")
      let edit = try model.edit(
        subject.code, painting: try model.mask(contentsOf: item.editedMask, for: opened.photo).map,
        original: original ? try model.mask(contentsOf: item.mask, for: opened.photo).map : nil,
        options: MaskEditOptions(steps: steps), layoutStart: layoutStart,
        observer: console.observer("editing \(index + 1)/\(items.count)"))
      outcomes.append(edit.outcome)
      try Interruption.check()
      let share = 1 / Double(items.count)
      result.accuracyBefore += edit.outcome.accuracyBefore * share
      result.accuracyAfter += edit.outcome.accuracyAfter * share
      result.outsideChange += edit.outcome.outsideChange * share
    }
    console.endProgress()
    result.beganAtDrawing = outcomes.count(where: \.beganAtAlternative)
    result.losses = traces(outcomes)
    console.say(
      "\(result.count) pairs: pixels of the region with their painted class "
        + "\(percent(result.accuracyBefore)) before, \(percent(result.accuracyAfter)) after; "
        + "change outside \(text(result.outsideChange, decimals: 2)) of 255")
    let losses = result.losses.map { "\(text($0.loss, decimals: 3)) after \($0.steps)" }
    console.say("  lowest loss " + losses.joined(separator: ", ") + " steps")
    if initial == .spade {
      console.say("  \(result.beganAtDrawing) edits began at the drawing of the painted mask")
    }
    try console.report(result)
  }
}
