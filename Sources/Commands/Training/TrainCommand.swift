import ArgumentParser

/// `semblance train`: networks for a generator of one's own.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train networks on pictures of your own.",
    discussion: """
      EXAMPLES:
        semblance train segmenter --codes todo/ --masks todo/ -o m.safetensors
        semblance train encoder --model bare.safetensors -o m.safetensors
        semblance train spade --labels m --images p --classes c.json -o s.safetensors
        semblance train generator --pictures p/ --factors f.csv -o g.safetensors
      """,
    subcommands: [
      TrainSegmenterCommand.self, TrainEncoderCommand.self, TrainSPADECommand.self,
      TrainGeneratorCommand.self,
    ])
}
