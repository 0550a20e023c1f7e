import ArgumentParser
import Editing
import Networks
import Pictures

/// `semblance vector learn`.
struct VectorLearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn a vector from photos with repainted masks.",
    usage: "semblance vector learn <folder> -o <name|file> [<options>]",
    discussion: """
      The folder holds photos NAME.jpg, each with its repainted mask NAME-after.png and, unless the \
      model's own mask was painted, the mask before painting NAME-before.png. Each photo is edited \
      by itself; the mean change is polished on all photos together and made as strong as brings \
      them closest to their painted masks.

      EXAMPLES:
        semblance vector learn smiles/ -o smile --classes upper_lip,lower_lip
        semblance vector learn wheels/ --model cars -o wheels --sheet sheet.png
      """)

  @Argument(help: ArgumentHelp("The folder of photos and masks.", valueName: "folder"))
  var folder: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Name in the library, or a .safetensors file.", valueName: "name|file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Classes that the edit is about, separated by commas; found from the masks if not given.",
      valueName: "names"))
  var classes: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps for each photo.", valueName: "n"))
  var steps = 60

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Optimisation steps over all photos together that polish the mean.", valueName: "n"))
  var polish = 20

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pixels by which the region is enlarged.", valueName: "pixels"))
  var dilate = 3

  @Option(
    help: ArgumentHelp(
      "Write a sheet that shows the vector on some of the photos.", valueName: "file"))
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Photos to show on the sheet instead: a folder or files.", valueName: "photos"))
  var preview: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireSteps(steps, "--steps")
    guard (0...100_000).contains(polish) else {
      throw ValidationError("--polish is \(polish): give a number of steps from 0 to 100000")
    }
    try requireDilation(dilate)
    try requirePictureName(sheet, "--sheet")
    try VectorDestination.validate(output, "--output")
    if photos.photo != nil { throw ValidationError("--photo has no meaning here; leave it out") }
    try requireDistinct([output, sheet])
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var record: EditVector.Record
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let items = try RepaintedFolder(folder).items
    let check = OutputCheck(inputs: items.map(\.photo) + items.map(\.after))
    try check.requireFile(sheet)
    let shown = preview.isEmpty ? items.prefix(6).map(\.photo) : try InputList(preview).paths
    let model = try models.open()
    let destination = try VectorDestination(output, domain: model.domain, check: check)
    let names = classes.flatMap { $0.split(separator: ",").map(String.init) }
    let ids = names.isEmpty ? nil : try model.classIDs(names)
    let session = Session(model: model, options: photos, console: console)
    var examples: [VectorLearner.Example] = []
    var counts = [Int](repeating: 0, count: 256)
    for (index, item) in items.enumerated() {
      let example = try read(item, ids, session, prefix: "\(index + 1)/\(items.count) ")
      for id in example.edit.classes { counts[Int(id)] += 1 }
      examples.append(example)
    }
    // A class belongs to the edit when most examples say so.
    let members = ids ?? counts.indices.filter { counts[$0] * 2 > items.count }.map { UInt8($0) }
    var options = VectorLearningOptions()
    options.edit.steps = steps
    options.polishingSteps = polish
    let outcome = try VectorLearner(model: model, options: options)(
      examples, observer: console.observer("learning \(PathText.stem(of: output))"))
    console.endProgress()
    try Interruption.check()
    let vector = vector(outcome, members, count: items.count, model: model)
    let path = try destination?.store(vector) ?? output
    if let sheet {
      try drawSheet(vector, shown, session).write(to: sheet)
      console.say("\(sheet): the vector on \(shown.count) photos")
    }
    console.say(
      "\(path): '\(vector.record.name)' from \(items.count) photos in "
        + "\(text(watch.seconds, decimals: 1)) s; "
        + vector.record.scores.sorted { $0.key < $1.key }
        .map { "\($0.key) \(text($0.value, decimals: 3))" }.joined(separator: ", "))
    try console.report(Result(output: path, record: vector.record, seconds: watch.seconds))
  }

  private func read(
    _ item: RepaintedFolder.Item, _ ids: [UInt8]?, _ session: Session, prefix: String
  ) throws -> VectorLearner.Example {
    let model = session.model
    let opened = try OpenedInput(item.photo, warn: session.console.warn)
    let after = try model.mask(contentsOf: item.after, for: opened.photo).map
    let before = try item.before.map { try model.mask(contentsOf: $0, for: opened.photo).map }
    let subject = try session.subject(opened, prefix: prefix)
    return VectorLearner.Example(
      start: subject.code.wPlus,
      edit: try model.maskEdit(
        of: subject.code, painting: after, original: before, classes: ids, dilation: dilate))
  }

  private func vector(
    _ outcome: VectorLearner.Outcome, _ classes: [UInt8], count: Int, model: JointModel
  ) -> EditVector {
    let scores = [
      "accuracy_before": outcome.accuracyBefore.rounded(decimals: 4),
      "accuracy_optimized": outcome.accuracyOptimized.rounded(decimals: 4),
      "accuracy_shared": outcome.accuracyShared.rounded(decimals: 4),
      "outside_shared": outcome.outsideShared.rounded(decimals: 3),
      "factor": Double(outcome.factor),
    ]
    return EditVector(
      delta: outcome.delta,
      record: EditVector.Record(
        name: PathText.stem(of: output), model: model.fingerprint, domain: model.domain,
        classes: classes.map { model.palette.entries[Int($0)].name },
        layers: [0, model.rowCount],
        origin: "learned from \(count) repainted mask\(count == 1 ? "" : "s"), "
          + "\(steps) steps each" + (polish > 0 ? ", polished in \(polish) steps" : ""),
        scores: scores))
  }

  private func drawSheet(_ vector: EditVector, _ paths: [String], _ session: Session) throws
    -> Picture
  {
    let model = session.model
    var rows = EditSheet(model: model, columns: EditViews.columns.count)
    let work = ApplyWork(
      session: session, vector: vector, strength: 1,
      classes: try model.classIDs(vector.record.classes), refinement: 0, dilation: dilate,
      whole: false, force: false)
    for path in paths {
      let done = try work(OpenedInput(path, warn: session.console.warn), prefix: "", written: 1)
      done.views.appendRow(to: &rows, of: done.subject, result: done.result, model: model)
    }
    return rows.picture
  }
}
