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
      names: zip(inputs.names, inputs.paths).map { ($0 + suffix, $1) }, folder: output, check: check
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
      if FileStatus(of: PathText.folder(of: path)) != nil { try check.requireFile(path) }
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

  /// The path of a file in a folder, whose name may end in a slash.
  static func path(of name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Makes the folder of a result, when there is something to write into it.
  func makeFolder(of index: Int = 0) throws(CommandError) {
    guard folder != nil, paths.indices.contains(index) else { return }
    try Self.make(PathText.folder(of: paths[index]))
  }

  /// Makes a folder with all folders above it.
  static func make(_ folder: String) throws(CommandError) {
    if FileStatus(of: folder)?.isFolder == true { return }
    let parent = PathText.folder(of: folder)
    if parent != folder { try make(parent) }
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .notWritable(path: folder, reason: String(cString: strerror(errno)))
    }
  }
}
