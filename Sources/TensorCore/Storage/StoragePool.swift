import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory of tensors, kept for reuse: a loop that makes tensors of the same sizes over and over
/// reaches a state in which it asks the system for nothing.
public enum StoragePool {
  /// Counts since the program started, in calls and bytes.
  public struct Statistics: Sendable, Equatable {
    /// Blocks asked from the system.
    public var systemAllocations = 0
    /// Bytes in use by tensors now.
    public var liveBytes = 0
    /// Bytes kept for reuse now.
    public var idleBytes = 0
    /// The largest `liveBytes` so far.
    public var peakLiveBytes = 0
  }

  private struct State {
    var free: [Int: [UInt]] = [:]
    var statistics = Statistics()
    var idleLimit = 1 << 30
  }

  private static let state = Mutex(State())
  private static let alignment = 64
  private static let hugePage = 2 << 20

  /// What the pool holds and did.
  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// The most bytes that are kept for reuse; blocks beyond go back to the system.
  public static var idleLimit: Int {
    get { state.withLock { $0.idleLimit } }
    set { state.withLock { $0.idleLimit = newValue } }
  }

  /// Returns idle blocks to the system, the largest first, until no more than `idleBytes` are kept.
  public static func trim(to idleBytes: Int = 0) {
    let blocks = state.withLock { state in
      var blocks: [UInt] = []
      for size in state.free.keys.sorted(by: >) {
        while state.statistics.idleBytes > idleBytes, let block = state.free[size]?.popLast() {
          state.statistics.idleBytes -= size
          blocks.append(block)
        }
      }
      return blocks
    }
    for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
  }

  /// Sizes go up in eighths of a power of two, so that a block fits requests of like size.
  static func blockSize(forBytes bytes: Int) -> Int {
    if bytes <= 1024 { return max(alignment, (bytes + alignment - 1) / alignment * alignment) }
    let step = 1 << (Int.bitWidth - bytes.leadingZeroBitCount - 4)
    return (bytes + step - 1) / step * step
  }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    let size = blockSize(forBytes: bytes)
    let reused: UInt? = state.withLock { state in
      state.statistics.liveBytes += size
      state.statistics.peakLiveBytes = max(
        state.statistics.peakLiveBytes, state.statistics.liveBytes)
      if let block = state.free[size]?.popLast() {
        state.statistics.idleBytes -= size
        return block
      }
      state.statistics.systemAllocations += 1
      return nil
    }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) { return pointer }
    var pointer: UnsafeMutableRawPointer?
    let status = posix_memalign(&pointer, size >= hugePage ? hugePage : alignment, size)
    guard status == 0, let pointer else {
      fatalError("storage: the system has no \(size) bytes left (error \(status))")
    }
    #if os(Linux)
    if size >= hugePage { madvise(pointer, size, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  static func give(_ pointer: UnsafeMutableRawPointer, bytes: Int) {
    let size = blockSize(forBytes: bytes)
    let kept = state.withLock { state in
      state.statistics.liveBytes -= size
      guard state.statistics.idleBytes + size <= state.idleLimit else { return false }
      state.free[size, default: []].append(UInt(bitPattern: pointer))
      state.statistics.idleBytes += size
      return true
    }
    if !kept { free(pointer) }
  }
}
