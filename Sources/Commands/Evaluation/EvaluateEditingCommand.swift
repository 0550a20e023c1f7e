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
  }

  func run() throws {
    let console = general.begin()
    let items = try PairFolder.pairs(folder).prefix(limit ?? .max)
    let model = try models.open()
    let session = Session(model: model, options: photos, console: console)
    var result = Result(count: items.count)
    for (index, item) in items.enumerated() {
      let opened = try OpenedInput(item.photo, warn: console.warn)
      let subject = try session.subject(opened, prefix: "\(index + 1)/\(items.count) ")
      let edit = try model.edit(
        subject.code, painting: try model.mask(contentsOf: item.editedMask, for: opened.photo).map,
        original: original ? try model.mask(contentsOf: item.mask, for: opened.photo).map : nil,
        options: MaskEditOptions(steps: steps),
        observer: console.observer("editing \(index + 1)/\(items.count)"))
      try Interruption.check()
      let share = 1 / Double(items.count)
      result.accuracyBefore += edit.outcome.accuracyBefore * share
      result.accuracyAfter += edit.outcome.accuracyAfter * share
      result.outsideChange += edit.outcome.outsideChange * share
    }
    console.endProgress()
    console.say(
      "\(result.count) pairs: pixels of the region with their painted class "
        + "\(percent(result.accuracyBefore)) before, \(percent(result.accuracyAfter)) after; "
        + "change outside \(text(result.outsideChange, decimals: 2)) of 255")
    try console.report(result)
  }
}
