import ArgumentParser
import Editing
import Evaluation
import Pictures

/// `semblance evaluate pairs`.
struct EvaluatePairsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pairs",
    abstract: "Compare ways of making one edit with the true edited photos.",
    usage: "semblance evaluate pairs <folder> --probe <file> [<options>]",
    discussion: """
      The folder holds pairs NAMEa.jpg and NAMEb.jpg (before and after the true edit) with their \
      masks (.png), and perhaps attributes.csv with rows NAMEa and NAMEb. Every method edits photo \
      a; the default output is compared with photo b. Means with 95 % bootstrap intervals.

      Where the list pairs.csv beside the folder has a row for each pair (columns edit, index, ...), \
      a vector may depend on the pair: {COLUMN} stands for what the row says.

      EXAMPLES:
        semblance evaluate pairs smiles --probe p --attribute smile --vector smile
        semblance evaluate pairs cars --model cars --probe p --attribute R --vector v
        semblance evaluate pairs paint --classes body --vector 'to-{after}' ...
      """)

  @Argument(help: ArgumentHelp("The folder of pairs.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp("A probe, see 'semblance evaluate attributes'.", valueName: "file"))
  var probe: String

  @Option(help: ArgumentHelp("The attribute that the edit changes.", valueName: "name"))
  var attribute: String

  @Option(
    help: ArgumentHelp("Names or files of vectors, as often as wanted.", valueName: "vector"))
  var vector: [String] = []

  @Option(
    help: ArgumentHelp(
      "Classes of the edit, separated by commas; those of the first vector if not given.",
      valueName: "names"))
  var classes: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Strengths of the vectors.", valueName: "x,x"))
  var strengths = "1"

  @Option(help: ArgumentHelp("Repair steps for the first vector.", valueName: "n,n"))
  var refine = "0"

  @Flag(
    help: "Also take the generator's whole picture of each vector, as methods without masks do.")
  var whole = false

  @Flag(help: "Take pairs in which the attribute falls the other way round.")
  var rising = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Also optimise each photo for its true mask, so many steps.", valueName: "n")
  )
  var paint: Int?

  @Option(
    help: ArgumentHelp(
      "Also copy the region from the nearest of these photos with masks.", valueName: "folder"))
  var donors: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first pairs of the folder.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Write the table as Markdown.", valueName: "file"))
  var markdown: String?

  @Option(
    help: ArgumentHelp("Plot success against identity over the strengths.", valueName: "file"))
  var plot: String?

  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    _ = try numbers(strengths, "--strengths")
    _ = try numbers(refine, "--refine").map { steps in try requireRefinement(Int(steps)) }
    try requireLimit(limit)
    if let paint { try requireSteps(paint, "--paint") }
    if classes == nil {
      guard let first = vector.first else {
        throw ValidationError("give a --vector, or the --classes of the edit")
      }
      if first.contains("{") {
        throw ValidationError("--vector '\(first)' depends on the pair; give the --classes too")
      }
    }
    for text in vector { _ = try VectorExpression(text) }
    if photos.photo != nil { throw ValidationError("--photo has no meaning here; leave it out") }
    try requireExtension("svg", of: plot, "--plot")
    try requireDistinct([markdown, plot])
  }

  private func numbers(_ list: String, _ option: String) throws -> [Float] {
    try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = Float(part), value.isFinite else {
        throw ValidationError("\(option): '\(part)' is not a finite number")
      }
      return value
    }
  }

  func run() throws {
    let console = general.begin()
    let check = OutputCheck(inputs: [probe])
    try check.requireFile(markdown)
    try check.requireFile(plot)
    let items = try PairFolder.pairs(folder).prefix(limit ?? .max)
    let known = try PairAttributes(folder, attribute: attribute)
    let model = try models.open()
    let session = Session(model: model, options: photos, console: console)
    var vectors = PairedVectors(session: session, texts: vector)
    let names =
      try classes.map { $0.split(separator: ",").map(String.init) }
      ?? vectors.vector(vector.first ?? "").record.classes
    var benchmark = try PairBenchmark(
      model: model, probe: try AttributeProbe(contentsOf: probe), attribute: attribute,
      classes: names)
    if let donors {
      benchmark.donors = try PairFolder.photosWithMasks(donors).map { item in
        let photo = try Photo(contentsOf: item.photo, warn: console.warn)
        return (photo, try model.mask(contentsOf: item.mask, for: photo).map)
      }
    }
    var methods: [NamedMethod] = []
    var samples: [[PairBenchmark.Sample]] = []
    for (index, listed) in items.enumerated() {
      methods = try self.methods(vectors.vectors(for: listed.photo, known: known))
      if index == 0 { samples = [[PairBenchmark.Sample]](repeating: [], count: methods.count) }
      let isReversed = try rising && known.falls(listed.photo)
      let item = isReversed ? listed.reversed : listed
      let opened = try OpenedInput(item.photo, warn: console.warn)
      let subject = try session.subject(opened, prefix: "\(index + 1)/\(items.count) ")
      guard let photo = opened.photo else { throw CommandError.noInput(path: item.photo) }
      let edited = try Photo(contentsOf: item.editedPhoto, warn: console.warn)
      let values = known.values(of: listed.photo)
      let pair = PairBenchmark.Pair(
        photo: photo, code: subject.code, edited: edited,
        masks: (
          try model.mask(contentsOf: item.mask, for: photo).map,
          try model.mask(contentsOf: item.editedMask, for: edited).map
        ),
        attribute: isReversed ? values.map { ($0.after, $0.before) } : values)
      for (position, method) in methods.enumerated() {
        samples[position].append(try benchmark(method.method, pair))
        try Interruption.check()
      }
    }
    let rows = try zip(methods, samples).map { try PairRow($0.0.name, $0.0.strength, $0.1) }
    let report = PairReport(
      folder: folder, attribute: attribute, pairs: items.count,
      probeAccuracy: benchmark.probe.record.accuracy[attribute],
      probeExplainedVariance: benchmark.probe.record.explainedVariance[attribute], rows: rows)
    if let markdown { try report.write(report.markdown, to: markdown) }
    if let plot { try report.write(report.plot(), to: plot) }
    for line in report.markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      console.say(String(line))
    }
    try console.report(report)
  }

  private struct NamedMethod {
    var name: String
    var strength: Float?
    var method: PairBenchmark.Method
  }

  private func methods(_ vectors: [(name: String, vector: EditVector)]) throws -> [NamedMethod] {
    var result = [NamedMethod(name: "no edit", method: .noEdit)]
    for (index, entry) in vectors.enumerated() {
      for strength in try numbers(strengths, "--strengths") {
        let refinements = index == 0 ? try numbers(refine, "--refine").map { Int($0) } : [0]
        for steps in refinements {
          result.append(
            NamedMethod(
              name: entry.name + (steps > 0 ? " + \(steps) steps" : ""), strength: strength,
              method: .vector(entry.vector, strength: strength, refinement: steps)))
        }
        if whole {
          result.append(
            NamedMethod(
              name: entry.name + ", whole picture", strength: strength,
              method: .vector(entry.vector, strength: strength, refinement: 0, isWhole: true)))
        }
      }
    }
    if let paint {
      result.append(
        NamedMethod(name: "true mask painted, \(paint) steps", method: .painting(steps: paint)))
    }
    if donors != nil { result.append(NamedMethod(name: "copied region", method: .transplant)) }
    return result
  }
}
