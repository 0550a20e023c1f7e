import ArgumentParser
import Networks
import Pictures
import Training

extension Preprocessing.Mode: ExpressibleByArgument {}
extension LayoutCollection: ExpressibleByArgument {}

/// The pairs that `train spade` learns from.
struct SPADEDataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of label maps.", valueName: "folder"))
  var labels: String?

  @Option(help: ArgumentHelp("The folder of photos.", valueName: "folder"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "A folder of maps with another number for each object; layouts get a channel of the borders "
        + "between objects.", valueName: "folder"))
  var instances: String?

  @Option(help: ArgumentHelp("The list of classes, .json.", valueName: "file"))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      "A public collection, in the file layout of its publishers, instead of these four.",
      valueName: "name"))
  var dataset: LayoutCollection?

  @Option(help: ArgumentHelp("The folder of the public collection.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("How pairs are brought to size.", valueName: "mode"))
  var preprocess: Preprocessing.Mode?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Side that pairs are scaled to before cropping.", valueName: "pixels"))
  var loadSize: Int?

  @Flag(help: "Show no pair mirrored.")
  var noFlip = false

  private static let incomplete = ValidationError(
    "give --labels, --images and --classes, or a --dataset")

  func validate() throws {
    if let loadSize, !(32...8192).contains(loadSize) {
      throw ValidationError("--load-size is \(loadSize): give a number from 32 to 8192")
    }
    if let dataset {
      guard data != nil else {
        throw ValidationError("--dataset \(dataset.rawValue) needs its folder: give --data")
      }
      let given = [
        ("--labels", labels), ("--images", images), ("--instances", instances),
        ("--classes", classes),
      ]
      if let (option, _) = given.first(where: { $0.1 != nil }) {
        throw ValidationError("--dataset has label maps, photos and classes; leave \(option) out")
      }
    } else {
      if data != nil { throw ValidationError("--data needs --dataset, the name of the collection") }
      guard labels != nil, images != nil, classes != nil else { throw Self.incomplete }
    }
  }

  /// The pairs and their classes.
  ///
  /// - Throws: `TrainingError` that names a file.
  func pairs() throws -> (pairs: [PairedFolders.Pair], classes: LayoutClasses) {
    if let dataset, let data { return (try dataset.pairs(in: data), dataset.classes) }
    guard let labels, let images, let classes else {
      throw Self.incomplete
    }
    let palette = try ClassList.palette(contentsOf: classes)
    let pairs = try PairedFolders(labels: labels, photos: images, instances: instances).pairs
    return (pairs, LayoutClasses(palette: palette, hasEdges: instances != nil))
  }

  /// How pairs are brought to the size of a generator's pictures.
  func preprocessing(
    _ generator: LayoutGeneratorConfiguration, preset: TrainSPADECommand.Preset, trains: Bool
  ) -> Preprocessing {
    let isSmall = preset == .small
    let mode = preprocess ?? (isSmall ? .fixed : dataset?.preprocessing ?? .resizeAndCrop)
    // The reference loads pictures an eighth larger than the crops; small pictures lose too much.
    let side = isSmall ? generator.width : generator.width * 286 / 256
    return Preprocessing(
      mode: trains ? mode : .fixed, loadSize: loadSize ?? side, width: generator.width,
      height: generator.height, mirrors: trains && !noFlip)
  }
}
