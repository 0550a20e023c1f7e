/// Looks before the work begins whether its results can be written.
struct OutputCheck {
  private let inputs: Set<FileStatus>

  /// Outputs may be anything but these files.
  init(inputs: [String?]) {
    self.inputs = Set(inputs.compactMap { path in path.flatMap { FileStatus(of: $0) } })
  }

  /// Throws when a path is that of an input.
  func requireNoInput(_ path: String) throws(CommandError) {
    if let status = FileStatus(of: path), inputs.contains(status) {
      throw .outputIsInput(path: path)
    }
  }

  /// Throws unless a file can be made or replaced at `path`.
  func requireFile(_ path: String?) throws(CommandError) {
    guard let path else { return }
    if let status = FileStatus(of: path) {
      if status.isFolder { throw .outputIsFolder(path: path) }
      if inputs.contains(status) { throw .outputIsInput(path: path) }
    }
    let folder = PathText.folder(of: path)
    guard let status = FileStatus(of: folder), status.isFolder else {
      throw .noOutputFolder(path: path, folder: folder)
    }
    if let reason = FileStatus.reasonNotWritable(folder) {
      throw .notWritable(path: path, reason: reason)
    }
  }

  /// Throws unless files can be made in the folder at `path`, which may be missing itself.
  func requireFolder(_ path: String) throws(CommandError) {
    let bare = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if let status = FileStatus(of: bare) {
      if !status.isFolder { throw .outputIsFile(path: path) }
      if let reason = FileStatus.reasonNotWritable(bare) {
        throw .notWritable(path: path, reason: reason)
      }
      return
    }
    try requireFile(bare)
  }

  /// Throws unless the folder at `path` exists or can be made with all folders above it.
  func requireFolders(_ path: String) throws(CommandError) {
    var folder = path
    while FileStatus(of: folder) == nil, folder != "/", folder != "." {
      folder = PathText.folder(of: folder)
    }
    guard let status = FileStatus(of: folder), status.isFolder else {
      throw .outputIsFile(path: folder)
    }
    if let reason = FileStatus.reasonNotWritable(folder) {
      throw .notWritable(path: folder, reason: reason)
    }
  }
}
