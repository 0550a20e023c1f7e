import ArgumentParser

/// `semblance masks`: work on masks and layouts as files.
struct MasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "masks",
    abstract: "Look at masks and layouts.",
    discussion: """
      EXAMPLES:
        semblance masks check labels/ --classes coco
      """,
    subcommands: [MasksCheckCommand.self])
}
