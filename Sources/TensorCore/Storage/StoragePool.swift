import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory of tensors, kept for reuse: a loop that makes tensors of the same sizes over and over
/// reaches a state in which it asks the system for nothing.
///
/// Small blocks are kept by size. Large ones lie in one range of addresses, where what blocks of
/// some sizes left behind serves blocks of others.
public enum StoragePool {
  /// Counts since the program started, in calls and bytes.
  public struct Statistics: Sendable, Equatable {
    /// Blocks for which the system had to give memory.
    public var systemAllocations = 0
    /// Bytes in use by tensors now.
    public var liveBytes = 0
    /// Bytes kept for reuse now.
    public var idleBytes = 0
    /// The largest `liveBytes` so far.
    public var peakLiveBytes = 0
  }

  private struct State {
    var statistics = Statistics()
    var idleLimit = 1 << 30
    /// Small blocks.
    var free: [Int: [UInt]] = [:]
    /// Bytes of small blocks.
    var freeBytes = 0
    /// Large blocks.
    var placement = BlockPlacement()
    /// How much of the range of addresses may be used.
    var openBytes = 0
  }

  private static let state = Mutex(State())
  private static let range = AddressRange.reserved()
  private static let alignment = 64
  private static let leastLargeBlock = 2 << 20
  private static let largeStep = 1 << 14
  private static let openStep = 64 << 20

  /// What the pool holds and did.
  public static var statistics: Statistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.idleBytes = state.freeBytes + state.placement.idleBytes
      return statistics
    }
  }

  /// The most bytes that are kept for reuse; what is beyond goes back to the system.
  public static var idleLimit: Int {
    get { state.withLock { $0.idleLimit } }
    set { state.withLock { $0.idleLimit = newValue } }
  }

  /// Returns idle memory to the system, the largest pieces first, until no more than `idleBytes` are
  /// kept.
  public static func trim(to idleBytes: Int = 0) {
    let blocks = state.withLock { state in
      emptyLarge(&state, downTo: idleBytes - state.freeBytes)
      var blocks: [UInt] = []
      for size in state.free.keys.sorted(by: >) {
        while state.freeBytes + state.placement.idleBytes > idleBytes,
          let block = state.free[size]?.popLast()
        {
          state.freeBytes -= size
          blocks.append(block)
        }
      }
      return blocks
    }
    for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
  }

  /// Under the lock: nobody may take a hole while it is emptied.
  private static func emptyLarge(_ state: inout State, downTo idleBytes: Int) {
    for hole in state.placement.empty(downTo: idleBytes) { range?.empty(hole) }
  }

  /// Small sizes go up in eighths of a power of two, so that a block fits requests of like size.
  static func blockSize(forBytes bytes: Int) -> Int {
    if isLarge(bytes) { return (bytes + largeStep - 1) / largeStep * largeStep }
    if bytes <= 1024 { return max(alignment, (bytes + alignment - 1) / alignment * alignment) }
    let step = 1 << (Int.bitWidth - bytes.leadingZeroBitCount - 4)
    return (bytes + step - 1) / step * step
  }

  private static func isLarge(_ bytes: Int) -> Bool { bytes >= leastLargeBlock && range != nil }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    let size = blockSize(forBytes: bytes)
    let known = state.withLock { state in
      let statistics = state.statistics
      state.statistics.liveBytes += size
      state.statistics.peakLiveBytes = max(statistics.peakLiveBytes, state.statistics.liveBytes)
      if isLarge(bytes) { return largeBlock(size, &state) }
      if let block = state.free[size]?.popLast() {
        state.freeBytes -= size
        return block
      }
      state.statistics.systemAllocations += 1
      return nil
    }
    if let known, let pointer = UnsafeMutableRawPointer(bitPattern: known) { return pointer }
    var pointer: UnsafeMutableRawPointer?
    let status = posix_memalign(&pointer, alignment, size)
    guard status == 0, let pointer else { exhausted(size) }
    return pointer
  }

  private static func largeBlock(_ size: Int, _ state: inout State) -> UInt? {
    guard let range else { return nil }
    let (offset, needsMemory) = state.placement.take(size)
    if needsMemory { state.statistics.systemAllocations += 1 }
    if state.placement.end > state.openBytes {
      let wanted = (state.placement.end + openStep - 1) / openStep * openStep
      let end = min(wanted, range.count)
      guard state.placement.end <= end, range.open(state.openBytes..<end) else { exhausted(size) }
      state.openBytes = end
    }
    return range.start + UInt(offset)
  }

  private static func exhausted(_ size: Int) -> Never {
    fatalError("storage: the system has no \(size) bytes left (error \(errno))")
  }

  static func give(_ pointer: UnsafeMutableRawPointer, bytes: Int) {
    let size = blockSize(forBytes: bytes)
    let kept = state.withLock { state in
      state.statistics.liveBytes -= size
      if isLarge(bytes), let offset = range?.offset(of: pointer) {
        state.placement.give(offset..<offset + size)
        emptyLarge(&state, downTo: state.idleLimit - state.freeBytes)
        return true
      }
      guard state.freeBytes + state.placement.idleBytes + size <= state.idleLimit else {
        return false
      }
      state.free[size, default: []].append(UInt(bitPattern: pointer))
      state.freeBytes += size
      return true
    }
    if !kept { free(pointer) }
  }
}
