import ArgumentParser
import Editing
import Networks
import Pictures

/// `semblance sample`: random pictures.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw random pictures, with masks and codes if wanted.",
    usage: "semblance sample -o <file|folder> [<options>]",
    discussion: """
      Picture number i has the seed SEED + i: a seed gives the same picture however many are drawn. \
      A lower truncation makes pictures more usual and less varied. Of a generator that was trained \
      with labels each picture gets a random one unless --class names it.

      EXAMPLES:
        semblance sample --seed 7 -o face.png
        semblance sample --seed 7 --count 16 --grid --masks -o grid.png
        semblance sample --count 100 --model cars --codes -o cars/
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the first picture.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many pictures.", valueName: "n"))
  var count = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Truncation psi: 1 for none, 0 for the mean picture.", valueName: "factor"))
  var truncationPsi: Float = 0.7

  @Option(
    name: .customLong("class"), parsing: .unconditional,
    help: ArgumentHelp("Label of the pictures, from 0.", valueName: "n"))
  var label: Int?

  @Flag(help: "Write all pictures into one file.")
  var grid = false

  @Flag(help: "Write the masks, too.")
  var masks = false

  @Flag(help: "Write the codes, too (not with --grid).")
  var codes = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture, or a folder for several.", valueName: "file|folder"))
  var output: String

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count is \(count): give a number from 1 to 10000")
    }
    try requireFinite(truncationPsi, "--truncation-psi")
    if let label, label < 0 {
      throw ValidationError("--class is \(label): give a number from 0")
    }
    if grid && codes { throw ValidationError("--codes needs a folder; leave --grid out") }
    if grid && count > 1024 {
      throw ValidationError("--grid holds at most 1024 pictures, not \(count)")
    }
    guard !seed.addingReportingOverflow(UInt64(count)).overflow else {
      throw ValidationError("--seed is \(seed): give a number below \(UInt64.max - UInt64(count))")
    }
    if grid || writesOneFile { try requirePictureName(output, "--output") }
  }

  private var writesOneFile: Bool {
    count == 1 && !masks && !codes && !OutputPlan.isFolder(output)
  }

  /// What is reported about a picture.
  struct Result: Encodable {
    var seed: UInt64
    var label: Int?
    var output: String

    /// Results of a code are added one by one.
    init(_ code: LatentCode, seed: UInt64, output: String) {
      self.seed = seed
      self.output = output
      if case .sample(_, _, let label) = code.record.source { self.label = label }
    }

    var mask: String?
    var code: String?
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let check = OutputCheck(inputs: [models.model])
    let plans = try Plans(self, check: check)
    let model = try models.open()
    let results = try grid ? drawGrid(model, console) : drawFiles(model, plans, console)
    try console.report(
      Report(
        command: "sample", model: model.domain, results: results,
        sheet: grid ? output : nil, seconds: watch.seconds))
  }

  /// Where pictures, masks and codes go.
  private struct Plans {
    var pictures: OutputPlan?
    var masks: OutputPlan?
    var codes: OutputPlan?

    init(_ command: SampleCommand, check: OutputCheck) throws(CommandError) {
      if command.grid || command.writesOneFile {
        try check.requireFile(command.output)
        return
      }
      func plan(_ suffix: String) throws(CommandError) -> OutputPlan {
        let names = (0..<command.count).map { index in
          let seed = command.seed + UInt64(index)
          return (name: "seed\(seed)\(suffix)", origin: "seed \(seed)")
        }
        return try OutputPlan(names: names, folder: command.output, check: check)
      }
      pictures = try plan(".png")
      if command.masks { masks = try plan("-mask.png") }
      if command.codes { codes = try plan(".code") }
    }
  }

  private func drawGrid(_ model: JointModel, _ console: Console) throws -> [Result] {
    var columns = 1
    while columns * columns < count { columns += 1 }
    var sheet = EditSheet(model: model, columns: masks ? columns * 2 : columns)
    var results: [Result] = []
    for index in 0..<count {
      try Interruption.check()
      let seed = seed + UInt64(index)
      let code = try model.sample(seed: seed, truncationPsi: truncationPsi, label: label)
      if masks {
        let (picture, mask) = try model.rendering(of: code)
        sheet.append(picture, "seed \(seed)")
        sheet.append(mask, "mask")
      } else {
        sheet.append(model.picture(of: code), "seed \(seed)")
      }
      results.append(Result(code, seed: seed, output: output))
    }
    try sheet.picture.write(to: output)
    console.say("\(output): \(count == 1 ? "1 picture" : "\(count) pictures") of \(model.domain)")
    return results
  }

  private func drawFiles(_ model: JointModel, _ plans: Plans, _ console: Console) throws
    -> [Result]
  {
    var results: [Result] = []
    for index in 0..<count {
      try Interruption.check(written: index)
      let seed = seed + UInt64(index)
      let code = try model.sample(seed: seed, truncationPsi: truncationPsi, label: label)
      try plans.pictures?.makeFolder()
      let path = plans.pictures?.paths[index] ?? output
      var result = Result(code, seed: seed, output: path)
      if let masks = plans.masks {
        let (picture, mask) = try model.rendering(of: code)
        try picture.write(to: path)
        try mask.write(to: masks.paths[index], palette: model.palette)
        result.mask = masks.paths[index]
      } else {
        try model.picture(of: code).write(to: path)
      }
      if let codes = plans.codes {
        try code.write(to: codes.paths[index])
        result.code = codes.paths[index]
      }
      console.say("\(path): seed \(seed)" + (result.label.map { ", class \($0)" } ?? ""))
      results.append(result)
    }
    return results
  }
}
