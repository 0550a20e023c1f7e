import ArgumentParser
import Training

extension TrainingStages: ExpressibleByArgument {
  /// Reads the value of an option.
  public init?(argument: String) { self.init(argument) }
}

/// Settings of the paired mode.
struct PairedModeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Resolutions with their shares of the steps, 'd' with a discriminator, such as "
        + "16:0.2,32:0.2,64:0.25,128:0.2,128d:0.15.", valueName: "list"))
  var stages: TrainingStages?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of the masks' cross-entropy.", valueName: "factor"))
  var maskWeight: Float = 0.15

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of what the discriminator says.", valueName: "factor"))
  var adversarialWeight: Float = 0.05

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Blur of unimportant factors, for few pictures (0.1 below 5000).", valueName: "deviation"))
  var factorNoise: Float = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A cheap step at this resolution with every one above it; 0 for none.", valueName: "pixels"))
  var companion = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps with each at full resolution whose codes come from an encoder, which learns along.",
      valueName: "n"))
  var coded = 0

  func validate() throws {
    guard (0...16).contains(coded) else {
      throw ValidationError("--coded is \(coded): give a number from 0 to 16")
    }
    for (value, option) in [
      (maskWeight, "--mask-weight"), (adversarialWeight, "--adversarial-weight"),
      (factorNoise, "--factor-noise"),
    ] {
      guard value >= 0, value.isFinite else {
        throw ValidationError("\(option) is \(value): give a number from 0")
      }
    }
    guard companion == 0 || (8...512).contains(companion) && companion & (companion - 1) == 0
    else {
      throw ValidationError("--companion is \(companion): give a power of two from 8 to 512, or 0")
    }
  }

  /// The stages for a square of `side` pixels.
  func stages(upTo side: Int) throws -> TrainingStages {
    let stages = stages ?? .standard(resolution: side)
    guard stages.last == side else {
      throw ValidationError(
        "--stages end at \(stages.last) pixels, the generator's pictures have \(side)")
    }
    return stages
  }

  func apply(to options: inout PairedGeneratorOptions) {
    options.branchWeight = maskWeight
    options.adversarialWeight = adversarialWeight
    options.latentNoise = factorNoise
    options.companionResolution = companion
    options.codedSteps = coded
  }
}

/// Settings of the unpaired mode.
struct UnpairedModeOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Gamma of the gradient penalty; by default by resolution and batch.", valueName: "factor"))
  var gamma: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Factor of the path length penalty, 0 for none.", valueName: "factor"))
  var pathWeight: Float = 2

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the steps that mix two styles.", valueName: "share"))
  var mixing: Float = 0.9

  @Flag(help: "Show the discriminator pictures as they are, not augmented.")
  var noAugment = false

  @Flag(help: "Show pictures mirrored, too.")
  var mirror = false

  func validate() throws {
    for (value, option) in [(gamma ?? 0, "--gamma"), (pathWeight, "--path-weight")] {
      guard value >= 0, value.isFinite else {
        throw ValidationError("\(option) is \(value): give a number from 0")
      }
    }
    guard (0...1).contains(mixing) else {
      throw ValidationError("--mixing is \(mixing): give a number from 0 to 1")
    }
  }

  func apply(to options: inout UnpairedGeneratorOptions) {
    options.penaltyWeight = gamma
    options.pathWeight = pathWeight
    options.mixing = mixing
    options.augments = !noAugment
    options.mirrors = mirror
  }
}
