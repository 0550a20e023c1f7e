import Checkpoints
import Pictures
import TensorCore

/// Draws pictures of layouts with a model: the fast generator where the model has SPADE layers only,
/// otherwise or when asked for the plain one, and the style encoder where the model has one.
public final class LayoutSynthesizer {
  /// Where the model was read.
  public let path: String
  /// Name of the domain, such as `faces`.
  public let domain: String
  /// Sizes and variant of the generator.
  public let configuration: LayoutGeneratorConfiguration
  /// What the file says of the classes.
  public let classes: LayoutClasses
  /// Picture to style; nil for a model without it.
  public let encoder: StyleEncoder?
  private let generator: Generator

  private enum Generator {
    case blocked(BlockedSPADEGenerator)
    case plain(any LayoutGenerator)
  }

  /// Reads the model of an open file. `discriminator.*`, which training alone needs, is passed over.
  ///
  /// - Parameter isExact: computes in the plain, most exact way.
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public init(_ file: SafetensorsFile, isExact: Bool = false) throws(ModelError) {
    let weights = WeightTable(
      file.tensors.filter { !$0.key.hasPrefix("discriminator.") }, path: file.path)
    let description = try SPADEDescription(metadata: file.metadata, weights: weights)
    path = file.path
    configuration = description.generator
    domain = try ModelDescription(file).domain ?? "layouts"
    classes = try LayoutClasses(file)
    if case .spade(let sizes) = configuration, sizes.conditioning == .spade, !isExact {
      generator = .blocked(try BlockedSPADEGenerator(weights, configuration: sizes))
    } else {
      generator = .plain(try configuration.generator(weights))
    }
    if let sizes = description.encoder {
      encoder = try StyleEncoder(weights, configuration: sizes)
    } else {
      encoder = nil
    }
    try weights.requireNothingRemains()
  }

  /// Width of the pictures.
  public var width: Int { configuration.width }
  /// Height of the pictures.
  public var height: Int { configuration.height }
  /// Learned numbers of the generator.
  public var parameterCount: Int { configuration.generatorWeights.parameterCount }
  /// Numbers of a style code; nil for a model whose pictures depend on the layout alone.
  public var latentSize: Int? { configuration.latentSize }

  /// The picture of a layout.
  ///
  /// - Parameter style: `[1, z]` for a model with style; nil stands for the mean style.
  public func picture(of layout: LayoutNeighborhoods, style: Tensor? = nil) -> Picture {
    let latent = latentSize.map { style ?? .zeros([1, $0]) }
    switch generator {
    case .blocked(let network): return network(layout, latent: latent).picture()
    case .plain(let network):
      return withoutRecording {
        network.pictures(of: layout.layout.tensor, latent: latent, mode: .evaluation)
      }.picture()
    }
  }

  /// The mean style of a photo's largest centred part of the pictures' aspect, `[1, z]`; nil for a
  /// model without encoder.
  public func style(of photo: Picture) -> Tensor? {
    encoder.map { encoder in
      let part = photo.centred(width: width, height: height)
      return withoutRecording { encoder(Tensor(part)).mean }
    }
  }

  /// A random style `[1, z]`; the same for the same seed.
  public func randomStyle(seed: UInt64) -> Tensor? {
    latentSize.map { size in
      var random = RandomSource(seed: seed)
      return random.normal([1, size])
    }
  }
}

extension Tensor {
  /// A style between two: on the great circle through their directions, with a length between
  /// theirs, so that all styles on the way are as likely as the two.
  public static func style(between first: Tensor, _ second: Tensor, at position: Float) -> Tensor {
    let (a, b) = (first.values, second.values)
    func length(_ values: [Float]) -> Float {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let (lengthA, lengthB) = (length(a), length(b))
    let straight = first * (1 - position) + second * position
    guard lengthA > 0, lengthB > 0 else { return straight }
    let current = length(straight.values)
    guard current > 1e-6 else { return straight }
    return straight * ((lengthA + (lengthB - lengthA) * position) / current)
  }
}
