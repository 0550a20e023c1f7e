import Layers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the shapes of a StyleGAN2 network's tensors do not tell.
public struct StyleGAN2Configuration: Sendable, Equatable {
  /// Limit of every layer's result, before the skip image is added; nil for none.
  public var convClamp: Float?
  /// Run-time factor of the mapping network's weights and biases.
  public var mappingLearningRateMultiplier: Float
  /// The separable resampling filter, before it is divided by its sum.
  public var resampleFilter: [Float]
  /// The activation of all layers but the last of each network.
  public var activation: Activation
  /// Samples of a group of the discriminator's minibatch deviation.
  public var deviationGroupSize: Int?

  /// A configuration; without arguments that of StyleGAN2.
  public init(
    convClamp: Float? = nil, mappingLearningRateMultiplier: Float = 0.01,
    resampleFilter: [Float] = [1, 3, 3, 1], activation: Activation = .leakyReLU,
    deviationGroupSize: Int? = 4
  ) {
    self.convClamp = convClamp
    self.mappingLearningRateMultiplier = mappingLearningRateMultiplier
    self.resampleFilter = resampleFilter
    self.activation = activation
    self.deviationGroupSize = deviationGroupSize
  }

  /// The filter of all changes of size.
  public var filter: FIRFilter { FIRFilter(separable: resampleFilter) }
}

extension StyleGAN2Configuration {
  /// Sizes that a file states beside its tensors, to be compared with them.
  struct StatedSizes: Decodable {
    var resolution: Int?
    var inputSize: Int?
    var labelSize: Int?
    var latentSize: Int?
    var rowCount: Int?

    enum CodingKeys: String, CodingKey {
      case resolution = "img_resolution"
      case inputSize = "z_dim"
      case labelSize = "c_dim"
      case latentSize = "w_dim"
      case rowCount = "num_ws"
    }
  }

  private struct Stored: Decodable {
    var convClamp: Float?
    var multiplier: Float?
    var architecture: String?
    var taps: [Float]?
    var activation: String?
    var groupSize: Int?

    enum CodingKeys: String, CodingKey {
      case convClamp = "conv_clamp"
      case multiplier = "mapping_lr_multiplier"
      case architecture
      case taps = "resample_filter"
      case activation
      case groupSize = "mbstd_group_size"
    }
  }

  /// Reads the JSON object under `config` of a file's metadata; missing keys have the values of
  /// StyleGAN2. A file without `config` gives the default.
  ///
  /// - Throws: `ModelError.invalidConfiguration`, or `.unsupportedConfiguration` for a value that
  ///   cannot be followed.
  public init(metadata: [String: String], path: String) throws(ModelError) {
    self.init()
    guard let stored = try Self.decoded(Stored.self, metadata, path) else { return }
    func refuse(_ key: String, _ value: String, _ supported: String) -> ModelError {
      .unsupportedConfiguration(path: path, key: key, value: value, supported: supported)
    }
    if let architecture = stored.architecture, architecture != "skip" {
      throw refuse("architecture", "'\(architecture)'", "'skip'")
    }
    if let clamp = stored.convClamp {
      guard clamp.isFinite, clamp > 0 else {
        throw refuse("conv_clamp", "\(clamp)", "null or a positive number")
      }
      convClamp = clamp
    }
    if let multiplier = stored.multiplier {
      guard multiplier.isFinite, multiplier > 0 else {
        throw refuse("mapping_lr_multiplier", "\(multiplier)", "a positive number")
      }
      mappingLearningRateMultiplier = multiplier
    }
    if let taps = stored.taps {
      guard (2...16).contains(taps.count), taps.allSatisfy(\.isFinite), taps.reduce(0, +) > 0
      else { throw refuse("resample_filter", "\(taps)", "2 to 16 numbers of positive sum") }
      resampleFilter = taps
    }
    if let name = stored.activation {
      guard let known = Activation(rawValue: name) else {
        throw refuse(
          "activation", "'\(name)'",
          Activation.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
      }
      activation = known
    }
    if let size = stored.groupSize {
      guard size > 0 else { throw refuse("mbstd_group_size", "\(size)", "a positive number") }
      deviationGroupSize = size
    }
  }

  static func statedSizes(metadata: [String: String], path: String) throws(ModelError)
    -> StatedSizes?
  {
    try decoded(StatedSizes.self, metadata, path)
  }

  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ metadata: [String: String], _ path: String
  ) throws(ModelError) -> Value? {
    guard let text = metadata["config"] else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw .invalidConfiguration(path: path, reason: "'\(key)' has a value of another type")
    } catch {
      throw .invalidConfiguration(path: path, reason: "it is not a JSON object")
    }
  }
}
