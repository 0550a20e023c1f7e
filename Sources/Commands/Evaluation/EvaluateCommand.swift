import ArgumentParser

/// `semblance evaluate`: measurements against pictures whose truth is known.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure reconstruction, edits and transfer on a test set.",
    discussion: """
      EXAMPLES:
        semblance evaluate embedding faces/test --steps 0,30,100
        semblance evaluate editing faces/pairs/smile --limit 20
        semblance evaluate transfer smile faces/pairs/smile --refine 30
        semblance evaluate attributes faces/train -o faces.probe
      """,
    subcommands: [
      EvaluateEmbeddingCommand.self, EvaluateEditingCommand.self, EvaluateTransferCommand.self,
      EvaluateAttributesCommand.self, EvaluatePairsCommand.self, EvaluateSynthesisCommand.self,
      EvaluateFrechetCommand.self,
    ])
}
