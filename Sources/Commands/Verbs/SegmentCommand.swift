import ArgumentParser
import Editing
import Networks
import Pictures

/// `semblance segment`: the mask of a photo, to be painted.
struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Write the semantic mask of a photo, ready to be repainted.",
    usage: "semblance segment <photo|code> -o <file> [<options>]",
    discussion: """
      The mask is an indexed PNG in the colours of the model's classes, of the size of the model's \
      picture. Repaint it with hard brushes in any painting program and give it to 'semblance edit'.

      With --true-size the mask has the photo's own size, so that it can lie as a layer over the \
      photo. What the model does not see of the photo (it takes the largest centred part of its own \
      aspect) is class 0 there, and painting on it has no effect.

      EXAMPLES:
        semblance segment photo.jpg -o mask.png
        semblance segment photo.code -o mask.png --true-size
      """)

  @Argument(help: ArgumentHelp("A photo or a .code file.", valueName: "photo|code"))
  var input: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The mask, a .png file.", valueName: "file"))
  var output: String

  @Flag(help: "Write the mask in the size of the photo.")
  var trueSize = false

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireExtension("png", of: output, "--output")
  }

  /// What is reported.
  struct Result: Encodable {
    /// A class that the mask holds.
    struct Class: Encodable {
      var name: String
      var color: String
      var pixels: Int
    }
    var output: String
    var width: Int
    var height: Int
    var classes: [Class]
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    try OutputCheck(inputs: [input, photos.photo]).requireFile(output)
    let opened = try OpenedInput(input, photoPath: photos.photo, warn: console.warn)
    let model = try models.open(fallback: opened.code?.record.domain)
    let session = Session(model: model, options: photos, console: console)
    let subject = try session.subject(opened)
    var mask = model.letterbox.unframed(try model.squareMask(of: subject.code))
    if trueSize { mask = try Self.trueSize(mask, of: subject, model: model) }
    try Interruption.check()
    try mask.write(to: output, palette: model.palette)
    let counts = mask.counts
    let classes = model.palette.entries.enumerated().compactMap { id, entry in
      counts[id] == 0
        ? nil
        : Result.Class(name: entry.name, color: entry.color.description, pixels: counts[id])
    }
    console.say(
      "\(output): \(mask.width)x\(mask.height) pixels of "
        + classes.map { "\($0.name) \($0.color)" }.joined(separator: ", "))
    let result = Result(
      output: output, width: mask.width, height: mask.height, classes: classes)
    try console.report(
      Report(
        command: "segment", model: model.domain,
        results: [Outcome(input: input, result: result)], seconds: watch.seconds))
  }

  /// The mask over the whole photo, class 0 outside of the part that the model sees.
  static func trueSize(_ mask: LabelMap, of subject: Subject, model: JointModel)
    throws(CommandError) -> LabelMap
  {
    let (width, height, crop) = try trueFrame(of: subject, model: model)
    let inner = mask.resized(width: crop.width, height: crop.height)
    if crop.width == width && crop.height == height { return inner }
    var labels = [UInt8](repeating: 0, count: width * height)
    for y in 0..<crop.height {
      let start = (y + crop.top) * width + crop.left
      let row = inner.labels[y * crop.width..<(y + 1) * crop.width]
      labels.replaceSubrange(start..<start + crop.width, with: row)
    }
    return LabelMap(width: width, height: height, labels: labels)
  }

  private static func trueFrame(of subject: Subject, model: JointModel)
    throws(CommandError) -> (width: Int, height: Int, crop: PixelRect)
  {
    if let photo = subject.photo {
      guard let crop = photo.inside(for: model) else { throw .noPhotoOfCode(path: subject.path) }
      return (photo.picture.width, photo.picture.height, crop)
    }
    // A record is a file's word: sizes that no photo can have are none.
    guard case .photo(let reference) = subject.code.record.source, reference.crop.count == 4,
      reference.crop.allSatisfy({ (0...65_535).contains($0) }),
      (1...65_535).contains(reference.width), (1...65_535).contains(reference.height),
      reference.width * reference.height <= DecodingLimits().maxPixels
    else { throw .noPhotoOfCode(path: subject.path) }
    let crop = PixelRect(
      left: reference.crop[0], top: reference.crop[1], width: reference.crop[2],
      height: reference.crop[3])
    let frame = PixelRect(left: 0, top: 0, width: reference.width, height: reference.height)
    guard !crop.isEmpty, frame.contains(crop) else { throw .noPhotoOfCode(path: subject.path) }
    return (reference.width, reference.height, crop)
  }
}
