#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A regular file mapped read-only into memory: pages are read when they are looked at, and a
/// large checkpoint never has to fit twice.
final class MappedFile: @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  private let count: Int

  private init(start: UnsafeMutableRawPointer, count: Int) {
    self.start = start
    self.count = count
  }

  deinit { munmap(start, count) }

  /// Tells the system that pages wholly inside a part of the file are not looked at for now: they
  /// leave memory and are read again when they are.
  func release(_ part: UnsafeRawBufferPointer) {
    guard let base = part.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    guard page > 0 else { return }
    let offset = start.distance(to: UnsafeMutableRawPointer(mutating: base))
    let first = (offset + page - 1) / page * page
    let last = (offset + part.count) / page * page
    if first < last { madvise(start + first, last - first, MADV_DONTNEED) }
  }

  /// Maps the file at `path`.
  ///
  /// - Throws: `CheckpointError.unreadable` with the reason of the operating system, also for a
  ///   directory or a device.
  static func open(_ path: String) throws(CheckpointError) -> ByteRegion {
    #if canImport(Glibc)
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #else
    let descriptor = Darwin.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #endif
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is not a regular file")
    }
    let count = Int(status.st_size)
    if count == 0 { return .empty }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw .unreadable(path: path, reason: systemReason(errno)) }
    let file = MappedFile(start: address, count: count)
    return ByteRegion(owner: file, start: UnsafeRawPointer(address), count: count)
  }
}

extension ByteRegion {
  /// The bytes of a regular file, which are read when they are looked at.
  ///
  /// - Throws: `CheckpointError.unreadable` with the reason of the operating system.
  public init(contentsOf path: String) throws(CheckpointError) { self = try MappedFile.open(path) }
}

/// The operating system's words for an error number, in lower case ("no such file or directory").
func systemReason(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  let words = String(cString: text)
  return words.prefix(1).lowercased() + words.dropFirst()
}
