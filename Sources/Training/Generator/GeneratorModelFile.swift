import Checkpoints
import Networks
import Pictures
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A trained generator as a file, with everything that `JointModel` reads.
public struct GeneratorModelFile {
  /// `mapping.*`, `synthesis.*`, and what belongs to them.
  public var tensors: [String: Tensor]
  /// What the names and shapes of tensors do not tell, as JSON texts.
  public var metadata: [String: String]
  /// Tensors that are taken from another file as they are.
  public var others: [String: CheckpointTensor] = [:]

  /// A file to be written.
  public init(tensors: [String: Tensor], metadata: [String: String]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The settings of the generator that shapes do not tell, under `config`.
  struct Config: Encodable {
    struct Valid: Encodable {
      var top: Int
      var left: Int
      var height: Int
      var width: Int
    }
    var zDim: Int
    var cDim = 0
    var wDim: Int
    var imgResolution: Int
    var imgChannels = 3
    var mappingLayers: Int
    var mappingLrMultiplier: Float
    var channelBase: Int
    var channelMax: Int
    var convClamp: Float?
    var architecture = "skip"
    var resampleFilter: [Float]
    var numWs: Int
    var domain: String
    var valueRange = [-1, 1]
    var valid: Valid

    init(
      _ architecture: StyleGAN2Architecture, _ configuration: StyleGAN2Configuration,
      letterbox: Letterbox, domain: String
    ) {
      zDim = architecture.inputSize
      wDim = architecture.latentSize
      imgResolution = architecture.resolution
      mappingLayers = architecture.mappingLayers
      mappingLrMultiplier = configuration.mappingLearningRateMultiplier
      channelBase = architecture.channelBase
      channelMax = architecture.channelMaximum
      convClamp = configuration.convClamp
      resampleFilter = configuration.resampleFilter
      numWs = architecture.layerChannels.count + 1
      self.domain = domain
      let area = letterbox.valid
      valid = Valid(top: area.top, left: area.left, height: area.height, width: area.width)
    }
  }

  /// A JSON text with sorted keys, whose words are joined by underscores.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// Writes the file in half precision, or in single precision when a weight does not fit; it
  /// appears whole or not at all.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func write(to path: String, precision: StoredPrecision = .float16) throws(TrainingError) {
    let stored = tensors.mapValues { CheckpointTensor($0) }.merging(others) { own, _ in own }
    let fits = tensors.values.allSatisfy { tensor in
      (0..<tensor.count).allSatisfy { tensor.pointer[$0].magnitude < 60_000 }
    }
    do throws(CheckpointError) {
      try SafetensorsWriter.write(
        stored, metadata: metadata, precision: fits ? precision : .asIs, to: path)
    } catch { throw .checkpoint(error) }
  }
}

/// How well a generator repeats renderings that it did not learn from.
public struct RenderingScores: Sendable, Equatable, Codable {
  /// Side of the compared pictures.
  public var resolution: Int
  /// How many pictures were compared.
  public var pictures: Int
  /// Mean peak signal-to-noise ratio, in decibels.
  public var psnr: Double
  /// Mean structural similarity; nil for pictures smaller than its window.
  public var ssim: Double?
  /// Mean intersection over union of the classes that occur.
  public var meanIoU: Double

  enum CodingKeys: String, CodingKey {
    case resolution, pictures, psnr, ssim
    case meanIoU = "miou"
  }
}
