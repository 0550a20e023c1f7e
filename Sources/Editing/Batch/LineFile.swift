#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of lines that only ever grows, and that may end in a part of a line when a writer was
/// killed.
final class LineFile: Sendable {
  /// Where it is.
  let path: String
  private let descriptor: Int32

  /// No line is longer; what is longer is damaged.
  private static let longestLine = 1 << 22

  /// Opens a file to append to, which is made when it is missing.
  init(appendingTo path: String) throws(EditingError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .manifest(path: path, reason: systemReason()) }
  }

  /// Opens a file to read.
  init(reading path: String) throws(EditingError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .manifest(path: path, reason: systemReason()) }
  }

  deinit { close(descriptor) }

  /// Appends a line that is on the disk when this returns. Nobody else may append meanwhile.
  ///
  /// A part of a line that a killed writer left is removed first. When the line cannot be written
  /// whole, nothing of it stays.
  ///
  /// - Parameter line: ends in a line feed.
  /// - Returns: where the line begins.
  func append(_ line: [UInt8]) throws(EditingError) -> Int {
    try removeTornLine()
    let start = try size()
    var written = 0
    var failure: String?
    while written < line.count, failure == nil {
      let count = line[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        failure = systemReason()
      }
    }
    if failure == nil && fsync(descriptor) != 0 { failure = systemReason() }
    guard let failure else { return start }
    ftruncate(descriptor, off_t(start))
    throw .manifest(path: path, reason: failure)
  }

  /// Removes what stands behind the last line feed. Nobody else may append meanwhile.
  ///
  /// - Returns: whether there was something.
  @discardableResult
  func removeTornLine() throws(EditingError) -> Bool {
    let size = try size()
    var end = size
    while end > 0 {
      let start = max(0, end - 4096)
      let chunk = bytes(at: start, count: end - start) ?? []
      if let feed = chunk.lastIndex(of: UInt8(ascii: "\n")) {
        end = start + feed + 1
        break
      }
      end = start
    }
    guard end < size else { return false }
    guard ftruncate(descriptor, off_t(end)) == 0 else {
      throw .manifest(path: path, reason: systemReason())
    }
    return true
  }

  /// Calls `body` with each whole line from `offset` on, without its line feed, and where it begins.
  ///
  /// - Returns: where the last whole line ends.
  func forEachLine(from offset: Int, _ body: (ArraySlice<UInt8>, Int) -> Void) -> Int {
    var position = offset
    var pending: [UInt8] = []
    while let chunk = bytes(at: position + pending.count, count: 1 << 16), !chunk.isEmpty {
      pending += chunk
      var start = 0
      while let feed = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
        body(pending[start..<feed], position + start)
        start = feed + 1
      }
      position += start
      pending.removeFirst(start)
      if pending.count > Self.longestLine {
        position += pending.count
        pending.removeAll()
      }
    }
    return position
  }

  /// Some bytes, fewer at the end of the file; nil when they cannot be read.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset + filled))
      }
      if more < 0 && errno == EINTR { continue }
      if more < 0 { return nil }
      if more == 0 { break }
      filled += more
    }
    return Array(bytes[..<filled])
  }

  private func size() throws(EditingError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .manifest(path: path, reason: systemReason())
    }
    return Int(status.st_size)
  }
}

/// What the system says about its last failed call.
func systemReason() -> String { String(cString: strerror(errno)) }
