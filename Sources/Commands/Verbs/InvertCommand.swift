import ArgumentParser
import Editing
import Networks
import Pictures
import TensorCore

/// `semblance invert`: a code for a bare layout.
struct InvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invert",
    abstract: "Find a code whose mask is a painted layout.",
    usage: "semblance invert <layout> -o <code> [<options>]",
    discussion: """
      A layout is a PNG of the model's classes, by colours or numbers, without any photo. A layout \
      model draws it, the encoder reads the drawing, and optimisation moves the code until the \
      generator's mask agrees. The code can be edited like that of a photo.

      EXAMPLES:
        semblance invert layout.png -o face.code --picture face.png
        semblance invert layout.png -o face.code --style photo.jpg --steps 300
      """)

  @Argument(help: ArgumentHelp("The layout, a .png file.", valueName: "layout"))
  var layout: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The code.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Also write the generator's picture.", valueName: "file"))
  var picture: String?

  @Option(help: ArgumentHelp("Also write the generator's mask.", valueName: "png"))
  var mask: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps; 0 takes the encoder's code.", valueName: "n"))
  var steps = 100

  @Option(help: ArgumentHelp("Photo whose style the drawing gets.", valueName: "photo"))
  var style: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of a random style.", valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "What draws the layout; by default the model's name with -layout.", valueName: "name|file"))
  var layoutModel: String?

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (0...100_000).contains(steps) else {
      throw ValidationError("--steps is \(steps): give a number from 0 to 100000")
    }
    if style != nil, seed != nil { throw ValidationError("give --style or --seed, not both") }
    try requireExtension("code", of: output, "--output")
    try requirePictureName(picture, "--picture")
    try requireExtension("png", of: mask, "--mask")
    try requireDistinct([output, picture, mask])
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var picture: String?
    var mask: String?
    var accuracyBefore: Double
    var accuracyAfter: Double
    var steps: Int
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let check = OutputCheck(inputs: [layout, style, layoutModel, models.model])
    for path in [output, picture, mask] { try check.requireFile(path) }
    let model = try models.open()
    let synthesizer = try ModelLibrary()
      .layoutSynthesizer(named: layoutModel ?? "\(model.domain)-layout", isExact: models.exact)
    let inverter = LayoutInverter(
      start: try LayoutStart(model: model, synthesizer: synthesizer),
      options: LayoutInverter.Options(steps: steps))
    let valid = model.letterbox.valid
    let (painted, cut) = try LayoutClasses(palette: model.palette)
      .layout(contentsOf: layout, width: valid.width, height: valid.height)
    if cut > 0 {
      console.warn(
        "\(layout): the model's pictures are \(valid.width)x\(valid.height); what lies outside of "
          + "that aspect is cut off")
    }
    let inversion = try inverter(
      painted.labels, style: try chosenStyle(synthesizer, console),
      observer: console.observer("inverting \(PathText.name(of: layout))"))
    console.endProgress()
    try Interruption.check()
    try inversion.code.write(to: output)
    let (made, read) = try model.rendering(of: inversion.code)
    if let picture { try made.write(to: picture) }
    if let mask { try read.write(to: mask, palette: model.palette) }
    console.say(
      "\(output): the mask agrees with the layout in \(percent(inversion.accuracyAfter)) of the "
        + "pixels (encoder alone \(percent(inversion.accuracyBefore)))")
    try console.report(
      Report(
        command: "invert", model: model.domain,
        results: [
          Result(
            output: output, picture: picture, mask: mask,
            accuracyBefore: inversion.accuracyBefore.rounded(decimals: 4),
            accuracyAfter: inversion.accuracyAfter.rounded(decimals: 4),
            steps: inversion.updates)
        ], seconds: watch.seconds))
  }

  private func chosenStyle(_ synthesizer: LayoutSynthesizer, _ console: Console) throws -> Tensor? {
    let name = layoutModel ?? PathText.name(of: synthesizer.path)
    if style != nil || seed != nil, synthesizer.latentSize == nil {
      throw CommandError.noStyle(model: name)
    }
    if let seed { return synthesizer.randomStyle(seed: seed) }
    guard let style else { return nil }
    guard synthesizer.encoder != nil else { throw CommandError.noStyleEncoder(model: name) }
    return synthesizer.style(of: try Picture(contentsOf: style, warn: console.warn))
  }
}
