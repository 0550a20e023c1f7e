#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files that a command works on.
struct InputList: Equatable {
  /// Paths in the order of the command line, files of folders by name.
  let paths: [String]
  /// Whether the results go to a folder: several files were named, or a folder was.
  let isMany: Bool

  private static let suffixes = [".png", ".jpg", ".jpeg", ".code"]
  private static let needed = ".png, .jpg, .jpeg or .code file"

  /// The named files, and the pictures and codes in the named folders (not in their subfolders).
  ///
  /// - Throws: `CommandError.noInput` or `.nothingInFolder`.
  init(_ names: [String]) throws(CommandError) {
    var paths: [String] = []
    var hasFolder = false
    for name in names {
      guard let status = FileStatus(of: name) else { throw .noInput(path: name) }
      guard status.isFolder else {
        paths.append(name)
        continue
      }
      hasFolder = true
      let folder = name.hasSuffix("/") ? name : name + "/"
      let files: [String]
      do { files = try FileManager.default.contentsOfDirectory(atPath: name) } catch {
        throw .nothingInFolder(path: name, needed: Self.needed)
      }
      let found = files.filter { file in
        !file.hasPrefix(".") && Self.suffixes.contains { file.lowercased().hasSuffix($0) }
      }.sorted()
      if found.isEmpty { throw .nothingInFolder(path: name, needed: Self.needed) }
      paths += found.map { folder + $0 }
    }
    self.paths = paths
    isMany = hasFolder || paths.count > 1
  }
}
