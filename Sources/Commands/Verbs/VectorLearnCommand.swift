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
      names. With --strengths several vectors at once, by least squares: a table (.csv) with a row \
      for each photo before and a column for each vector says how much of it the pair shows; -o is \
      the folder that gets them.

      From two sets: the normal of the linear boundary between the codes of photos with and without \
      an attribute. --keep takes out of the vector what some others do.

      EXAMPLES:
        semblance vector learn smiles/ -o smile --classes upper_lip,lower_lip
        semblance vector learn wheels/ --model cars -o wheels --sheet sheet.png
        semblance vector learn --before a/ --after b/ --classes teeth -o grin
        semblance vector learn --positive old/ --negative young/ -o age --keep smile
      """)

  @Argument(help: ArgumentHelp("The folder of photos and masks.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("Photos before the edit: a folder or files.", valueName: "photos"))
  var before: [String] = []

  @Option(help: ArgumentHelp("The same photos after it.", valueName: "photos"))
  var after: [String] = []

  @Option(
    help: ArgumentHelp(
      "Table that says how much of which vector each pair shows.", valueName: "file"))
  var strengths: String?

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
    if strengths == nil {
      try VectorDestination.validate(output, "--output")
    } else if before.isEmpty || keep != nil || sheet != nil {
      throw ValidationError("--strengths needs --before and --after, without --keep and --sheet")
    }
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
    let table = try strengths.map { path throws(CommandError) in try AttributeTable(path) }
    let shown =
      preview.isEmpty
      ? Array((items.map { $0.map(\.photo) } ?? sets?.first ?? []).prefix(6))
      : try InputList(preview).paths
    let model = try models.open()
    let destination =
      table == nil ? try VectorDestination(output, domain: model.domain, check: check) : nil
    if table != nil {
      try check.requireFolders(output)
      try OutputPlan.make(output)
    }
    let session = Session(model: model, options: photos, console: console)
    var vectors = try learn(items, sets, table, session)
    if let keep {
      for index in vectors.indices { try remove(keep, from: &vectors[index], session) }
    }
    try Interruption.check()
    for vector in vectors {
      let path: String
      if table == nil {
        path = try destination?.store(vector) ?? output
      } else {
        path = "\(output)/\(vector.record.name).safetensors"
        try vector.write(to: path)
      }
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
  }

  private func learn(
    _ items: [RepaintedFolder.Item]?, _ sets: InputSet?, _ table: AttributeTable?,
    _ session: Session
  ) throws -> [EditVector] {
    let model = session.model
    let names = classes.flatMap { $0.split(separator: ",").map(String.init) }
    let name = PathText.stem(of: output)
    if let items {
      let masks = RepaintedVector(
        session: session, name: name, classes: names.isEmpty ? nil : try model.classIDs(names),
        steps: steps, polishingSteps: polish, dilation: dilate)
      return [try masks(items)]
    }
    guard let sets else { throw EditingError.nothingToLearn }
    let ids = try model.classIDs(names)
    if before.isEmpty {
      let first = try codes(sets.first, before: 0, of: sets.count, session)
      let second = try codes(sets.second, before: first.count, of: sets.count, session)
      return [
        EditVector(
          delta: try CodeDirections.linearBoundary(positive: first, negative: second),
          record: model.record(
            name: name, classes: ids,
            origin: "linear boundary between \(first.count) and \(second.count) photos"))
      ]
    }
    let pairs = PairVectors(
      session: session, classes: ids, name: name, table: table)
    return try pairs(before: sets.first, after: sets.second)
  }

  private func codes(_ paths: [String], before: Int, of count: Int, _ session: Session) throws
    -> [WPlus]
  {
    try paths.enumerated().map { index, path in
      let opened = try OpenedInput(path, warn: session.console.warn)
      return try session.subject(opened, prefix: "\(before + index + 1)/\(count) ").code.wPlus
    }
  }

  private func remove(_ list: String, from vector: inout EditVector, _ session: Session) throws {
    let others = try list.split(separator: ",").map { name in
      let other = try VectorLibrary().vector(
        named: String(name), domain: session.model.domain)
      try session.requireFit(other, force: false)
      return other
    }
    vector.delta = CodeDirections.orthogonalized(vector.delta, against: others.map(\.delta))
    vector.record.origin +=
      ", without the part of " + others.map(\.record.name).joined(separator: ", ")
  }

  /// Two lists of photos.
  private struct InputSet {
    let first: [String]
    let second: [String]

    var count: Int { first.count + second.count }

    /// Nil when both are empty.
    init?(_ first: [String], _ second: [String]) throws {
      if first.isEmpty && second.isEmpty { return nil }
      (self.first, self.second) = (try InputList(first).paths, try InputList(second).paths)
    }
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
