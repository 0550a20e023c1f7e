import ArgumentParser
import Pictures

/// `semblance masks check`: what is wrong with masks, before anything is trained or drawn.
struct MasksCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find values without class, soft edges and thin strokes in masks.",
    usage: "semblance masks check <mask|folder> ... --classes <name|file> [<options>]",
    discussion: """
      Reads each mask by the rules of the editor: grey and indexed PNG hold class ids or class \
      colours, RGB holds class colours. For each file it tells the size, how many pixels each class \
      has, values and colours of no class with their number and first pixel, pixels of soft strokes \
      between two classes, and pixels in strokes of one or two pixels. Values without class make the \
      exit code 1; so do masks of different sizes with --same-size. Thin strokes are worth knowing \
      only.

      --classes is coco, landscape, ade20k, cityscapes, facades, the name of a model, or a JSON list \
      of {"name": ..., "color": [r, g, b]}.

      EXAMPLES:
        semblance masks check labels/ --classes coco
        semblance masks check painted.png --classes faces
        semblance masks check labels/ --classes classes.json --json
      """)

  @Argument(help: ArgumentHelp("Masks, or folders of masks.", valueName: "mask|folder"))
  var inputs: [String]

  @Option(help: ArgumentHelp("Classes that masks may hold.", valueName: "name|file"))
  var classes: String

  @Flag(help: "Masks of different sizes are a problem, too.")
  var sameSize = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but problems.")
  var quiet = false

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("give at least one mask or folder") }
  }

  /// What is reported about a mask.
  struct Result: Encodable {
    /// A class that occurs.
    struct Class: Encodable {
      var name: String
      var pixels: Int
    }
    /// A value without class.
    struct Unknown: Encodable {
      var value: String
      var pixels: Int
      var x: Int
      var y: Int
    }
    var width: Int
    var height: Int
    var classes: [Class]
    var unknown: [Unknown]
    /// How many values without class there are in all.
    var unknownValues: Int
    var unknownPixels: Int
    var mixedPixels: Int
    var thinPixels: Int
  }

  /// The report as a whole.
  struct Summary: Encodable {
    var command = "masks check"
    var results: [Outcome<Result>]
    /// Pixels of each class in all masks.
    var classes: [Result.Class]
    var problems: Int
  }

  func run() throws {
    let console = Console(isQuiet: quiet, writesJSON: json)
    let palette = try LayoutClassOption.classes(named: classes)
    let files = try InputList(inputs, suffixes: [".png", ".jpg", ".jpeg"])
    var results: [Outcome<Result>] = []
    var totals = [Int](repeating: 0, count: palette.palette.count)
    var problems = 0
    var size: (width: Int, height: Int, path: String)?
    for path in files.paths {
      do throws(PictureError) {
        let mask = try MaskInspection(
          contentsOf: path, palette: palette.palette, unlabelled: palette.unlabelled)
        for (id, pixels) in mask.pixelsOfClasses.enumerated() { totals[id] += pixels }
        results.append(Outcome(input: path, result: Self.result(mask, palette.palette)))
        console.say(Self.line(path, mask, palette.palette))
        if let problem = Self.problem(mask) {
          problems += 1
          console.fail("\(path): \(problem)")
        } else if sameSize, let size, (mask.width, mask.height) != (size.width, size.height) {
          problems += 1
          console.fail(
            "\(path): the size is \(mask.width)x\(mask.height), that of \(size.path) "
              + "\(size.width)x\(size.height)")
        }
        if size == nil { size = (mask.width, mask.height, path) }
      } catch {
        problems += 1
        console.fail(error.description)
        results.append(Outcome(input: path, error: error.description))
      }
    }
    let summary = zip(palette.palette.names, totals).compactMap { name, pixels in
      pixels == 0 ? nil : Result.Class(name: name, pixels: pixels)
    }
    if files.paths.count > 1 {
      let list = summary.sorted { $0.pixels > $1.pixels }
      let all = max(1, totals.reduce(0, +))
      console.say("\(files.paths.count) masks:")
      for entry in list {
        let share = text(100 * Double(entry.pixels) / Double(all), decimals: 2)
        console.say("  \(entry.name)  \(share) %")
      }
    }
    try console.report(Summary(results: results, classes: summary, problems: problems))
    if problems > 0 {
      console.fail("\(problems) of \(files.paths.count) masks have problems")
      throw ExitCode.failure
    }
  }

  private static func result(_ mask: MaskInspection, _ palette: Palette) -> Result {
    Result(
      width: mask.width, height: mask.height,
      classes: zip(palette.names, mask.pixelsOfClasses).compactMap { name, pixels in
        pixels == 0 ? nil : Result.Class(name: name, pixels: pixels)
      },
      unknown: mask.unknown.prefix(20).map {
        Result.Unknown(value: $0.value, pixels: $0.pixels, x: $0.x, y: $0.y)
      },
      unknownValues: mask.unknown.count, unknownPixels: mask.unknownPixels,
      mixedPixels: mask.mixedPixels, thinPixels: mask.thinPixels)
  }

  private static func line(_ path: String, _ mask: MaskInspection, _ palette: Palette) -> String {
    let classes = mask.pixelsOfClasses.filter { $0 > 0 }.count
    var line = "\(path): \(mask.width)x\(mask.height), \(classes) classes"
    if mask.thinPixels > 0 { line += ", \(mask.thinPixels) pixels in thin strokes" }
    return line
  }

  /// What makes a mask useless, nil for nothing.
  private static func problem(_ mask: MaskInspection) -> String? {
    guard !mask.isClean else { return nil }
    let shown = mask.unknown.prefix(3).map {
      "\($0.value) (\($0.pixels) pixels, the first at \($0.x),\($0.y))"
    }
    let rest = mask.unknown.count > 3 ? " and \(mask.unknown.count - 3) more" : ""
    var text = "\(mask.unknownPixels) pixels have no class: " + shown.joined(separator: ", ") + rest
    if 2 * mask.mixedPixels > mask.unknownPixels {
      text += "; \(mask.mixedPixels) of them lie between classes: paint with hard brushes"
    }
    return text
  }
}
