import ArgumentParser
import Editing

/// `semblance models`: what can be edited.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models, show what is in a checkpoint.",
    discussion: """
      Models lie as .safetensors files in models/ of the user's library ($SEMBLANCE_HOME, or \
      ~/.local/share/semblance); some come with the program.

      EXAMPLES:
        semblance models
        semblance models show network-snapshot.pkl
      """,
    subcommands: [ModelsListCommand.self, ModelsShowCommand.self],
    defaultSubcommand: ModelsListCommand.self)
}

/// `semblance models list`.
struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models.",
    discussion: """
      EXAMPLES:
        semblance models list
        semblance models list --json
      """)

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  /// What is reported about a model.
  struct Result: Encodable {
    var name: String
    var path: String?
    var bytes: Int
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let results = ModelLibrary().entries.map {
      Result(name: $0.name, path: $0.path, bytes: $0.byteCount)
    }
    let width = results.map(\.name.count).max() ?? 0
    for result in results {
      console.say(
        "\(padded(result.name, width))  \(text(Double(result.bytes) / 1e6, decimals: 1)) MB  "
          + (result.path ?? "built in"))
    }
    try console.report(["models": results])
  }
}
