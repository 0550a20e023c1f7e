#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// All files below a folder; links are followed, and no folder is entered twice.
struct FolderTree {
  /// Paths that begin with the folder; hidden files are left out.
  let files: [String]

  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  /// - Throws: `TrainingError.notAFolder`.
  init(_ root: String) throws(TrainingError) {
    var files: [String] = []
    var folders = [root]
    var entered: Set<Identity> = []
    while let folder = folders.popLast() {
      let contents = try FolderContents(folder)
      for name in contents.names {
        let path = contents.file(name)
        var status = stat()
        guard stat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT != S_IFDIR {
          files.append(path)
          continue
        }
        let identity = Identity(
          device: UInt64(truncatingIfNeeded: status.st_dev),
          number: UInt64(truncatingIfNeeded: status.st_ino))
        if entered.insert(identity).inserted { folders.append(path) }
      }
    }
    self.files = files
  }
}
