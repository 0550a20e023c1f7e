import ArgumentParser
import Checkpoints
import Networks

/// `semblance import`: models of other programs.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn checkpoints of other programs into a model file.",
    usage: "semblance import <file> ... [-o <file>] [<options>]",
    discussion: """
      Reads StyleGAN2 generators (pickles of stylegan2-ada-pytorch, stylegan3 and the TensorFlow \
      version, files of rosinality's stylegan2-pytorch), classifiers and encoder of EditGAN, pSp \
      and e4e, LPIPS with its backbones, ArcFace, the Inception network and SPADE. What a file is, \
      its content tells; nothing in it is ever executed. Several files become one model: a \
      generator with its classifiers and its encoder.

      Without -o it only says what it found. Missing tensors and tensors of no use are errors \
      unless allowed.

      EXAMPLES:
        semblance import ffhq.pkl
        semblance import ffhq.pkl -o people.safetensors
        semblance import car.pt car_model_*.pth --classes parts.json -o my.safetensors
      """)

  @Argument(help: ArgumentHelp("Checkpoints.", valueName: "file"))
  var files: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The model, a .safetensors file.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Classes of the segmentation: a JSON list of {\"name\": ..., \"color\": [r, g, b]}.",
      valueName: "file"))
  var classes: String?

  @Option(
    help: ArgumentHelp("What the file is, when its content does not tell.", valueName: "source"))
  var kind: ModelSource?

  @Flag(help: "Store weights in half precision.")
  var half = false

  @Flag(help: "Import the discriminator of a generator too.")
  var discriminator = false

  @Flag(help: "Keep spectral normalisation, to train on.")
  var keepSpectralNorm = false

  @Option(
    help: ArgumentHelp(
      "Size of the pictures in the middle of the generator's square, when it has bands.",
      valueName: "WxH"))
  var pictureSize: PictureSize?

  @Flag(help: "Import what is there when tensors are missing.")
  var allowMissing = false

  @Flag(help: "Leave out tensors of no use.")
  var ignoreUnused = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    try requireExtension("safetensors", of: output, "--output")
    if files.isEmpty { throw ValidationError("give at least one checkpoint") }
    if kind != nil, files.count > 1 {
      throw ValidationError("--kind describes one file, \(files.count) are given")
    }
    if classes != nil, output == nil { throw ValidationError("--classes needs --output") }
  }

  /// What is reported.
  struct Result: Encodable {
    /// One file that was read.
    struct File: Encodable {
      var path: String
      var format: String
      var kind: String
      var tensors: Int
      var parameters: Int
      var missing: [String]
      var unused: [String]
      var licence: String?
    }
    var files: [File] = []
    var output: String?
    var tensors = 0
    var parameters = 0
  }

  func run() throws {
    let console = Console(isQuiet: quiet, writesJSON: json)
    try OutputCheck(inputs: files + [classes]).requireFile(output)
    var options = ImportOptions(source: kind)
    options.includesDiscriminator = discriminator
    options.foldsSpectralNorm = !keepSpectralNorm
    options.allowsMissing = allowMissing
    options.ignoresUnused = ignoreUnused
    var models: [ImportedModel] = []
    var result = Result()
    for file in files {
      let checkpoint = try Checkpoint(contentsOf: file)
      let model = try ImportedModel(checkpoint, options: options)
      describe(model, of: checkpoint, console)
      result.files.append(
        Result.File(
          path: file, format: checkpoint.format.rawValue, kind: model.source.rawValue,
          tensors: model.tensors.count, parameters: model.elementCount, missing: model.missing,
          unused: model.unused, licence: model.source.licenceReminder))
      models.append(model)
    }
    guard var model = try ImportedModel.merged(models) else { return }
    if let size = pictureSize { try model.setPictureSize(width: size.width, height: size.height) }
    result.tensors = model.tensors.count
    result.parameters = model.elementCount
    if let output {
      let palette = try classes.map {
        try ClassList.palette(contentsOf: $0, count: model.classCount)
      }
      try model.write(
        to: output, precision: half ? .float16 : .float32,
        classes: palette.map { ClassList.json($0) })
      result.output = output
      console.say("\(output): \(model.tensors.count) tensors, \(millions(model.elementCount))")
    }
    try console.report(result)
  }

  private func describe(_ model: ImportedModel, of checkpoint: Checkpoint, _ console: Console) {
    let facts = [
      checkpoint.format.rawValue, model.source.title, model.generatorSummary,
      model.classCount.map { "\($0) classes" }, millions(model.elementCount),
    ]
    console.say("\(checkpoint.path): " + facts.compactMap { $0 }.joined(separator: ", "))
    for (names, problem) in [(model.missing, "missing"), (model.unused, "of no use")]
    where !names.isEmpty {
      let some = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      console.warn(
        "\(checkpoint.path): \(names.count == 1 ? "1 tensor is" : "\(names.count) tensors are") "
          + "\(problem): \(some)\(names.count > 3 ? ", ..." : "")")
    }
    if let reminder = model.source.licenceReminder { console.say("  licence: \(reminder)") }
  }

  private func millions(_ count: Int) -> String {
    "\(text(Double(count) / 1e6, decimals: 1)) million parameters"
  }
}

extension ModelSource: ExpressibleByArgument {}

/// Width and height in pixels, such as `512x384`.
struct PictureSize: ExpressibleByArgument, Equatable {
  let width: Int
  let height: Int

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1], width > 0, height > 0
    else { return nil }
    self.width = width
    self.height = height
  }
}
