#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that appears at its path whole or not at all: written under a temporary name in the
/// same folder, flushed to the disk, then renamed over the target.
public final class AtomicFile {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Writes the file at `path` with what `body` passes to ``write(_:)``.
  ///
  /// - Throws: `CheckpointError.unwritable`, or what `body` throws; the target is then unchanged
  ///   and the temporary file is gone.
  public static func write(
    to path: String, _ body: (AtomicFile) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let file = try AtomicFile(path: path)
    try body(file)
    try file.commit()
  }

  /// Writes `bytes` to the file at `path` in one piece.
  ///
  /// - Throws: `CheckpointError.unwritable`.
  public static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
    try write(to: path) { (file) throws(CheckpointError) in
      try bytes.span.bytes.withUnsafeBytes { (raw) throws(CheckpointError) in try file.write(raw) }
    }
  }

  private init(path: String) throws(CheckpointError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw .unwritable(path: path, reason: "it is a directory")
    }
    var template = Array("\(path).XXXXXX.tmp".utf8CString)
    descriptor = mkstemps(&template, 4)
    temporaryPath = template.withUnsafeBufferPointer { characters in
      characters.baseAddress.map { String(cString: $0) } ?? path
    }
    guard descriptor >= 0 else {
      let reason = systemReason(errno)
      descriptor = -1
      throw .unwritable(path: path, reason: reason)
    }
    let mask = umask(0)
    umask(mask)
    fchmod(descriptor, 0o666 & ~mask)
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporaryPath)
    }
  }

  /// Appends `bytes`.
  ///
  /// - Throws: `CheckpointError.unwritable` with the reason of the operating system.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    guard var next = bytes.baseAddress else { return }
    var left = bytes.count
    while left > 0 {
      #if canImport(Glibc)
      let written = Glibc.write(descriptor, next, left)
      #else
      let written = Darwin.write(descriptor, next, left)
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw .unwritable(path: path, reason: systemReason(errno))
      }
      next += written
      left -= written
    }
  }

  private func commit() throws(CheckpointError) {
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .unwritable(path: path, reason: systemReason(errno))
    }
    guard rename(temporaryPath, path) == 0 else {
      throw .unwritable(path: path, reason: systemReason(errno))
    }
    close(descriptor)
    descriptor = -1
  }
}
