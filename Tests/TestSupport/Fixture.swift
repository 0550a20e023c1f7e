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

/// The folder `Fixtures` of the test target that `testFile` (a `#filePath`) belongs to.
public func fixturesFolder(of testFile: String) -> String {
  let parts = pathUpToTests(testFile)
  return parts.root + "/Tests/" + parts.target + "/Fixtures"
}

/// The folder with material that is too large for the repository; it may be absent, and tests on
/// it are skipped then.
public func sharedFolder(of testFile: String) -> String {
  pathUpToTests(testFile).root + "/../shared"
}

/// The repository's own folder.
public func repositoryFolder(of testFile: String) -> String {
  pathUpToTests(testFile).root
}

private func pathUpToTests(_ testFile: String) -> (root: String, target: String) {
  let parts = testFile.split(separator: "/", omittingEmptySubsequences: false)
  guard let tests = parts.lastIndex(of: "Tests"), tests + 1 < parts.count else { return (".", "") }
  return (parts[..<tests].joined(separator: "/"), String(parts[tests + 1]))
}
