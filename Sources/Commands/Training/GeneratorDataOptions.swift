import ArgumentParser
import Networks
import Pictures
import Training

/// The pictures that `train generator` learns from.
struct GeneratorDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of pictures, PNG or JPEG files or .tar archives of them.", valueName: "folder"))
  var pictures: String

  @Option(
    help: ArgumentHelp(
      "The folder of masks, NAME.png; by default they stand beside the pictures NAME.jpg.",
      valueName: "folder"))
  var masks: String?

  @Option(
    help: ArgumentHelp(
      "What each picture was rendered from, .csv or .npy: the paired mode.", valueName: "file"))
  var factors: String?

  @Option(
    help: ArgumentHelp(
      "The list of classes, .json; by default that of --model, or classes.json beside the pictures "
        + "or in the folder above.", valueName: "file"))
  var classes: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Leave out factors whose name contains this.", valueName: "word"))
  var ignore: [String] = ["seed"]

  /// The file of classes that was named, or lies beside the pictures.
  private var classFile: String? {
    classes
      ?? ["\(pictures)/classes.json", "\(pictures)/../classes.json"].first {
        FileStatus(of: $0)?.isFolder == false
      }
  }

  func validate() throws {
    if factors == nil {
      for (value, option) in [(masks, "--masks"), (classes, "--classes")] where value != nil {
        throw ValidationError("\(option) needs --factors, which tells what the pictures show")
      }
    }
    if let factors, ![".csv", ".npy"].contains(where: factors.lowercased().hasSuffix) {
      throw ValidationError("--factors is '\(factors)': give a .csv or .npy file")
    }
  }

  /// Renderings with their masks and factors.
  ///
  /// - Throws: `TrainingError` that names a file.
  func renderings(
    of model: JointModel?, size: Int?, lowest: Int?, factors: String,
    warn: @escaping (String) -> Void
  ) throws -> RenderedPictures {
    let files = try PictureFiles(pictures: pictures, masks: masks)
    let table = try FactorTable(contentsOf: factors, ignoring: ignore)
    let palette: Palette
    if classes == nil, let model {
      palette = model.palette
    } else if let classFile {
      palette = try ClassList.palette(contentsOf: classFile)
    } else {
      throw ValidationError("give the classes of the masks with --classes")
    }
    var side = model?.resolution ?? size
    if side == nil {
      side = try RenderedPictures.letterbox(of: files, unit: 1, warn: warn).side
    }
    let unit = max(1, (side ?? 16) / (lowest ?? 16))
    return try RenderedPictures(
      files, factors: table, palette: palette, letterbox: model?.letterbox, side: side,
      unit: unit, warn: warn)
  }
}

/// Sizes of the networks that `train generator` makes.
struct GeneratorNetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Side of the generator's square; by default that of the pictures.", valueName: "pixels"))
  var size: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Channels times resolution of a layer.", valueName: "n"))
  var channelBase = 4096

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The most channels of a layer.", valueName: "n"))
  var channelMax = 256

  @Option(parsing: .unconditional, help: ArgumentHelp("Numbers of a latent code.", valueName: "n"))
  var latent = 256

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Layers of the mapping network.", valueName: "n"))
  var mappingLayers = 4

  func validate() throws {
    if let size, !(16...1024).contains(size) || size & (size - 1) != 0 {
      throw ValidationError("--size is \(size): give a power of two from 16 to 1024")
    }
    guard (1...65_536).contains(channelBase) else {
      throw ValidationError("--channel-base is \(channelBase): give a number from 1 to 65536")
    }
    for (value, option) in [(channelMax, "--channel-max"), (latent, "--latent")] {
      guard (1...1024).contains(value) else {
        throw ValidationError("\(option) is \(value): give a number from 1 to 1024")
      }
    }
    guard (1...16).contains(mappingLayers) else {
      throw ValidationError("--mapping-layers is \(mappingLayers): give a number from 1 to 16")
    }
  }

  /// Sizes for pictures of `side` pixels.
  func architecture(side: Int) -> StyleGAN2Architecture {
    StyleGAN2Architecture(
      resolution: side, channelBase: max(channelBase, side), channelMaximum: channelMax,
      inputSize: latent, latentSize: latent, mappingLayers: mappingLayers)
  }
}
