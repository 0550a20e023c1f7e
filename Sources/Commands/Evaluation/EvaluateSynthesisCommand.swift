import ArgumentParser
import Checkpoints
import Editing
import Networks
import Pictures
import TensorCore

/// `semblance evaluate synthesis`.
struct EvaluateSynthesisCommand: ParsableCommand {
  /// Where the styles of drawn pictures come from, for models that have styles.
  enum Style: String, ExpressibleByArgument, CaseIterable {
    /// From the photo of the layout.
    case photo
    /// The mean style.
    case mean
    /// A random style for every picture.
    case random
  }

  static let configuration = CommandConfiguration(
    commandName: "synthesis",
    abstract: "Measure whether drawn pictures show their layouts.",
    usage: "semblance evaluate synthesis <folder> --model <m> --segmenter <file>",
    discussion: """
      The folder holds photos NAME.jpg with their label maps NAME.png. Every model draws the label \
      maps; a segmenter that was trained on true pairs reads the pictures (a U-Net, see \
      examples/layouts), and what it reads is compared with the label maps: share of equal pixels, \
      and mean intersection over union of the classes that occur. The Fréchet distance compares \
      all drawn pictures with all photos, by features of the segmenter or of Inception.

      EXAMPLES:
        semblance evaluate synthesis t --model faces-layout --segmenter s.safetensors
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp("A model that draws layouts, as often as wanted.", valueName: "name|file"))
  var model: [String]

  @Option(help: ArgumentHelp("The segmenter, .safetensors.", valueName: "file"))
  var segmenter: String

  @Option(help: ArgumentHelp("Inception v3 for the Fréchet distance.", valueName: "file"))
  var inception: String?

  @Option(help: ArgumentHelp("Styles, for models that have them.", valueName: "name"))
  var style = Style.photo

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first photos of the folder.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Write the table as Markdown.", valueName: "file"))
  var markdown: String?

  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireLimit(limit)
    if model.isEmpty { throw ValidationError("give at least one --model") }
  }

  /// The scores of one model, and those of the photos at its size.
  struct Row: Encodable {
    var model: String
    var parameters: Int
    var width: Int
    var height: Int
    var drawn: SynthesisAssessment.Scores
    var photos: SynthesisAssessment.Scores
  }

  /// What is reported.
  struct Result: Encodable {
    var folder: String
    var features: String
    var rows: [Row]

    /// A row for each model, and one of photos for each size.
    var markdown: String {
      var lines = [
        "| pictures | size | parameters | pixel accuracy | mIoU | Fréchet distance |",
        "|---|---|---|---|---|---|",
      ]
      func line(_ name: String, _ row: Row, _ scores: SynthesisAssessment.Scores, _ size: String) {
        let cells = [
          name, "\(row.width)x\(row.height)", size, text(scores.pixelAccuracy, decimals: 3),
          text(scores.meanIoU, decimals: 3),
          scores.frechetDistance.map { text($0, decimals: 4) } ?? "",
        ]
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
      for row in rows { line(row.model, row, row.drawn, "\(row.parameters)") }
      var sizes: Set<[Int]> = []
      for row in rows where sizes.insert([row.width, row.height]).inserted {
        line("photos", row, row.photos, "")
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  func run() throws {
    let console = general.begin()
    try OutputCheck(inputs: [segmenter, inception] + model).requireFile(markdown)
    let items = Array(try PairFolder.photosWithMasks(folder).prefix(limit ?? .max))
    let judge = try PictureSegmenter(contentsOf: segmenter)
    let inception = try inception.map { try InceptionNetwork(contentsOf: $0) }
    let assessment = SynthesisAssessment(segmenter: judge, inception: inception)
    let rows = try model.map { name in
      let row = try measure(name, items, assessment, console)
      console.say(
        "\(name): \(items.count) pictures, pixel accuracy "
          + "\(text(row.drawn.pixelAccuracy, decimals: 3)), mIoU "
          + "\(text(row.drawn.meanIoU, decimals: 3)), Fréchet distance "
          + "\(text(row.drawn.frechetDistance ?? .nan, decimals: 4)); photos at "
          + "\(row.width)x\(row.height): \(text(row.photos.pixelAccuracy, decimals: 3)), "
          + "\(text(row.photos.meanIoU, decimals: 3))")
      return row
    }
    let result = Result(folder: folder, features: assessment.featureSpace, rows: rows)
    console.say("Fréchet distance: \(assessment.featureSpace)")
    if let markdown { try AtomicFile.write(Array(result.markdown.utf8), to: markdown) }
    try console.report(result)
  }

  private func measure(
    _ name: String, _ items: [(photo: String, mask: String)], _ start: SynthesisAssessment,
    _ console: Console
  ) throws -> Row {
    var assessment = start
    let judge = start.segmenter
    let synthesizer = try ModelLibrary().layoutSynthesizer(named: name)
    let (width, height) = (synthesizer.width, synthesizer.height)
    let known = synthesizer.classes.palette
    guard known.names == judge.palette.names else {
      throw CommandError.segmenterOfOtherClasses(
        segmenter: segmenter, classes: judge.palette.count, model: name, modelClasses: known.count)
    }
    let truth = LayoutClasses(palette: known, unlabelled: synthesizer.classes.unlabelled)
    let count = console.counter("drawing with \(PathText.name(of: name))")
    defer { console.endProgress() }
    for (index, item) in items.enumerated() {
      let photo = try Picture(contentsOf: item.photo, warn: console.warn)
        .centred(width: width, height: height)
      let (layout, _) = try synthesizer.classes.layout(
        contentsOf: item.mask, width: width, height: height)
      let (expected, _) = try truth.layout(
        contentsOf: item.mask, width: judge.width,
        height: judge.height(forWidth: width, height: height))
      let latent: Tensor? =
        switch style {
        case .photo: synthesizer.style(of: photo)
        case .mean: nil
        case .random: synthesizer.randomStyle(seed: UInt64(index))
        }
      try assessment.add(
        drawn: synthesizer.picture(of: LayoutNeighborhoods(layout), style: latent), photo: photo,
        layout: expected.labels)
      count(index + 1, items.count)
      try Interruption.check()
    }
    return Row(
      model: name, parameters: synthesizer.parameterCount, width: width, height: height,
      drawn: try assessment.drawn, photos: assessment.photos)
  }
}
