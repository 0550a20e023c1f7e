import ArgumentParser
import Networks

/// Sizes of the networks that `train spade` makes; those not given are the preset's.
struct SPADENetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Width of the pictures.", valueName: "pixels"))
  var size: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Height of the pictures; by default the width, or what the public collection asks for.",
      valueName: "pixels"))
  var height: Int?

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

  @Option(help: ArgumentHelp("How the layout becomes a picture.", valueName: "name"))
  var generator = Variant.spade

  /// The generators that the paper compares.
  enum Variant: String, ExpressibleByArgument, CaseIterable {
    /// The decoder with SPADE.
    case spade
    /// The decoder with the layout concatenated to the inputs of its convolutions.
    case concat
    /// pix2pixHD: instance normalisation.
    case pix2pixHD = "pix2pixhd"
    /// pix2pixHD++: batch and spectral normalisation.
    case pix2pixHDPlusPlus = "pix2pixhd++"
    /// pix2pixHD++ with SPADE.
    case pix2pixHDSPADE = "pix2pixhd++spade"
    /// pix2pixHD++ with the layout concatenated in every residual block.
    case pix2pixHDConcat = "pix2pixhd++concat"

    var isDecoder: Bool { self == .spade || self == .concat }
  }

  func validate() throws {
    for (side, option) in [(size, "--size"), (height, "--height")] {
      if let side, side < 32 || side > 2048 || side % 32 != 0 {
        throw ValidationError("\(option) is \(side): give a multiple of 32 from 32 to 2048")
      }
    }
    for (value, option) in [(filters, "--filters"), (hidden, "--hidden")] {
      if let value, !(1...1024).contains(value) {
        throw ValidationError("\(option) is \(value): give a number from 1 to 1024")
      }
    }
    if let style, !(0...4096).contains(style) {
      throw ValidationError("--style is \(style): give a number from 0 to 4096")
    }
    if !generator.isDecoder, let style, style > 0 {
      throw ValidationError("--generator \(generator.rawValue) has no style; leave --style out")
    }
    if norm != nil, generator != .pix2pixHDSPADE, !generator.isDecoder {
      throw ValidationError(
        "--generator \(generator.rawValue) has a normalisation of its own; leave --norm out")
    }
    if let norm, SPADENormalization(norm) == nil {
      throw ValidationError(
        "--norm is '\(norm)': give [spectral]spade, then batch, syncbatch or instance, then 1x1, "
          + "3x3 or 5x5")
    }
  }

  /// The networks for layouts of such channels.
  func description(
    of preset: TrainSPADECommand.Preset, channels: LayoutChannels, aspectRatio: Double
  ) -> SPADEDescription {
    let isSmall = preset == .small
    // Wide pictures have twice the width of the others, and then one doubling more (SPADE spec 7.2).
    let isWide = aspectRatio > 1
    let size = size ?? (isSmall ? 128 : isWide ? 512 : 256)
    let aspectRatio = height.map { Double(size) / Double($0) } ?? aspectRatio
    let depth = isWide && size >= 512 ? SPADEConfiguration.Depth.more : .normal
    let latentSize = generator.isDecoder ? style ?? (isSmall ? 64 : 256) : 0
    let filters = filters ?? (isSmall ? generator.isDecoder ? 10 : 6 : 64)
    let hidden = hidden ?? (isSmall ? 32 : 128)
    let normalization =
      norm.flatMap(SPADENormalization.init) ?? SPADENormalization(kernel: isSmall ? 1 : 3)
    // Pictures of other sizes are brought to that of the encoder, a power of two.
    var side = 8
    while side < min(size, 256) { side *= 2 }
    func pix2pixHD(
      _ normalization: Pix2PixHDConfiguration.Normalization, isSpectral: Bool = true
    ) -> LayoutGeneratorConfiguration {
      .pix2pixHD(
        Pix2PixHDConfiguration(
          layoutChannels: channels.count, filters: filters, normalization: normalization,
          concatenatesLayout: generator == .pix2pixHDConcat, isSpectral: isSpectral, width: size,
          height: Int(Double(size) / aspectRatio)))
    }
    let network: LayoutGeneratorConfiguration =
      switch generator {
      case .spade, .concat:
        .spade(
          SPADEConfiguration(
            layoutChannels: channels.count, filters: filters, hiddenChannels: hidden,
            latentSize: latentSize == 0 ? nil : latentSize, depth: depth, cropSize: size,
            aspectRatio: aspectRatio, normalization: normalization,
            conditioning: generator == .concat ? .concatenation : .spade))
      case .pix2pixHD: pix2pixHD(.instance, isSpectral: false)
      case .pix2pixHDPlusPlus, .pix2pixHDConcat: pix2pixHD(.batch)
      case .pix2pixHDSPADE:
        pix2pixHD(
          .spade(normalization, hiddenChannels: hidden), isSpectral: normalization.isSpectral)
      }
    return SPADEDescription(
      generator: network,
      encoder: latentSize == 0
        ? nil
        : StyleEncoderConfiguration(filters: max(16, filters), latentSize: latentSize, side: side),
      layout: channels)
  }
}
