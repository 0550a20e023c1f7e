import ArgumentParser
import Checkpoints
import Editing
import Evaluation
import Networks
import Pictures
import TensorCore
import Training

/// `semblance annotate`: pictures to be labelled.
struct AnnotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate",
    abstract: "Draw pictures with empty masks, to be painted for 'train segmenter'.",
    usage: "semblance annotate -o <folder> [<options>]",
    discussion: """
      For each picture seedN.png the folder gets its code seedN.code and seedN-mask.png, an indexed \
      PNG that is class 0 all over and has the colours of all classes in its palette; classes.txt \
      lists them. Paint the masks with hard brushes in any painting program, then give the folder to \
      'semblance train segmenter --codes FOLDER --masks FOLDER'.

      With --suggest the pictures are those of --candidates random ones about which the members of \
      the model's ensemble disagree most; labelling them teaches most.

      EXAMPLES:
        semblance annotate --model bare.safetensors --classes classes.json -o todo/
        semblance annotate --model m.safetensors --suggest --seed 100 -o more/
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("How many pictures.", valueName: "n"))
  var count = 16

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the first picture.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Truncation psi: 1 for none, 0 for the mean picture.", valueName: "factor"))
  var truncationPsi: Float = 0.8

  @Option(help: ArgumentHelp("Names and colours of the classes, .json.", valueName: "file"))
  var classes: String?

  @Flag(help: "Choose the pictures that the ensemble is least sure of.")
  var suggest = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures to choose from; 8 times --count if not given.", valueName: "n"))
  var candidates: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder.", valueName: "folder"))
  var output: String

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count is \(count): give a number from 1 to 10000")
    }
    if let candidates, !(count...100_000).contains(candidates) {
      throw ValidationError("--candidates is \(candidates): give a number from \(count) to 100000")
    }
    if candidates != nil, !suggest {
      throw ValidationError("--candidates has a meaning with --suggest only")
    }
    try requireFinite(truncationPsi, "--truncation-psi")
    guard !seed.addingReportingOverflow(100_000).overflow else {
      throw ValidationError("--seed is \(seed): give a number below \(UInt64.max - 100_000)")
    }
  }

  /// What is reported about a picture.
  struct Result: Encodable {
    var seed: UInt64
    var picture: String
    var mask: String
    var code: String
    /// Mean of the highest tenth of the members' divergences, in nats.
    var disagreement: Double?
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let model = try models.open()
    let palette = try palette(of: model)
    let chosen =
      try suggest
      ? suggestions(model, console)
      : (0..<count).map { index in
        (seed: seed + UInt64(index), disagreement: nil)
      }
    let check = OutputCheck(inputs: [models.model, classes])
    func plan(_ suffix: String) throws -> OutputPlan {
      try OutputPlan(
        names: chosen.map { (name: "seed\($0.seed)\(suffix)", origin: "seed \($0.seed)") },
        folder: output.hasSuffix("/") ? output : output + "/", check: check)
    }
    let (pictures, masks, codes) = (try plan(".png"), try plan("-mask.png"), try plan(".code"))
    for path in masks.paths where FileStatus(of: path) != nil {
      throw CommandError.maskExists(path: path)
    }
    try pictures.makeFolder()
    let valid = model.letterbox.valid
    let empty = LabelMap(width: valid.width, height: valid.height, filledWith: 0)
    var results: [Result] = []
    for (index, (seed, disagreement)) in chosen.enumerated() {
      try Interruption.check(written: index)
      let code = try model.sample(seed: seed, truncationPsi: truncationPsi)
      try model.picture(of: code).write(to: pictures.paths[index])
      try code.write(to: codes.paths[index])
      try empty.write(to: masks.paths[index], palette: palette)
      console.say(
        "\(masks.paths[index]): paint over \(pictures.paths[index])"
          + (disagreement.map { ", disagreement \(text($0, decimals: 3))" } ?? ""))
      results.append(
        Result(
          seed: seed, picture: pictures.paths[index], mask: masks.paths[index],
          code: codes.paths[index], disagreement: disagreement?.rounded(decimals: 4)))
    }
    try writeClasses(palette)
    try console.report(
      Report(
        command: "annotate", model: model.domain, results: results, seconds: watch.seconds))
  }

  private func palette(of model: JointModel) throws -> Palette {
    if let classes { return try ClassList.palette(contentsOf: classes) }
    guard model.metadata["classes"] != nil || model.branch != nil else {
      throw CommandError.noClasses(model: model.path)
    }
    return model.palette
  }

  private func suggestions(_ model: JointModel, _ console: Console) throws -> [(
    seed: UInt64, disagreement: Double?
  )] {
    guard let branch = model.branch else {
      throw EditingError.modelLacks(model.path, part: "segmentation branch")
    }
    guard branch.members.count > 1 else {
      throw CommandError.noEnsemble(model: model.path)
    }
    let disagreement = EnsembleDisagreement(branch)
    var scored: [(seed: UInt64, disagreement: Double?)] = []
    for index in 0..<(candidates ?? 8 * count) {
      try Interruption.check()
      let seed = seed + UInt64(index)
      let code = try model.sample(seed: seed, truncationPsi: truncationPsi)
      let divergence = withoutRecording {
        disagreement.divergence(model.synthesize(code.wPlus.tensor).features)
      }
      scored.append((seed, EnsembleDisagreement.score(divergence)))
    }
    return Array(
      scored.sorted { ($1.disagreement ?? 0, $0.seed) < ($0.disagreement ?? 0, $1.seed) }
        .prefix(count))
  }

  /// A line for each class: id, colour and name.
  private func writeClasses(_ palette: Palette) throws {
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    let lines = palette.entries.enumerated().map { "\($0)\t\($1.color)\t\($1.name)\n" }
    try AtomicFile.write(Array(lines.joined().utf8), to: "\(folder)/classes.txt")
  }
}
