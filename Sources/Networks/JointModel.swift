import Checkpoints
import Layers
import Pictures
import TensorCore

/// A domain's model: a generator of pictures, the segmentation branch on its features and an
/// encoder of pictures, read from one file. Weights are frozen.
public final class JointModel {
  /// Where the model was read.
  public let path: String
  /// Name of the domain, such as `faces`.
  public let domain: String
  /// The generator.
  public private(set) var generator: Generator
  /// The segmentation branch, when the file has one.
  public let branch: SegmentationBranch?
  /// The encoder, when the file has one.
  public let encoder: (any LatentEncoder)?
  /// Names and colours of the classes.
  public let palette: Palette
  /// Where in the generator's square the picture stands.
  public let letterbox: Letterbox
  /// Fingerprint of the generator's weights: codes and vectors belong to it.
  public let fingerprint: String
  /// Fingerprint of the whole file: results of encoder and optimisation belong to it.
  public let revision: String
  /// The file's metadata.
  public let metadata: [String: String]

  /// The perceptual distance that the model brings along, made of the features of its encoder when
  /// that is one of this program.
  public private(set) lazy var perceptualDistance: (any PerceptualDistance)? =
    (encoder as? ImageEncoder).map {
      EncoderFeatureDistance(convolutions: $0.convolutions, slope: ImageEncoder.slope)
    }

  /// Side of the generator's square.
  public var resolution: Int { generator.synthesis.resolution }
  /// Rows of W+.
  public var rowCount: Int { generator.synthesis.rowCount }
  /// Length of a row of W+.
  public var latentWidth: Int { generator.synthesis.latentSize }

  /// Reads a model file.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public convenience init(contentsOf path: String) throws(ModelError) {
    let file: SafetensorsFile
    do throws(CheckpointError) { file = try SafetensorsFile(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    try self.init(file)
  }

  /// Makes a model of an open file.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public init(_ file: SafetensorsFile) throws(ModelError) {
    path = file.path
    metadata = file.metadata
    let description = try ModelDescription(file)
    let weights = WeightTable(file)
    generator = try Generator(weights, metadata: file.metadata)
    let synthesis = generator.synthesis
    letterbox = try description.letterbox(side: synthesis.resolution, path: file.path)
    domain = description.domain ?? Self.stem(of: file.path)
    encoder = try weights.encoder(
      description.encoder, resolution: synthesis.resolution, rowCount: synthesis.rowCount,
      meanLatent: generator.meanLatent)
    branch = try SegmentationBranch(
      weights, featureChannels: synthesis.layers.map(\.channels),
      constantChannels: synthesis.constant.shape[0], resolution: synthesis.resolution)
    palette = try description.palette(classCount: branch?.classCount, path: file.path)
    try weights.requireNothingRemains(outside: ["discriminator."])
    (fingerprint, revision) = Self.fingerprints(of: file)
    blockedSynthesis = BlockedSynthesis(synthesis)
    if let blockedSynthesis { generator.synthesis.pass = blockedSynthesis }
  }

  /// Whether synthesis runs layer by layer in the plain, most exact way instead of the fast one.
  public var isExact = false {
    didSet {
      generator.synthesis.pass = isExact ? PlanarSynthesis() : blockedSynthesis ?? PlanarSynthesis()
    }
  }
  private var blockedSynthesis: (any SynthesisPass)?

  /// The picture and features of a code `[1, rows, w]`; features for the branch only when asked for.
  public func synthesize(_ wPlus: Tensor, withFeatures: Bool = true) -> SynthesisOutput {
    let features: FeatureSelection =
      !withFeatures ? .none : branch?.includesConstant ?? false ? .constantAndLayers : .layers
    return generator.synthesis(wPlus, features: features)
  }

  /// The pixels of the square that lie outside the picture.
  public var bands: Region {
    let valid = letterbox.valid
    return Region(
      width: letterbox.side, height: letterbox.side,
      bits: (0..<letterbox.side * letterbox.side).map { index in
        let (y, x) = index.quotientAndRemainder(dividingBy: letterbox.side)
        return x < valid.left || x >= valid.right || y < valid.top || y >= valid.bottom
      })
  }

  /// `[1, 1, H, W]`: 1 where the picture is, 0 in the bands of the letterbox.
  public var validMask: Tensor {
    Tensor(bands.bits.map { $0 ? 0 : 1 }, shape: [1, 1, letterbox.side, letterbox.side])
  }

  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.split(separator: ".").first ?? name)
  }

  /// The hash of everything that decides what a code looks like, and that of the whole file.
  private static func fingerprints(of file: SafetensorsFile) -> (String, String) {
    var generator = ContentHash()
    var whole = ContentHash()
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      let head = "\(name) \(tensor.elementType.rawValue) \(tensor.shape) "
      whole.update(head)
      tensor.withStoredBytes { whole.update($0) }
      if name.hasPrefix("synthesis.") || name.hasPrefix("mapping.") {
        generator.update(head)
        tensor.withStoredBytes { generator.update($0) }
      }
    }
    return (generator.hexadecimal, whole.hexadecimal)
  }
}
