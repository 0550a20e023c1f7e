import ArgumentParser
import Editing
import Networks
import Pictures
import TensorCore

/// `semblance synthesize`: pictures of painted layouts.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Draw the picture of a painted layout.",
    usage: "semblance synthesize <layout> -o <output> --model <model> [<options>]",
    discussion: """
      A layout is a PNG that says what is where: pixels are class ids (grey or indexed) or class \
      colours. A SPADE model turns it into a picture. Models with a style draw the same layout by \
      day and by night: the style comes from a photo (--style), from a number (--seed), or is the \
      mean one. With --interpolate the style moves from one to another in an animated PNG.

      A layout of another size is brought to the model's: its largest centred part of the same \
      aspect, by nearest neighbours. A model file without a list of classes takes one by --classes: \
      coco, landscape, ade20k, cityscapes, facades, the name of a model, or a JSON list of \
      {"name": ..., "color": [r, g, b]}.

      EXAMPLES:
        semblance synthesize layout.png -o out.png --model landscape.safetensors
        semblance synthesize layout.png -o out.png --model faces --style photo.jpg
        semblance synthesize layout.png -o out/ --model faces --seed 7 --count 5
        semblance synthesize layout.png -o out.png --model faces --interpolate 3 9
      """)

  @Argument(help: ArgumentHelp("The layout, a .png file.", valueName: "layout"))
  var layout: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture, or a folder for several.", valueName: "file|folder"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "SPADE model: a name (see 'semblance models') or a .safetensors file.",
      valueName: "name|file"))
  var model: String

  @Option(help: ArgumentHelp("Photo whose style the picture gets.", valueName: "photo"))
  var style: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of a random style.", valueName: "number"))
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many pictures, with the seeds SEED, SEED + 1, ...", valueName: "n"))
  var count = 1

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Two styles, each a photo or a seed, between which an animation moves.", valueName: "style"))
  var interpolate: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures of the animation.", valueName: "n"))
  var frames = 16

  @Option(
    help: ArgumentHelp("Classes of the layout, if the model does not say.", valueName: "name|file"))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      "A .png file with another number for each object, for models that look at borders between "
        + "objects; the layout itself is taken without it.", valueName: "file"))
  var instances: String?

  @Flag(help: "Compute in the plain, most exact way; slower.")
  var exact = false

  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count is \(count): give a number from 1 to 10000")
    }
    guard (2...1000).contains(frames) else {
      throw ValidationError("--frames is \(frames): give a number from 2 to 1000")
    }
    if style != nil, seed != nil || count > 1 {
      throw ValidationError("--style is one style; leave --seed and --count out")
    }
    if !interpolate.isEmpty {
      guard interpolate.count == 2 else {
        throw ValidationError("--interpolate takes two styles, \(interpolate.count) are given")
      }
      if style != nil || seed != nil || count > 1 {
        throw ValidationError(
          "--interpolate names its styles; leave --style, --seed and --count out")
      }
      try requireExtension("png", of: output, "--output")
    }
    guard !(seed ?? 0).addingReportingOverflow(UInt64(count)).overflow else {
      throw ValidationError(
        "--seed is \(seed ?? 0): give a number below \(UInt64.max - UInt64(count))")
    }
    if writesOneFile { try requirePictureName(output, "--output") }
  }

  private var writesOneFile: Bool { count == 1 && !OutputPlan.isFolder(output) }

  /// What is reported about a picture.
  struct Result: Encodable {
    var output: String
    var width: Int
    var height: Int
    /// The photo or seeds that decided the style; nil for the mean one.
    var style: [String]?
    /// Pictures of an animation.
    var frames: Int?
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let photos = ([style] + interpolate.map { UInt64($0) == nil ? $0 : nil }).compactMap { $0 }
    let check = OutputCheck(inputs: [layout, model, instances, classes] + photos)
    let names = (0..<count).map { index in
      let name = (seed ?? 0) + UInt64(index)
      return (name: "\(PathText.stem(of: layout))-seed\(name).png", origin: "seed \(name)")
    }
    let plan = writesOneFile ? nil : try OutputPlan(names: names, folder: output, check: check)
    if plan == nil { try check.requireFile(output) }
    let synthesizer = try ModelLibrary().layoutSynthesizer(named: model, isExact: exact)
    if synthesizer.latentSize == nil, !photos.isEmpty || seed != nil || count > 1 {
      throw CommandError.noStyle(model: model)
    }
    let neighborhoods = try read(for: synthesizer, console)
    var results: [Result] = []
    if !interpolate.isEmpty {
      results = [try animate(neighborhoods, synthesizer, console)]
    } else {
      for index in 0..<count {
        try Interruption.check(written: index)
        try plan?.makeFolder()
        let path = plan?.paths[index] ?? output
        let (tensor, name) = try chosenStyle(index, synthesizer, console)
        let picture = synthesizer.picture(of: neighborhoods, style: tensor)
        try Interruption.check(written: index)
        try picture.write(to: path)
        console.say(
          "\(path): \(picture.width)x\(picture.height)" + (name.map { ", style \($0)" } ?? ""))
        results.append(
          Result(
            output: path, width: picture.width, height: picture.height, style: name.map { [$0] }))
      }
    }
    try console.report(
      Report(
        command: "synthesize", model: synthesizer.domain, results: results,
        seconds: watch.seconds))
  }

  /// The layout in the size of the pictures.
  private func read(for synthesizer: LayoutSynthesizer, _ console: Console) throws
    -> LayoutNeighborhoods
  {
    var classes = synthesizer.classes
    if let name = self.classes {
      let list = try LayoutClassOption.classes(named: name)
      let channels = synthesizer.configuration.layoutChannels
      guard
        let fitting = LayoutClasses(
          palette: list.palette, unlabelled: list.unlabelled, channels: channels)
      else {
        throw CommandError.classesDoNotFit(
          name: name, classes: list.palette.count, model: model, channels: channels)
      }
      classes = fitting
    }
    if instances != nil, !classes.hasEdges {
      console.warn(
        "\(model): this model does not look at borders between objects; --instances is not used")
    }
    let (layout, cut) = try classes.layout(
      contentsOf: self.layout, instances: instances, width: synthesizer.width,
      height: synthesizer.height)
    if cut > 0 {
      console.warn(
        "\(self.layout): the model draws \(synthesizer.width)x\(synthesizer.height); "
          + "what lies outside of that aspect is cut off")
    }
    return LayoutNeighborhoods(layout)
  }

  /// The style of picture number `index` and what it is called; nil for the mean style.
  private func chosenStyle(
    _ index: Int, _ synthesizer: LayoutSynthesizer, _ console: Console
  ) throws -> (Tensor?, String?) {
    if let style { return (try tensor(ofPhoto: style, synthesizer, console), style) }
    guard seed != nil || count > 1 else { return (nil, nil) }
    let seed = (seed ?? 0) + UInt64(index)
    return (synthesizer.randomStyle(seed: seed), "seed \(seed)")
  }

  private func tensor(
    ofPhoto path: String, _ synthesizer: LayoutSynthesizer, _ console: Console
  ) throws -> Tensor {
    guard synthesizer.encoder != nil else { throw CommandError.noStyleEncoder(model: model) }
    let photo = try Picture(contentsOf: path, warn: console.warn)
    guard let style = synthesizer.style(of: photo) else {
      throw CommandError.noStyleEncoder(model: model)
    }
    return style
  }

  private func animate(
    _ layout: LayoutNeighborhoods, _ synthesizer: LayoutSynthesizer, _ console: Console
  ) throws -> Result {
    let ends = try interpolate.map { text -> Tensor in
      if let seed = UInt64(text), let style = synthesizer.randomStyle(seed: seed) { return style }
      return try tensor(ofPhoto: text, synthesizer, console)
    }
    var animation = AnimatedPNG(frameMilliseconds: 80)
    let count = console.counter("drawing")
    for frame in 0..<frames {
      let style = Tensor.style(
        between: ends[0], ends[1], at: Float(frame) / Float(frames - 1))
      try animation.append(synthesizer.picture(of: layout, style: style))
      count(frame + 1, frames)
      try Interruption.check()
    }
    console.endProgress()
    try animation.write(to: output)
    console.say("\(output): \(frames) pictures of \(synthesizer.width)x\(synthesizer.height)")
    return Result(
      output: output, width: synthesizer.width, height: synthesizer.height, style: interpolate,
      frames: frames)
  }
}
