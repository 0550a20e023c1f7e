#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What became of one photo of a batch: a line of the manifest.
public struct BatchRecord: Codable, Equatable, Sendable {
  /// Seconds that the parts of the work took.
  public struct Timings: Codable, Equatable, Sendable {
    /// Encoder and optimisation.
    public var embed: Double
    /// Vector, refinement, rendering and compositing.
    public var edit: Double
    /// Everything, reading and writing included.
    public var total: Double
  }

  /// Measurements of the result.
  public struct Metrics: Codable, Equatable, Sendable {
    /// Peak signal-to-noise ratio of the reconstruction in decibels, when there is a photo.
    public var psnr: Double?
    /// Pixels of the edit's region in the model's square.
    public var regionPixels: Int
    /// Mean absolute change (0...255) of the generator's picture outside the region.
    public var outsideChange: Double
  }

  /// The photo, as it was named.
  public var input: String
  /// Fingerprint of its file.
  public var inputHash: String?
  /// The result's path in the folder of the batch.
  public var output: String
  /// Fingerprint of the result's file; nil when there is none.
  public var outputHash: String?
  /// What decides the result: fingerprint of photo, vector, model and settings together.
  public var key: String?
  /// The edited code's file, when one was asked for.
  public var code: String?
  /// Fingerprint of the edited code's file, or of its numbers when no file was asked for.
  public var codeHash: String?
  /// Name of the vector.
  public var vector: String
  /// Fingerprint of the vector's numbers.
  public var vectorHash: String
  /// Name of the model's domain.
  public var model: String
  /// Fingerprint of the whole model.
  public var modelRevision: String
  /// Factor of the vector.
  public var strength: Float
  /// The settings in words.
  public var settings: String
  /// How long it took.
  public var seconds: Timings?
  /// What was measured.
  public var metrics: Metrics?
  /// What was worth knowing.
  public var warnings: [String]?
  /// Why there is no result.
  public var error: String?
  /// When it was finished, in UTC (ISO 8601).
  public var finished: String

  /// Whether there is a result.
  public var isDone: Bool { error == nil && outputHash != nil }

  /// A line of the manifest, its end included.
  func line() throws(EditingError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")] } catch {
      throw .manifest(path: output, reason: "a record cannot be written as JSON")
    }
  }

  /// The record of a line, or nil when it is none.
  init?(line: some Sequence<UInt8>) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let record = try? decoder.decode(BatchRecord.self, from: Data(line)) else { return nil }
    self = record
  }

  init(
    input: String, output: String, vector: String, vectorHash: String, model: String,
    modelRevision: String, strength: Float, settings: String
  ) {
    self.input = input
    self.output = output
    self.vector = vector
    self.vectorHash = vectorHash
    self.model = model
    self.modelRevision = modelRevision
    self.strength = strength
    self.settings = settings
    finished = ""
  }
}
