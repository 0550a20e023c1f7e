import Checkpoints
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that a training run needs to go on as if it had never stopped: tensors (weights,
/// moments, averages) and a record (settings, step, states of random sources), in one safetensors
/// file. Tensors keep single precision, so that a resumed run gives the same bytes.
public struct TrainingState {
  private static let format = "semblance.training-state"
  private static let version = "1"

  /// What is being trained, for example `encoder`.
  public let kind: String
  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// Where the state was read; nil for one that was made here.
  public let path: String?
  private let json: String

  /// A state to be written.
  ///
  /// - Parameters:
  ///   - kind: what is being trained.
  ///   - record: settings and counters; every number must be finite.
  ///   - tensors: shared, not copied: write before training goes on.
  public init(kind: String, record: some Encodable, tensors: [String: Tensor]) {
    self.kind = kind
    self.tensors = tensors
    path = nil
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? encoder.encode(record)
    check(data != nil, "training state: the record of \(kind) holds a number that is not finite")
    json = String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// Reads a state.
  ///
  /// - Parameter kind: what must have been trained.
  /// - Throws: `TrainingError.checkpoint` for an unreadable file, `.notTrainingState` for another
  ///   kind of file.
  public init(contentsOf path: String, kind: String) throws(TrainingError) {
    let file: SafetensorsFile
    do throws(CheckpointError) { file = try SafetensorsFile(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    guard file.metadata["format"] == Self.format, file.metadata["version"] == Self.version,
      file.metadata["kind"] == kind
    else {
      throw .notTrainingState(
        path: path, expected: kind,
        actual: file.metadata["format"] == Self.format ? file.metadata["kind"] : nil)
    }
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in file.tensors {
      do throws(CheckpointError) { tensors[name] = try tensor.tensor() } catch {
        throw .checkpoint(error)
      }
    }
    self.kind = kind
    self.tensors = tensors
    self.path = path
    json = file.metadata["record"] ?? ""
  }

  /// Writes the state; the file appears whole or not at all.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func write(to path: String) throws(TrainingError) {
    do throws(CheckpointError) {
      try SafetensorsWriter.write(
        tensors.mapValues { CheckpointTensor($0) },
        metadata: [
          "format": Self.format, "version": Self.version, "kind": kind, "record": json,
        ], to: path)
    } catch { throw .checkpoint(error) }
  }

  /// The record.
  ///
  /// - Throws: `TrainingError.damagedState` when it is not of this type.
  public func record<Record: Decodable>(as type: Record.Type = Record.self) throws(TrainingError)
    -> Record
  {
    do { return try JSONDecoder().decode(type, from: Data(json.utf8)) } catch {
      throw .damagedState(path: path ?? kind, reason: "its record is not the one expected")
    }
  }

  /// Copies the tensors `PREFIX.NAME` into the elements of `targets`, which stay where they are, so
  /// that networks and optimisers that share them see the stored values.
  ///
  /// - Throws: `TrainingError.damagedState` for a missing or misshaped tensor; `targets` may be
  ///   partly changed then.
  public func restore(_ targets: [String: Tensor], prefix: String) throws(TrainingError) {
    for (name, target) in targets.sorted(by: { $0.key < $1.key }) {
      guard let stored = tensors["\(prefix).\(name)"] else {
        throw .damagedState(path: path ?? kind, reason: "it has no tensor '\(prefix).\(name)'")
      }
      guard stored.shape == target.shape else {
        throw .damagedState(
          path: path ?? kind,
          reason: "tensor '\(prefix).\(name)' has shape \(stored.shape), expected \(target.shape)")
      }
      target.pointer.update(from: stored.pointer, count: target.count)
    }
  }

  /// `tensors` under the names `PREFIX.NAME`, to be put into a state.
  public static func named(_ tensors: [String: Tensor], prefix: String) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: tensors.map { ("\(prefix).\($0.key)", $0.value) })
  }
}
