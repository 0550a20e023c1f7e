import ArgumentParser
import Editing
import Networks

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

      Folders are searched with their subfolders; '-' stands for a list of paths on standard input. \
      Results of several photos go to a folder. What happens is kept there in manifest.jsonl: a \
      second run makes only what is missing, failed or changed, however the first one ended, and \
      several processes may share the folder. A photo that cannot be worked on never stops the \
      others; the exit code is 1 when there was one. A folder that cannot be written does.

      EXAMPLES:
        semblance apply smile photo.jpg -o smiling.png --refine 30
        semblance apply smile photos/ -o smiling/ --report smiling.html
        semblance apply smile - -o out/ --shard 1/4 < photos.txt
        semblance apply smile photo.jpg -o out.png --animate smile.png
        semblance apply smile:0.8+close-eyes:0.5 photo.jpg -o out.png --whole
      """)

  @Argument(
    help: ArgumentHelp(
      "The edit: names or files of vectors with strengths (see 'semblance vector list').",
      valueName: "vector"),
    transform: { try VectorExpression($0) })
  var vector: VectorExpression

  @Argument(
    help: ArgumentHelp(
      "Photos, .code files, folders of them, patterns in quotes, or '-'.", valueName: "photo"))
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture, or a folder for several.", valueName: "file|folder"))
  var output: String

  @OptionGroup var edit: VectorOptions

  @Option(
    help: ArgumentHelp("Store the edited code, or a folder for several.", valueName: "file|folder"))
  var saveCode: String?

  @Option(
    help: ArgumentHelp(
      "Write a sheet with a row for each input: pictures and masks before and after.",
      valueName: "file"))
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Write an animated picture of the way from strength 0 to the edit and back; for one photo.",
      valueName: "png"))
  var animate: String?

  @OptionGroup var framing: FramingOptions
  @OptionGroup var batch: BatchOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    if edit.strength != nil, vector.terms.allSatisfy({ $0.strength != nil }) {
      throw ValidationError(
        "--strength has no effect when every vector has a strength of its own; leave one out")
    }
    try requirePictureName(sheet, "--sheet")
    try requireExtension("png", of: animate, "--animate")
    if animate != nil && !isSingle {
      throw ValidationError("--animate is for one photo; give one input and one output file")
    }
    if isSingle {
      try requirePictureName(output, "--output")
      if batch.shard != nil || batch.report != nil || batch.jobs != nil || batch.force {
        throw ValidationError(
          "--shard, --report, --jobs and --force are for several photos; "
            + "give a folder as output, as in -o out/")
      }
    } else if let landmarks = framing.landmarks, FileStatus(of: landmarks)?.isFolder == false {
      throw ValidationError(
        "--landmarks: \(landmarks) belongs to one photo; give a folder of them for several")
    }
    if let saveCode, isSingle, !OutputPlan.isFolder(saveCode) {
      try requireExtension("code", of: saveCode, "--save-code")
    }
    if photos.photo != nil && !isSingle {
      throw ValidationError("--photo belongs to one .code file; give one input and one output file")
    }
    try requireDistinct(
      [output, sheet, saveCode, batch.report, animate].filter { $0?.hasSuffix("/") == false })
  }

  /// Whether one file goes in and one comes out.
  private var isSingle: Bool {
    inputs.count == 1 && inputs[0] != "-" && !OutputPlan.isFolder(inputs[0])
      && !OutputPlan.isFolder(output)
  }

  func run() throws {
    let console = general.begin()
    let list = try InputList(inputs, output: output)
    for folder in list.unreadable { console.warn("\(folder): this folder cannot be read") }
    let check = OutputCheck(
      inputs: list.paths + vector.terms.map(\.name) + [photos.photo, models.model])
    for path in [sheet, batch.report, animate] { try check.requireFile(path) }
    if list.isMany || OutputPlan.isFolder(output) {
      try runBatch(list, check: check, console: console)
    } else {
      try runSingle(list, check: check, console: console)
    }
  }

  /// The model, and the vector as the options want it.
  ///
  /// - Throws: when the vector does not fit the model.
  func open(_ console: Console, domain: String? = nil) throws -> (
    model: JointModel, application: VectorApplication
  ) {
    let (model, vector, strength) = try models.open(
      for: vector, strength: edit.strength, domain: domain)
    try Session(model: model, options: photos, console: console)
      .requireFit(vector, force: edit.otherModel)
    let application = try edit.application(of: vector, strength: strength, model: model)
    let record = vector.record
    if strength < record.range[0] || strength > record.range[1] {
      console.warn(
        "strength \(strength) lies outside of \(record.range[0])...\(record.range[1]), where "
          + "'\(record.name)' is known to look right")
    }
    if application.classes.isEmpty && !edit.whole {
      console.warn(
        "'\(record.name)' names no classes, so no part of the photo is replaced; use --whole or "
          + "--region")
    }
    return (model, application)
  }
}
