import ArgumentParser
import Editing
import TensorCore

/// `semblance evaluate attributes`.
struct EvaluateAttributesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attributes",
    abstract: "Fit a probe that reads attributes off pictures, and measure it.",
    usage: "semblance evaluate attributes <folder> -o <file> [<options>]",
    discussion: """
      The folder holds photos NAME.jpg and a table attributes.csv with a row for each, whose first \
      column is NAME. Every numeric column becomes an attribute: a linear regressor on the features \
      of the model's encoder. The last photos are held out to measure it.

      EXAMPLES:
        semblance evaluate attributes faces/train -o probe.safetensors
        semblance evaluate attributes cars --model cars --identity H,W,wb -o c.probe
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The probe file to write.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("The table, if not attributes.csv in the folder.", valueName: "file"))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Attributes that make up the identity of a subject, separated by commas.",
      valueName: "names"))
  var identity = "age,gender,african,asian,caucasian,skin_tone,weight"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the photos that is held out.", valueName: "share"))
  var heldOut = 0.1

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (0...0.9).contains(heldOut) else {
      throw ValidationError("--held-out is \(heldOut): give a share from 0 to 0.9")
    }
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    try OutputCheck(inputs: [table]).requireFile(output)
    let model = try models.open()
    let table = try AttributeTable(table ?? "\(folder)/attributes.csv")
    let names = table.numericColumns
    let columns = try names.map { name throws(CommandError) in try table.position(of: name) }
    let identities = identity.split(separator: ",").map(String.init)
    for name in identities { _ = try table.position(of: name) }
    let rows = table.rowsByName()
    let paths = try PairFolder.photos(folder).filter {
      rows[AttributeTable.key(PathText.stem(of: $0))] != nil
    }
    guard paths.count > 1 else {
      throw CommandError.nothingInFolder(path: folder, needed: "photo NAME.jpg with a row")
    }
    var features: [Tensor] = []
    var values: [Float] = []
    for (index, path) in paths.enumerated() {
      let photo = try Photo(contentsOf: path, warn: console.warn)
      features.append(try AttributeProbe.features(of: try photo.tensor(for: model), model: model))
      let row = rows[AttributeTable.key(PathText.stem(of: path))] ?? []
      values += columns.map { Float(row[$0]) ?? 0 }
      if index % 100 == 0 { try Interruption.check() }
    }
    let held = Int(Double(paths.count) * heldOut)
    let probe = try AttributeProbe(
      features: Tensor.concatenated(features, axis: 0),
      attributes: Tensor(values, shape: [paths.count, names.count]), names: names,
      identity: identities, heldOut: held, model: model)
    try probe.write(to: output)
    for name in names {
      let (share, right) = (probe.record.explainedVariance[name], probe.record.accuracy[name])
      console.say(
        "  \(padded(name, 24)) explained \(text(share ?? .nan, decimals: 3)), "
          + "told rightly \(text(right ?? .nan, decimals: 3))")
    }
    console.say(
      "\(output): \(names.count) attributes from \(paths.count - held) photos in "
        + "\(text(watch.seconds, decimals: 1)) s, measured on \(held)")
    try console.report(probe.record)
  }
}
