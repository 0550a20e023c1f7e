import ArgumentParser
import Editing

/// `semblance vector`: the library of stored edits.
struct VectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vector",
    abstract: "List, describe, combine, learn and import stored edits.",
    discussion: """
      Vectors lie as .safetensors files in edit-vectors/DOMAIN of the user's library \
      ($SEMBLANCE_HOME, or ~/.local/share/semblance); some come with the program.

      EXAMPLES:
        semblance vector list
        semblance vector show smile
        semblance vector combine smile:0.5 open-mouth:-1 -o grin
        semblance vector learn smiles/ -o smile
      """,
    subcommands: [
      VectorListCommand.self, VectorShowCommand.self, VectorCombineCommand.self,
      VectorLearnCommand.self, VectorImportCommand.self,
    ],
    defaultSubcommand: VectorListCommand.self)
}

/// `semblance vector list`.
struct VectorListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the stored edits.",
    discussion: """
      EXAMPLES:
        semblance vector list
        semblance vector list --domain cars
      """)

  @Option(help: ArgumentHelp("Only vectors of this domain.", valueName: "name"))
  var domain: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  /// What is reported about a vector.
  struct Result: Encodable {
    var domain: String
    var name: String
    var path: String?
    var classes: [String]?
    var strength: Float?
    var error: String?
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let library = VectorLibrary()
    let entries = library.entries.filter { domain == nil || $0.domain == domain }
    var results: [Result] = []
    for entry in entries {
      var result = Result(domain: entry.domain, name: entry.name, path: entry.path)
      do {
        let record = try library.vector(named: entry.name, domain: entry.domain).record
        result.classes = record.classes
        result.strength = record.strength
      } catch {
        result.error = error.text
      }
      results.append(result)
    }
    let widths = (
      results.map(\.domain.count).max() ?? 0, results.map(\.name.count).max() ?? 0
    )
    for result in results {
      let what = result.error ?? (result.classes ?? []).joined(separator: ", ")
      console.say(
        "\(padded(result.domain, widths.0))  \(padded(result.name, widths.1))  "
          + "\(result.path == nil ? "built in" : "yours   ")  \(what)")
    }
    if results.isEmpty {
      console.say("no vectors; store one with 'semblance edit ... --save-vector NAME'")
    }
    try console.report(["vectors": results])
  }
}

/// `semblance vector show`.
struct VectorShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Describe a stored edit.",
    discussion: """
      EXAMPLES:
        semblance vector show smile
        semblance vector show ./grin.safetensors --json
      """)

  @Argument(help: ArgumentHelp("A name or a .safetensors file.", valueName: "vector"))
  var vector: String

  @Option(help: ArgumentHelp("The domain to look in.", valueName: "name"))
  var domain: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  /// What is reported.
  struct Result: Encodable {
    var record: EditVector.Record
    var length: Double
    var rowLengths: [Double]
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let term = VectorExpression.Term(name: vector)
    let found = try VectorLibrary().vector(for: term, domain: domain)
    let record = found.record
    let rows = (0..<found.delta.rowCount).map {
      Double(found.delta.norm(ofRow: $0)).rounded(decimals: 3)
    }
    let length = Double(found.delta.norm).rounded(decimals: 3)
    console.say("\(record.name) (\(record.domain))")
    console.say(
      "  classes   \(record.classes.isEmpty ? "none" : record.classes.joined(separator: ", "))")
    console.say(
      "  strength  \(record.strength), known to look right from \(record.range[0]) to "
        + "\(record.range[1])")
    console.say("  layers    \(record.layers[0])..<\(record.layers[1]) of \(rows.count)")
    console.say(
      "  length    \(text(length, decimals: 2)); by layer "
        + rows.map { text($0, decimals: 2) }.joined(separator: " "))
    console.say("  made      \(record.origin)")
    for (name, value) in record.scores.sorted(by: { $0.key < $1.key }) {
      console.say("  score     \(name) \(text(value, decimals: 4))")
    }
    console.say("  model     \(record.model)")
    try console.report(Result(record: record, length: length, rowLengths: rows))
  }
}

/// `semblance vector combine`.
struct VectorCombineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "combine",
    abstract: "Store the weighted sum of vectors as a new one.",
    usage: "semblance vector combine <vector:strength> ... -o <name|file>",
    discussion: """
      EXAMPLES:
        semblance vector combine smile:0.5 open-mouth:-1 -o grin
        semblance vector combine smile:-1 -o ./frown.safetensors
      """)

  @Argument(
    help: ArgumentHelp(
      "Vectors with strengths; without one, a vector's default.", valueName: "vector:strength"),
    transform: { try VectorExpression.Term($0) })
  var vectors: [VectorExpression.Term]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Name in the library, or a .safetensors file.", valueName: "name|file"))
  var output: String

  @Option(help: ArgumentHelp("The domain to look in.", valueName: "name"))
  var domain: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func validate() throws {
    try VectorDestination.validate(output, "--output")
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var record: EditVector.Record
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let library = VectorLibrary()
    let parts = try vectors.map { term in
      let vector = try library.vector(for: term, domain: domain)
      return (vector, term.strength ?? vector.record.strength)
    }
    let combined = try EditVector.combined(parts, name: PathText.stem(of: output))
    let destination = try VectorDestination(
      output, domain: combined.record.domain, check: OutputCheck(inputs: vectors.map(\.name)))
    let path = try destination?.store(combined) ?? output
    console.say("\(path): '\(combined.record.name)', \(combined.record.origin)")
    try console.report(Result(output: path, record: combined.record))
  }
}
