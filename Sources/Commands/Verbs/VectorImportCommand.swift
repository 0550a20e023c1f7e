import ArgumentParser
import Editing

/// `semblance vector import`: directions of other programs.
struct VectorImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store a direction of another program as a vector.",
    usage: "semblance vector import <file> -o <name|file> [<options>]",
    discussion: """
      Reads NumPy arrays, pickles and PyTorch files: vectors of EditGAN, boundaries of InterFaceGAN \
      (one row for all layers), principal components of GANSpace. The direction must have been made \
      for the very generator that the model was imported from. Nothing in a file is executed.

      EXAMPLES:
        semblance vector import wheel.npy -o wheel --model my.safetensors
        semblance vector import age.pt -o age --model people --rows 0-7 --scale 3
        semblance vector import pca.pt -o tint --model people --component 16
      """)

  @Argument(help: ArgumentHelp("The direction.", valueName: "file"))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Name in the library, or a .safetensors file.", valueName: "name|file"))
  var output: String

  @Option(
    help: ArgumentHelp("Rows of W+ that it moves, from 0; all by default.", valueName: "a-b"))
  var rows: RowRange?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of all its numbers.", valueName: "factor"))
  var scale: Float = 1

  @Option(
    help: ArgumentHelp("Which principal component, from 0.", valueName: "n"))
  var component: Int?

  @Option(
    help: ArgumentHelp(
      "Classes that it changes, separated by commas; those that the file tells by default.",
      valueName: "names"))
  var classes: [String] = []

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @OptionGroup var models: ModelOptions

  func validate() throws {
    try requireFinite(scale, "--scale")
    try VectorDestination.validate(output, "--output")
    if let component, component < 0 {
      throw ValidationError("--component is \(component): give a number from 0")
    }
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var record: EditVector.Record
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let check = OutputCheck(inputs: [file, models.model])
    let foreign = try ForeignVector(contentsOf: file, component: component)
    let model = try models.open()
    let names = classes.flatMap { $0.split(separator: ",").map(String.init) }
    let vector = try foreign.editVector(
      for: model, name: PathText.stem(of: output), layers: rows?.range, scale: scale,
      classes: names.isEmpty ? nil : names)
    let destination = try VectorDestination(output, domain: model.domain, check: check)
    let path = try destination?.store(vector) ?? output
    console.say("\(path): '\(vector.record.name)', \(vector.record.origin)")
    try console.report(Result(output: path, record: vector.record))
  }
}

/// Rows of W+, such as `4-7`; both ends belong to it.
struct RowRange: ExpressibleByArgument {
  let range: Range<Int>

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2,
      first >= 0, last >= first, last < 1 << 16
    else { return nil }
    range = first..<last + 1
  }
}
