import ArgumentParser
import Editing

/// `semblance embed`: photos to codes.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Find the latent code of a photo.",
    usage: "semblance embed <photo> ... -o <file|folder> [<options>]",
    discussion: """
      The encoder gives a first code, then optimisation brings the generator's picture closer to \
      the photo. A code can be given to every command in the place of its photo and saves the time \
      to embed it. The largest centred part of the photo that has the model's aspect is embedded.

      EXAMPLES:
        semblance embed photo.jpg -o photo.code
        semblance embed photos/ -o codes/ --steps 300
        semblance embed car.jpg -o car.code --model cars --encoder-only
      """)

  @Argument(help: ArgumentHelp("Photos, or folders of photos.", valueName: "photo"))
  var photos: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The code file, or a folder for several.", valueName: "file|folder"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps after the encoder.", valueName: "n"))
  var steps = 100

  @Flag(help: "Take the encoder's code without optimisation.")
  var encoderOnly = false

  @Flag(help: "Embed again instead of using a code of an earlier run.")
  var noCache = false

  @OptionGroup var framing: FramingOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireSteps(steps, "--steps", hint: ", or take the encoder's code with --encoder-only")
    if !OutputPlan.isFolder(output) && photos.count == 1 && !OutputPlan.isFolder(photos[0]) {
      try requireExtension("code", of: output, "--output")
    }
  }

  /// What is reported about a photo.
  struct Result: Encodable {
    var output: String
    var steps: Int
    var psnr: Double?
    var stored: Bool
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let inputs = try InputList(photos, output: output)
    for folder in inputs.unreadable { console.warn("\(folder): this folder cannot be read") }
    let plan = try OutputPlan(
      inputs: inputs, output: output, suffix: ".code", check: OutputCheck(inputs: inputs.paths))
    // One photo is read first, so that it is refused before a model is opened.
    let first = inputs.isMany ? nil : try open(inputs.paths[0], console)
    let model = try models.open()
    var session = Session(
      model: model, embedding: EmbeddingOptions(steps: encoderOnly ? 0 : steps), console: console)
    if !noCache { session.cache = .standard }
    let batch = Batch(inputs: inputs, console: console)
    let results = try batch.run { index, path, prefix in
      let watch = Stopwatch()
      let input = try first ?? open(path, console)
      if input.code != nil { throw CommandError.codeForPhoto(path: path) }
      let subject = try session.subject(input, prefix: prefix, written: index)
      try plan.makeFolder(of: index)
      try subject.code.write(to: plan.paths[index])
      let record = subject.code.record
      let quality = record.psnr.map { ", reconstructed with \(text($0, decimals: 1)) dB" } ?? ""
      console.say(
        "\(plan.paths[index]): \(path) embedded\(quality)"
          + (subject.wasStored ? " (stored code)" : " in \(text(watch.seconds, decimals: 1)) s"))
      return Result(
        output: plan.paths[index], steps: record.steps,
        psnr: record.psnr?.rounded(decimals: 3), stored: subject.wasStored, seconds: watch.seconds)
    }
    try console.report(
      Report(
        command: "embed", model: model.domain, results: results, seconds: watch.seconds))
    try batch.requireSuccess(results.map(\.error))
  }

  private func open(_ path: String, _ console: Console) throws -> OpenedInput {
    try OpenedInput(path, framing: framing.framing(of: path), warn: console.warn)
  }
}
