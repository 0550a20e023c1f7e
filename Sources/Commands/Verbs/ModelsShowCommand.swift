import ArgumentParser
import Checkpoints

/// `semblance models show`: what is in a file.
struct ModelsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "List the tensors of a checkpoint without importing it.",
    discussion: """
      Any file that 'semblance import' reads may be given, and any other file of the same formats \
      (safetensors, PyTorch, pickle, NumPy). Nothing in it is executed.

      EXAMPLES:
        semblance models show network-snapshot.pkl
        semblance models show people.safetensors --settings
      """)

  @Argument(help: ArgumentHelp("The checkpoint.", valueName: "file"))
  var file: String

  @Flag(help: "List its settings too.")
  var settings = false

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  /// What is reported.
  struct Result: Encodable {
    /// A tensor of the file.
    struct Tensor: Encodable {
      var name: String
      var type: String
      var shape: [Int]
    }
    var path: String
    var format: String
    var parameters: Int
    var tensors: [Tensor]
    var settings: [String: String]?
  }

  func run() throws {
    let console = Console(writesJSON: json)
    let checkpoint = try Checkpoint(contentsOf: file)
    let count = checkpoint.elementCount
    console.say(
      "\(file): \(checkpoint.format.rawValue), \(checkpoint.tensors.count) tensors, "
        + "\(text(Double(count) / 1e6, decimals: 1)) million parameters")
    for line in checkpoint.tensorLines { console.say("  \(line)") }
    if settings {
      for line in checkpoint.settingLines { console.say("  \(line)") }
    }
    let tensors = checkpoint.tensors.sorted { $0.key < $1.key }.map {
      Result.Tensor(name: $0.key, type: $0.value.elementType.rawValue, shape: $0.value.shape)
    }
    let values = checkpoint.attributes.mapValues(\.text)
      .merging(checkpoint.metadata) { first, _ in first }
    try console.report(
      Result(
        path: file, format: checkpoint.format.rawValue, parameters: count, tensors: tensors,
        settings: settings ? values : nil))
  }
}
