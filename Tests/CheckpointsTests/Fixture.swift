@testable import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Files that tests read.
enum Fixture {
  private static let folder = path(of: #filePath, up: 1) + "/Fixtures"

  /// A file copied into this package, such as "negative/bad_overlap.safetensors".
  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Names of the copied files of one folder, sorted.
  static func names(in subfolder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: path(subfolder))
    return (names ?? []).sorted()
  }

  /// A file of the material beside the package, which need not be there.
  static func shared(_ name: String) -> String {
    "\(path(of: #filePath, up: 3))/../shared/\(name)"
  }

  /// True when all these files of the material beside the package are there.
  static func hasShared(_ names: String...) -> Bool {
    names.allSatisfy { FileManager.default.fileExists(atPath: shared($0)) }
  }

  /// Calls `body` with the path of a fresh folder, removed afterwards.
  static func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("checkpoints-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  private static func path(of file: String, up levels: Int) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels)
      .joined(separator: "/")
  }
}

extension Checkpoint {
  /// A copied file.
  init(fixture name: String) throws { try self.init(contentsOf: Fixture.path(name)) }
}

/// True when both have the same names, types, shapes and bits; `prefix` is before the names of
/// `actual`.
func isEqual(
  _ actual: [String: CheckpointTensor], _ expected: [String: CheckpointTensor],
  prefix: String = ""
) -> Bool {
  Set(actual.keys) == Set(expected.keys.map { prefix + $0 })
    && expected.allSatisfy { name, tensor in
      guard let other = actual[prefix + name] else { return false }
      return other.elementType == tensor.elementType && other.shape == tensor.shape
        && other.contiguousBytes().array == tensor.contiguousBytes().array
    }
}
