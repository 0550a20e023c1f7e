#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How the names of files begin and end that are not finished yet.
let temporaryPrefix = ".semblance-"
let temporarySuffix = ".tmp"

/// Writes `bytes` so that `path` holds all of them or what it held before: into a new file of the
/// same folder, flushed to the disk, then renamed.
///
/// A symbolic link keeps pointing at the file that it names, an existing file keeps its permissions,
/// and devices and pipes are written directly.
///
/// - Throws: `PictureError.unwritable`; nothing is left behind.
func writeFile(_ bytes: [UInt8], to path: String) throws(PictureError) {
  var status = stat()
  let exists = stat(path, &status) == 0
  if exists && status.st_mode & S_IFMT == S_IFDIR {
    throw .unwritable(path: path, reason: "it is a folder")
  }
  if exists && status.st_mode & S_IFMT != S_IFREG {
    try writeDirectly(bytes, to: path)
    return
  }
  let target = exists ? resolved(path) : path
  let (file, temporary) = try openTemporary(beside: target, named: path)
  var failure = writeAll(bytes, to: file)
  if failure == nil && exists && fchmod(file, status.st_mode & 0o7777) != 0 {
    failure = systemReason()
  }
  if failure == nil && fsync(file) != 0 { failure = systemReason() }
  if close(file) != 0 && failure == nil { failure = systemReason() }
  if failure == nil && rename(temporary, target) != 0 { failure = systemReason() }
  if let failure {
    unlink(temporary)
    throw .unwritable(path: path, reason: failure)
  }
  flushFolder(of: target)
}

private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

private func writeDirectly(_ bytes: [UInt8], to path: String) throws(PictureError) {
  let file = open(path, O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
  let failure = writeAll(bytes, to: file)
  close(file)
  if let failure { throw .unwritable(path: path, reason: failure) }
}

/// A new empty file in the folder of `target`, hidden and with a random name.
private func openTemporary(
  beside target: String, named path: String
) throws(PictureError) -> (file: Int32, path: String) {
  let folder = folder(of: target)
  var generator = SystemRandomNumberGenerator()
  for _ in 0..<100 {
    let number = String(generator.next() as UInt64, radix: 36)
    let temporary = folder + "/" + temporaryPrefix + number + temporarySuffix
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if file >= 0 { return (file, temporary) }
    if errno != EEXIST { break }
  }
  let reason = errno == ENOENT ? "there is no folder \(folder)" : systemReason()
  throw .unwritable(path: path, reason: reason)
}

private func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "" : String(path[..<slash])
}

/// Nil, or why not all bytes were written.
private func writeAll(_ bytes: [UInt8], to file: Int32) -> String? {
  bytes.withUnsafeBytes { buffer in
    var written = 0
    while written < buffer.count {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
      let count = write(file, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return systemReason() }
      written += count
    }
    return nil
  }
}

/// Makes the renaming itself durable; file systems that cannot do this are left alone.
private func flushFolder(of path: String) {
  let folder = folder(of: path)
  let handle = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
  guard handle >= 0 else { return }
  fsync(handle)
  close(handle)
}
