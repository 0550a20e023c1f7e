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

  /// The named files, and the pictures and codes in the named folders (not in their subfolders).
  ///
  /// - Parameter suffixes: what the names of files in folders end with, two at least.
  /// - Throws: `CommandError.noInput` or `.nothingInFolder`.
  init(
    _ names: [String], suffixes: [String] = [".png", ".jpg", ".jpeg", ".code"]
  ) throws(CommandError) {
    let needed = suffixes.dropLast().joined(separator: ", ") + " or \(suffixes.last ?? "") file"
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
        throw .nothingInFolder(path: name, needed: needed)
      }
      let found = files.filter { file in
        !file.hasPrefix(".") && suffixes.contains { file.lowercased().hasSuffix($0) }
      }.sorted()
      if found.isEmpty { throw .nothingInFolder(path: name, needed: needed) }
      paths += found.map { folder + $0 }
    }
    self.paths = paths
    isMany = hasFolder || paths.count > 1
  }
}
