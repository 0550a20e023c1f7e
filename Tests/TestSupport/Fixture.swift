import Checkpoints
import TensorCore

/// A safetensors file with reference numbers.
public struct Fixture {
  /// Why a fixture cannot be used.
  public enum Problem: Error, CustomStringConvertible {
    /// The file has no tensor of this name.
    case missing(String, path: String)

    /// For the message of a failed test.
    public var description: String {
      switch self {
      case .missing(let name, let path): "no tensor '\(name)' in \(path)"
      }
    }
  }

  /// The file.
  public let file: SafetensorsFile

  /// Opens a fixture.
  public init(path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
  }

  /// The tensor called `name`.
  public func tensor(_ name: String, requiresGradient: Bool = false) throws -> Tensor {
    guard let stored = file.tensors[name] else {
      throw Problem.missing(name, path: file.path)
    }
    return Tensor(
      try stored.floats(), shape: Shape(stored.shape), requiresGradient: requiresGradient)
  }

  /// The tensors whose names begin with `prefix`, under the rest of their names.
  public func tensors(under prefix: String) -> [String: CheckpointTensor] {
    var result: [String: CheckpointTensor] = [:]
    for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = tensor
    }
    return result
  }

  /// All names, sorted.
  public var names: [String] { file.tensors.keys.sorted() }
}

/// The folder `Fixtures` beside the calling test file or, for a test in a subfolder, beside that
/// folder.
public func fixturesFolder(of testFile: String) -> String {
  let parts = testFile.split(separator: "/", omittingEmptySubsequences: false)
  guard let tests = parts.lastIndex(of: "Tests"), tests + 1 < parts.count else { return "Fixtures" }
  return parts[...(tests + 1)].joined(separator: "/") + "/Fixtures"
}
