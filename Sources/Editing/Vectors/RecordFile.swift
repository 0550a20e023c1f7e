import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The container of codes and vectors: a safetensors file whose metadata name the format and its
/// version and carry a JSON record.
struct RecordFile {
  private static let version = "1"
  let path: String
  private let metadata: [String: String]
  private let tensors: [String: CheckpointTensor]

  init(contentsOf path: String, format: String) throws(EditingError) {
    do throws(CheckpointError) {
      try self.init(SafetensorsFile(contentsOf: path))
    } catch { throw .checkpoint(error) }
    try requireFormat(format)
  }

  init(_ bytes: ByteRegion, named name: String, format: String) throws(EditingError) {
    do throws(CheckpointError) {
      try self.init(SafetensorsFile(bytes, named: name))
    } catch { throw .checkpoint(error) }
    try requireFormat(format)
  }

  private init(_ file: SafetensorsFile) {
    path = file.path
    metadata = file.metadata
    tensors = file.tensors
  }

  private func requireFormat(_ format: String) throws(EditingError) {
    guard metadata["format"] == format else {
      throw .wrongFormat(path: path, expected: format, actual: metadata["format"])
    }
    guard metadata["version"] == Self.version else {
      throw .wrongVersion(path: path, expected: Self.version, actual: metadata["version"] ?? "none")
    }
  }

  func record<Record: Decodable>() throws(EditingError) -> Record {
    do {
      return try JSONDecoder().decode(Record.self, from: Data((metadata["record"] ?? "").utf8))
    } catch {
      throw .damagedRecord(path: path, reason: "its description is not valid")
    }
  }

  func wPlus(_ name: String) throws(EditingError) -> WPlus {
    guard let tensor = tensors[name] else {
      throw .checkpoint(.missingTensor(path: path, name: name))
    }
    guard tensor.shape.count == 2 else {
      throw .damagedRecord(path: path, reason: "tensor '\(name)' has shape \(tensor.shape)")
    }
    let values: [Float]
    do throws(CheckpointError) { values = try tensor.floats() } catch { throw .checkpoint(error) }
    guard values.allSatisfy(\.isFinite) else {
      throw .damagedRecord(path: path, reason: "tensor '\(name)' holds a number that is not finite")
    }
    return WPlus(rowCount: tensor.shape[0], width: tensor.shape[1], values: values)
  }

  static func write(
    _ record: some Encodable, tensors: [String: WPlus], format: String, to path: String
  ) throws(EditingError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(record) else {
      throw .damagedRecord(path: path, reason: "its description holds a number that is not finite")
    }
    do throws(CheckpointError) {
      try SafetensorsWriter.write(
        tensors.mapValues { CheckpointTensor(floats: $0.values, shape: [$0.rowCount, $0.width]) },
        metadata: [
          "format": format, "version": version, "record": String(decoding: json, as: UTF8.self),
        ], to: path)
    } catch { throw .checkpoint(error) }
  }
}
