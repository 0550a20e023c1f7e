import ArgumentParser

/// `semblance train`: networks for a generator of one's own.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the segmentation branch or the encoder of a model.",
    discussion: """
      EXAMPLES:
        semblance train segmenter --codes todo/ --masks todo/ -o m.safetensors
        semblance train encoder --model bare.safetensors -o m.safetensors
      """,
    subcommands: [TrainSegmenterCommand.self, TrainEncoderCommand.self])
}
