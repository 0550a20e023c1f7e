import ArgumentParser
import Editing
import Networks
import Pictures

/// `semblance vector learn`.
struct VectorLearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn a vector from repainted masks, from pairs or from two sets of photos.",
    usage: """
      semblance vector learn <folder> -o <name|file> [<options>]
      semblance vector learn --before <photos> --after <photos> -o <name>
      semblance vector learn --positive <photos> --negative <photos> -o <name>
      """,
    discussion: """
      From masks: the folder holds photos NAME.jpg, each with its repainted mask NAME-after.png and, unless the \
      model's own mask was painted, the mask before painting NAME-before.png. Each photo is edited \
      by itself; the mean change is polished on all photos together and made as strong as brings \
      them closest to their painted masks.

      From pairs: the mean change of the codes between photos before and after, in order of their \
      names. From two sets: the normal of the linear boundary between the codes of photos with and \
      without an attribute. --keep takes out of the vector what some others do.

      EXAMPLES:
        semblance vector learn smiles/ -o smile --classes upper_lip,lower_lip
        semblance vector learn wheels/ --model cars -o wheels --sheet sheet.png
        semblance vector learn --positive old/ --negative young/ -o age --keep smile
      """)

  @Argument(help: ArgumentHelp("The folder of photos and masks.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("Photos before the edit: a folder or files.", valueName: "photos"))
  var before: [String] = []

  @Option(help: ArgumentHelp("The same photos after it.", valueName: "photos"))
  var after: [String] = []

  @Option(help: ArgumentHelp("Photos with an attribute.", valueName: "photos"))
  var positive: [String] = []

  @Option(help: ArgumentHelp("Photos without it.", valueName: "photos"))
  var negative: [String] = []

  @Option(
    help: ArgumentHelp(
      "Vectors whose effect the new one must not have, separated by commas.", valueName: "names"))
  var keep: String?

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
    let sources = [
      folder != nil, !before.isEmpty || !after.isEmpty, !positive.isEmpty || !negative.isEmpty,
    ]
    guard sources.filter({ $0 }).count == 1 else {
      throw ValidationError(
        "give one source: a folder of repainted masks, --before and --after, or --positive and "
          + "--negative")
    }
    guard before.isEmpty == after.isEmpty, positive.isEmpty == negative.isEmpty else {
      throw ValidationError("--before needs --after, and --positive needs --negative")
    }
    if folder == nil, classes.isEmpty {
      throw ValidationError("give the --classes that the edit changes")
    }
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
    let items = try folder.map { folder throws(CommandError) in try RepaintedFolder(folder).items }
    let sets = try (InputSet(before, after) ?? InputSet(positive, negative))
    let inputs =
      items.map { $0.flatMap { [$0.photo, $0.after] } } ?? sets.map { $0.first + $0.second } ?? []
    let check = OutputCheck(inputs: inputs)
    try check.requireFile(sheet)
    let shown =
      preview.isEmpty
      ? Array((items.map { $0.map(\.photo) } ?? sets?.first ?? []).prefix(6))
      : try InputList(preview).paths
    let model = try models.open()
    let destination = try VectorDestination(output, domain: model.domain, check: check)
    let session = Session(model: model, options: photos, console: console)
    let names = classes.flatMap { $0.split(separator: ",").map(String.init) }
    var vector: EditVector
    if let items {
      vector = try fromMasks(items, names, session)
    } else {
      vector = try fromCodes(sets, names, session)
    }
    if let keep {
      let others = try keep.split(separator: ",").map { name in
        let other = try VectorLibrary().vector(named: String(name), domain: model.domain)
        try session.requireFit(other, force: false)
        return other
      }
      vector.delta = CodeDirections.orthogonalized(vector.delta, against: others.map(\.delta))
      vector.record.origin +=
        ", without the part of " + others.map(\.record.name).joined(separator: ", ")
    }
    try Interruption.check()
    let path = try destination?.store(vector) ?? output
    if let sheet {
      try drawSheet(vector, shown, session).write(to: sheet)
      console.say("\(sheet): the vector on \(shown.count) photos")
    }
    let scores = vector.record.scores.sorted { $0.key < $1.key }
      .map { "\($0.key) \(text($0.value, decimals: 3))" }
    console.say(
      "\(path): '\(vector.record.name)' \(vector.record.origin), in "
        + "\(text(watch.seconds, decimals: 1)) s"
        + (scores.isEmpty ? "" : "; " + scores.joined(separator: ", ")))
    try console.report(Result(output: path, record: vector.record, seconds: watch.seconds))
  }

  /// Two lists of photos.
  private struct InputSet {
    let first: [String]
    let second: [String]

    /// Nil when both are empty.
    init?(_ first: [String], _ second: [String]) throws {
      if first.isEmpty && second.isEmpty { return nil }
      (self.first, self.second) = (try InputList(first).paths, try InputList(second).paths)
    }
  }

  private func fromMasks(
    _ items: [RepaintedFolder.Item], _ names: [String], _ session: Session
  ) throws -> EditVector {
    let model = session.model
    let ids = names.isEmpty ? nil : try model.classIDs(names)
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
      examples, observer: session.console.observer("learning \(PathText.stem(of: output))"))
    session.console.endProgress()
    return vector(outcome, members, count: items.count, model: model)
  }

  private func fromCodes(_ sets: InputSet?, _ names: [String], _ session: Session) throws
    -> EditVector
  {
    guard let sets else { throw EditingError.nothingToLearn }
    let model = session.model
    let ids = try model.classIDs(names)
    let isPaired = !before.isEmpty
    guard !isPaired || sets.first.count == sets.second.count else {
      throw CommandError.unequalSets(before: sets.first.count, after: sets.second.count)
    }
    let total = sets.first.count + sets.second.count
    var codes: [WPlus] = []
    for path in sets.first + sets.second {
      let opened = try OpenedInput(path, warn: session.console.warn)
      codes.append(
        try session.subject(opened, prefix: "\(codes.count + 1)/\(total) ").code.wPlus)
    }
    let (first, second) = (
      Array(codes[..<sets.first.count]), Array(codes[sets.first.count...])
    )
    let delta =
      isPaired
      ? try CodeDirections.meanDifference(zip(first, second).map { (before: $0, after: $1) })
      : try CodeDirections.linearBoundary(positive: first, negative: second)
    let origin =
      isPaired
      ? "mean difference of \(first.count) pair\(first.count == 1 ? "" : "s")"
      : "linear boundary between \(first.count) and \(second.count) photos"
    return EditVector(
      delta: delta,
      record: EditVector.Record(
        name: PathText.stem(of: output), model: model.fingerprint, domain: model.domain,
        classes: ids.map { model.palette.entries[Int($0)].name }, layers: [0, model.rowCount],
        origin: origin))
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
      session: session,
      application: VectorApplication(
        vector: vector, strength: 1, classes: try model.classIDs(vector.record.classes),
        dilation: dilate))
    for path in paths {
      let done = try work(OpenedInput(path, warn: session.console.warn), prefix: "", written: 1)
      try done.views.appendRow(to: &rows, of: done.subject, result: done.result, model: model)
    }
    return rows.picture
  }
}
