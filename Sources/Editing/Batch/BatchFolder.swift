import Checkpoints
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder of a batch's results, which several processes may fill together.
///
/// Who works on what is told by locks on bytes of one empty file. The system releases them with the
/// process, however that ends, so there is nothing to clean up after a kill.
final class BatchFolder: Sendable {
  /// Where it is.
  let path: String
  private let descriptor: Int32

  /// Everybody at work in the folder holds this byte together.
  private static let presence: off_t = 0
  /// Who appends to a manifest holds this byte alone.
  private static let appending: off_t = 1
  private static let lockName = ".semblance-lock"

  /// Opens the folder, which is made when it is missing, and removes unfinished files that killed
  /// processes left there, unless somebody else is at work.
  ///
  /// - Parameter codes: another folder that codes are written to.
  init(_ path: String, codes: String? = nil) throws(EditingError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    try Self.make(self.path)
    descriptor = open(
      "\(self.path)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .batchFolder(path: path, reason: systemReason()) }
    if lock(Self.presence, Int32(F_WRLCK)) {
      for folder in [self.path, codes].compactMap({ $0 }) { Self.removeUnfinished(in: folder) }
    }
    // Somebody else may be cleaning up.
    while !lock(Self.presence, Int32(F_RDLCK)) { usleep(500) }
  }

  deinit { close(descriptor) }

  /// The path of a file in the folder.
  func path(of name: String) -> String { "\(path)/\(name)" }

  /// Takes the result `name`; false when another process works on it.
  func claim(_ name: String) -> Bool { lock(Self.byte(of: name), Int32(F_WRLCK)) }

  /// Gives a claimed result free.
  func release(_ name: String) { _ = lock(Self.byte(of: name), Int32(F_UNLCK)) }

  /// Calls `body` while no other process appends to a manifest of the folder.
  func whileAppending<Result>(_ body: () throws(EditingError) -> Result) throws(EditingError)
    -> Result
  {
    while !lock(Self.appending, Int32(F_WRLCK)) { usleep(500) }
    defer { _ = lock(Self.appending, Int32(F_UNLCK)) }
    return try body()
  }

  /// Makes the folder of a result that lies in a subfolder.
  func makeFolder(of name: String) throws(EditingError) {
    guard let slash = name.lastIndex(of: "/") else { return }
    try Self.make(path(of: String(name[..<slash])))
  }

  /// Names of the manifests in a folder.
  static func manifests(in path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix("manifest") && $0.hasSuffix(".jsonl") }.sorted()
  }

  private static func make(_ path: String) throws(EditingError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .batchFolder(path: path, reason: "it cannot be made")
    }
  }

  private static func removeUnfinished(in folder: String) {
    var folders = [folder]
    while let folder = folders.popLast() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names {
        let path = "\(folder)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          folders.append(path)
        } else if PictureFile.isTemporary(name) || isUnfinishedCode(name) {
          unlink(path)
        }
      }
    }
  }

  /// Whether a name is that of a code which is being written, `NAME.code.XXXXXX.tmp`.
  private static func isUnfinishedCode(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 4 && parts.suffix(3)[parts.count - 3] == "code"
      && parts[parts.count - 2].count == 6 && parts[parts.count - 1] == "tmp"
  }

  private func lock(_ start: off_t, _ kind: Int32) -> Bool {
    var request = flock()
    request.l_type = Int16(kind)
    request.l_whence = Int16(SEEK_SET)
    request.l_start = start
    request.l_len = 1
    while true {
      if fcntl(descriptor, F_SETLK, &request) == 0 { return true }
      if errno == EACCES || errno == EAGAIN { return false }
      // A file system without locks serves one process only, but that it does.
      if errno != EINTR { return true }
    }
  }

  private static func byte(of name: String) -> off_t {
    var hash = ContentHash()
    hash.update(name)
    return off_t(hash.value >> 3) + 2
  }
}
