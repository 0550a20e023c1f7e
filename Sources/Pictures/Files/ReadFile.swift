#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of the file at `path`.
///
/// - Throws: `.notFound`, `.unreadable`, or `.fileTooLarge` beyond `maxBytes`.
func readFile(_ path: String, maxBytes: Int) throws(PictureError) -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else {
    throw errno == ENOENT ? .notFound(path: path) : .unreadable(path: path, reason: systemReason())
  }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else {
    throw .unreadable(path: path, reason: systemReason())
  }
  if status.st_mode & S_IFMT == S_IFDIR {
    throw .unreadable(path: path, reason: "it is a folder")
  }
  // The size is a hint only: pipes have none and files may grow.
  let expected = Int(clamping: status.st_size)
  if expected > maxBytes { throw .fileTooLarge(path: path, limit: maxBytes) }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(expected + 1)
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(file, &chunk, chunk.count)
    if count < 0 && errno == EINTR { continue }
    if count < 0 { throw .unreadable(path: path, reason: systemReason()) }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
    if bytes.count > maxBytes { throw .fileTooLarge(path: path, limit: maxBytes) }
  }
}

/// What the system says about its last failed call.
func systemReason() -> String { String(cString: strerror(errno)) }
