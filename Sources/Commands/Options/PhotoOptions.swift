import ArgumentParser
import Editing

/// How photos that are given directly are embedded.
struct PhotoOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Optimisation steps that embed a photo; 0 takes the encoder's code.", valueName: "n"))
  var embedSteps = 100

  @Flag(help: "Embed photos again instead of using codes of earlier runs.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "The photo that a .code file was made from, to put the result back into it.",
      valueName: "photo"))
  var photo: String?

  func validate() throws {
    guard (0...100_000).contains(embedSteps) else {
      throw ValidationError("--embed-steps is \(embedSteps): give a number from 0 to 100000")
    }
  }

  /// The options of the embedder.
  var embedding: EmbeddingOptions { EmbeddingOptions(steps: embedSteps) }
}
