import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON object `spade` in the metadata `config` of a model file: option names of the reference
/// where it has them.
struct SPADEOptions: Codable {
  /// `pix2pixhd`; nil for the SPADE generator.
  var network: String?
  /// `concat` for a generator that is told the layout by concatenation; nil otherwise.
  var conditioning: String?
  var cropSize: Int?
  var aspectRatio: Double?
  var depth: String?
  var normalization: String?
  var hasUnknown: Bool?
  var hasNoInstances: Bool?
  var encoderSide: Int?
  var filters: Int?
  var layoutChannels: Int?
  var hiddenChannels: Int?
  var hasEncoder: Bool?
  var latentSize: Int?
  var reductions: Int?
  var residualBlocks: Int?
  var outerKernel: Int?

  enum CodingKeys: String, CodingKey {
    case network = "netG"
    case conditioning
    case cropSize = "crop_size"
    case aspectRatio = "aspect_ratio"
    case depth = "num_upsampling_layers"
    case normalization = "norm_G"
    case hasUnknown = "contain_dontcare_label"
    case hasNoInstances = "no_instance"
    case encoderSide = "encoder_size"
    case filters = "ngf"
    case layoutChannels = "semantic_nc"
    case hiddenChannels = "nhidden"
    case hasEncoder = "use_vae"
    case latentSize = "z_dim"
    case reductions = "resnet_n_downsample"
    case residualBlocks = "resnet_n_blocks"
    case outerKernel = "resnet_initial_kernel_size"
  }

  private struct Config: Codable { var spade: SPADEOptions? }

  static let pix2pixHD = "pix2pixhd"
  static let concatenation = "concat"

  init() {}

  /// The options of a file; none are said when the metadata have no `config`.
  ///
  /// - Throws: `ModelError.invalidConfiguration`.
  init(metadata: [String: String], path: String) throws(ModelError) {
    self.init()
    guard let text = metadata["config"] else { return }
    do {
      let config = try JSONDecoder().decode(Config.self, from: Data(text.utf8))
      if let stored = config.spade { self = stored }
    } catch {
      throw .invalidConfiguration(
        path: path, reason: "'spade' is not the object of options that is expected there")
    }
  }

  /// The value of the metadata `config`.
  var configText: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Config(spade: self)) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
