#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the results of several inputs go: one file, or a folder with a file for each input.
struct OutputPlan: Equatable {
  /// The path of each result, in the order of the inputs.
  let paths: [String]
  private let folder: String?

  /// A plan for results of `inputs` at `output`.
  ///
  /// - Parameter suffix: what files in a folder end with.
  /// - Throws: `CommandError` when the results cannot be written there.
  init(inputs: InputList, output: String, suffix: String, check: OutputCheck) throws(CommandError) {
    if !inputs.isMany && !Self.isFolder(output) {
      try check.requireFile(output)
      self.init(paths: [output], folder: nil)
      return
    }
    try self.init(
      names: inputs.paths.map { (PathText.stem(of: $0) + suffix, $0) }, folder: output, check: check
    )
  }

  /// A plan for files of these names in a folder; each name comes with what is written there.
  ///
  /// - Throws: `CommandError` when they cannot be written there.
  init(names: [(name: String, origin: String)], folder: String, check: OutputCheck)
    throws(CommandError)
  {
    let bare = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if FileStatus(of: bare) == nil && PathText.name(of: folder).contains(".")
      && !folder.hasSuffix("/")
    {
      throw .folderNeeded(path: folder, results: names.count)
    }
    try check.requireFolder(folder)
    var origins: [String: String] = [:]
    var paths: [String] = []
    for (name, origin) in names {
      let path = bare == "/" ? "/\(name)" : "\(bare)/\(name)"
      if let other = origins.updateValue(origin, forKey: path) {
        throw .sameOutput(path: path, first: other, second: origin)
      }
      if FileStatus(of: bare) != nil { try check.requireFile(path) }
      paths.append(path)
    }
    self.init(paths: paths, folder: bare)
  }

  private init(paths: [String], folder: String?) {
    self.paths = paths
    self.folder = folder
  }

  /// Whether a path names a folder: one that exists, or any that ends in a slash.
  static func isFolder(_ path: String) -> Bool {
    path.hasSuffix("/") || FileStatus(of: path)?.isFolder == true
  }

  /// Makes the folder, when there is something to write into it.
  func makeFolder() throws(CommandError) {
    guard let folder, FileStatus(of: folder) == nil else { return }
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .notWritable(path: folder, reason: String(cString: strerror(errno)))
    }
  }
}
