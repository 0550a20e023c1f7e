import ArgumentParser
import Networks

/// Sizes of the networks that `train spade` makes; those not given are the preset's.
struct SPADENetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Width of the pictures.", valueName: "pixels"))
  var size: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Filters of the generator's last block.", valueName: "n"))
  var filters: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Channels between layout and modulation.", valueName: "n"))
  var hidden: Int?

  @Option(
    help: ArgumentHelp(
      "Normalisation, for example spectralspadesyncbatch3x3.", valueName: "text"))
  var norm: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Numbers of a style code; 0 for a model without style.", valueName: "n"))
  var style: Int?

  @Flag(help: "Concatenate the layout instead of modulating by it, as the paper's ablation does.")
  var concatenate = false

  func validate() throws {
    if let size, size < 32 || size > 2048 || size % 32 != 0 {
      throw ValidationError("--size is \(size): give a multiple of 32 from 32 to 2048")
    }
    for (value, option) in [(filters, "--filters"), (hidden, "--hidden")] {
      if let value, !(1...1024).contains(value) {
        throw ValidationError("\(option) is \(value): give a number from 1 to 1024")
      }
    }
    if let style, !(0...4096).contains(style) {
      throw ValidationError("--style is \(style): give a number from 0 to 4096")
    }
    if let norm, SPADENormalization(norm) == nil {
      throw ValidationError(
        "--norm is '\(norm)': give [spectral]spade, then batch, syncbatch or instance, then 1x1, "
          + "3x3 or 5x5")
    }
  }

  /// The networks for a number of classes.
  func description(of preset: TrainSPADECommand.Preset, classes: Int) -> SPADEDescription {
    let isSmall = preset == .small
    let size = size ?? (isSmall ? 128 : 256)
    let latentSize = style ?? (isSmall ? 64 : 256)
    let filters = filters ?? (isSmall ? 10 : 64)
    let normalization =
      norm.flatMap(SPADENormalization.init) ?? SPADENormalization(kernel: isSmall ? 1 : 3)
    // Pictures of other sizes are brought to that of the encoder, a power of two.
    var side = 8
    while side < min(size, 256) { side *= 2 }
    return SPADEDescription(
      generator: SPADEConfiguration(
        layoutChannels: classes, filters: filters, hiddenChannels: hidden ?? (isSmall ? 32 : 128),
        latentSize: latentSize == 0 ? nil : latentSize, cropSize: size,
        normalization: normalization, conditioning: concatenate ? .concatenation : .spade),
      encoder: latentSize == 0
        ? nil
        : StyleEncoderConfiguration(filters: max(16, filters), latentSize: latentSize, side: side),
      layout: LayoutChannels(classes: classes))
  }
}
