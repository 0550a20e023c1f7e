import ArgumentParser
import Editing
import Networks
import Pictures

/// `semblance apply`: a stored vector to photos.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply a stored edit to photos.",
    usage: "semblance apply <vector> <photo> ... -o <file|folder> [<options>]",
    discussion: """
      The vector is added to the latent code of each photo. --refine makes some optimisation steps \
      afterwards, which repair what the vector changed outside of its classes. By default the output \
      is the photo itself in which only the region of the vector's classes is replaced.

      Several vectors are joined by '+', each with a strength of its own: smile:0.8+open-mouth:-0.3.

      EXAMPLES:
        semblance apply smile photo.jpg -o smiling.png --refine 30
        semblance apply smile photos/ -o smiling/ --strength 0.8 --sheet sheet.png
        semblance apply smile:0.8+close-eyes:0.5 photo.jpg -o out.png --whole
      """)

  @Argument(
    help: ArgumentHelp(
      "The edit: names or files of vectors with strengths (see 'semblance vector list').",
      valueName: "vector"),
    transform: { try VectorExpression($0) })
  var vector: VectorExpression

  @Argument(
    help: ArgumentHelp("Photos, .code files, or folders of them.", valueName: "photo"))
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture, or a folder for several.", valueName: "file|folder"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Strength of vectors that have none of their own; each vector's default if not given.",
      valueName: "factor"))
  var strength: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps that repair what lies outside, for example 10, 30 or 60.", valueName: "n"))
  var refine = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels by which the region of the classes is enlarged.", valueName: "pixels"))
  var dilate = 3

  @Flag(help: "Write the generator's whole picture instead of the photo with the region.")
  var whole = false

  @Option(
    help: ArgumentHelp("Store the edited code, or a folder for several.", valueName: "file|folder"))
  var saveCode: String?

  @Option(
    help: ArgumentHelp(
      "Write a sheet with a row for each input: pictures and masks before and after.",
      valueName: "file"))
  var sheet: String?

  @Flag(help: "Apply a vector of another model whose codes have the same size.")
  var force = false

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireFinite(strength, "--strength")
    if strength != nil, vector.terms.allSatisfy({ $0.strength != nil }) {
      throw ValidationError(
        "--strength has no effect when every vector has a strength of its own; leave one out")
    }
    try requireRefinement(refine)
    try requireDilation(dilate)
    try requirePictureName(sheet, "--sheet")
    let isOne = inputs.count == 1 && !OutputPlan.isFolder(inputs[0])
    if isOne && !OutputPlan.isFolder(output) { try requirePictureName(output, "--output") }
    if let saveCode, isOne, !OutputPlan.isFolder(saveCode) {
      try requireExtension("code", of: saveCode, "--save-code")
    }
    if photos.photo != nil && !isOne {
      throw ValidationError("--photo belongs to one .code file; give one input only")
    }
    try requireDistinct([output, sheet, saveCode].filter { $0?.hasSuffix("/") == false })
  }

  /// What is reported about an input.
  struct Result: Encodable {
    var output: String
    var code: String?
    var psnr: Double?
    var regionPixels: Int
    var outsideChange: Double
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let list = try InputList(inputs)
    let check = OutputCheck(
      inputs: list.paths + vector.terms.map(\.name) + [photos.photo, models.model])
    let plan = try OutputPlan(inputs: list, output: output, suffix: ".png", check: check)
    let codePlan = try saveCode.map {
      try OutputPlan(inputs: list, output: $0, suffix: ".code", check: check)
    }
    try check.requireFile(sheet)
    // One input is read first, so that it is refused before a model is opened.
    let first =
      list.isMany
      ? nil : try OpenedInput(list.paths[0], photoPath: photos.photo, warn: console.warn)
    let (model, edit, factor) = try models.open(
      for: vector, strength: strength, domain: first?.code?.record.domain)
    let session = Session(model: model, options: photos, console: console)
    try session.requireFit(edit, force: force)
    warn(of: edit, factor, console)
    let work = ApplyWork(
      session: session, vector: edit, strength: factor,
      classes: try model.classIDs(edit.record.classes), refinement: refine, dilation: dilate,
      whole: whole, force: force)
    var rows = EditSheet(model: model, columns: EditViews.columns.count)
    let batch = Batch(inputs: list, console: console)
    let results = try batch.run { index, path, prefix in
      let watch = Stopwatch()
      let opened = try first ?? OpenedInput(path, warn: console.warn)
      let done = try work(opened, prefix: prefix, written: index)
      try plan.makeFolder()
      try done.result.write(to: plan.paths[index])
      try codePlan?.makeFolder()
      if let codePlan { try done.code.write(to: codePlan.paths[index]) }
      if sheet != nil {
        done.views.appendRow(to: &rows, of: done.subject, result: done.result, model: model)
      }
      console.say(
        "\(plan.paths[index]): \(edit.record.name) applied to \(path) in "
          + "\(text(watch.seconds, decimals: 1)) s")
      return Result(
        output: plan.paths[index], code: codePlan?.paths[index],
        psnr: done.subject.code.record.psnr?.rounded(decimals: 3),
        regionPixels: done.views.region.count,
        outsideChange: model.outsideChange(
          from: done.views.before.picture, to: done.views.after.picture, region: done.views.region
        ).rounded(decimals: 3), seconds: watch.seconds)
    }
    if let sheet, results.contains(where: { $0.error == nil }) {
      try rows.picture.write(to: sheet)
      console.say("\(sheet): before and after")
    }
    try console.report(
      Report(
        command: "apply", model: model.domain, results: results, sheet: sheet,
        seconds: watch.seconds))
    try batch.requireSuccess(results.map(\.error))
  }

  private func warn(of vector: EditVector, _ strength: Float, _ console: Console) {
    let record = vector.record
    if strength < record.range[0] || strength > record.range[1] {
      console.warn(
        "strength \(strength) lies outside of \(record.range[0])...\(record.range[1]), where "
          + "'\(record.name)' is known to look right")
    }
    if record.classes.isEmpty && !whole {
      console.warn(
        "'\(record.name)' names no classes, so no part of the photo is replaced; use --whole")
    }
  }
}
