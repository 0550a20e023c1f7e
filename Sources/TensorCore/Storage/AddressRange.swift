#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A long range of addresses that the system gives memory for where it is written to.
struct AddressRange: Sendable {
  /// The first address, on a boundary of huge pages.
  let start: UInt
  /// Bytes.
  let count: Int

  private static let hugePage = 2 << 20

  /// Reserves addresses, nil where the system has none to spare (a limit of the process).
  static func reserved() -> AddressRange? {
    for count in [1 << 38, 1 << 36, 1 << 34] {
      guard
        let address = mmap(
          nil, count, PROT_NONE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0),
        address != MAP_FAILED
      else { continue }
      let first = UInt(bitPattern: address)
      let start = (first + UInt(hugePage) - 1) / UInt(hugePage) * UInt(hugePage)
      #if os(Linux)
      madvise(address, count, MADV_HUGEPAGE)
      #endif
      return AddressRange(start: start, count: count - hugePage)
    }
    return nil
  }

  /// Allows the use of some bytes.
  ///
  /// - Returns: false when the system refuses.
  func open(_ range: Range<Int>) -> Bool {
    mprotect(pointer(range.lowerBound), range.count, PROT_READ | PROT_WRITE) == 0
  }

  /// Gives the memory of some bytes back; they can be used again and are undefined then.
  func empty(_ range: Range<Int>) {
    #if os(Linux)
    madvise(pointer(range.lowerBound), range.count, MADV_DONTNEED)
    #else
    madvise(pointer(range.lowerBound), range.count, MADV_FREE)
    #endif
  }

  /// The address of a byte.
  func pointer(_ offset: Int) -> UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: start + UInt(offset))
  }

  /// The place of an address, nil for one outside.
  func offset(of pointer: UnsafeMutableRawPointer) -> Int? {
    let address = UInt(bitPattern: pointer)
    return address >= start && address - start < UInt(count) ? Int(address - start) : nil
  }
}
