import ArgumentParser
import Editing

/// How photos that are given directly are embedded.
struct PhotoOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps that embed a photo.", valueName: "n"))
  var embedSteps = 100

  @Flag(help: "Embed photos again instead of using codes of earlier runs.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "The photo that a .code file was made from, to put the result back into it.",
      valueName: "photo"))
  var photo: String?

  func validate() throws {
    try requireSteps(embedSteps, "--embed-steps")
  }

  /// The options of the embedder.
  var embedding: EmbeddingOptions { EmbeddingOptions(steps: embedSteps) }
}
