import ArgumentParser

/// The command `semblance` with everything that it can do.
public struct SemblanceCommand: ParsableCommand {
  /// The version that `--version` prints.
  public static let version = "0.1.0"

  /// Name, help text and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "semblance",
    abstract: "Edit a photo by repainting its semantic mask.",
    discussion: """
      A photo is embedded into the latent space of a generator that draws pictures together with \
      their masks. Repaint the mask, and the picture follows; store the change as a vector, and \
      apply it to any other photo.

      EXAMPLES:
        semblance segment photo.jpg -o mask.png
        semblance edit photo.jpg --mask painted.png -o out.png --save-vector grin
        semblance apply smile photo.jpg -o smiling.png --sheet sheet.png

      Pictures are PNG or JPEG. Masks are PNG in the colours of the model's classes. A .code file \
      stands for a photo that was embedded and may be given wherever a photo may. Existing output \
      files are overwritten, inputs never are. Exit codes: 0 for success, 1 for bad data, 64 for a \
      wrong command line, 130 after Ctrl-C.
      """,
    version: version,
    subcommands: [
      EmbedCommand.self, SegmentCommand.self, EditCommand.self, ApplyCommand.self,
      SampleCommand.self, VectorCommand.self, ModelsCommand.self, EvaluateCommand.self,
      BenchCommand.self, ImportCommand.self, TrainCommand.self, AnnotateCommand.self,
      SynthesizeCommand.self, MasksCommand.self, ManifestCommand.self, InvertCommand.self,
    ])

  /// An empty command; the parser fills it.
  public init() {}
}
