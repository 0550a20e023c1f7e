/// A read-only run of bytes together with the owner that keeps them alive: a part of a
/// memory-mapped file, or of a block on the heap.
///
/// Slices share the owner, so a tensor read from a file costs no memory of its own.
public struct ByteRegion: @unchecked Sendable {
  private let owner: AnyObject?
  private let start: UnsafeRawPointer
  /// Number of bytes.
  public let count: Int

  /// A region over `count` bytes at `start`, valid for as long as `owner` lives.
  init(owner: AnyObject, start: UnsafeRawPointer, count: Int) {
    self.owner = owner
    self.start = start
    self.count = count
  }

  /// A region over bytes that live as long as the program, such as data compiled into it.
  public init(immortal bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else {
      self = .empty
      return
    }
    self.init(owner: OwnedBytes(count: 0), start: start, count: bytes.count)
  }

  /// A region of no bytes.
  static let empty = ByteRegion(owner: OwnedBytes(count: 0))

  /// A region over the whole block.
  init(owner: OwnedBytes) {
    self.init(owner: owner, start: UnsafeRawPointer(owner.start), count: owner.count)
  }

  /// A region over a copy of `bytes`.
  public init(copying bytes: some Collection<UInt8>) {
    let block = OwnedBytes(count: bytes.count)
    UnsafeMutableRawBufferPointer(start: block.start, count: block.count).copyBytes(from: bytes)
    self.init(owner: block)
  }

  /// The `count` bytes from `offset`, or nil when they are not all inside this region.
  public func slice(offset: Int, count length: Int) -> ByteRegion? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset, let owner else {
      return nil
    }
    return ByteRegion(owner: owner, start: start + offset, count: length)
  }

  /// Calls `body` with the bytes, which are valid only during the call.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try body(UnsafeRawBufferPointer(start: start, count: count))
    withExtendedLifetime(owner) {}
    return result
  }

  /// Lets the pages of a mapped file leave memory until they are looked at again.
  func releasePages() {
    guard let file = owner as? MappedFile else { return }
    withUnsafeBytes { file.release($0) }
  }

  /// The byte at `index`, or nil past the end.
  subscript(index: Int) -> UInt8? {
    guard index >= 0, index < count else { return nil }
    return byte(at: index)
  }

  /// The byte at `index`, which the caller has compared with `count`.
  @inline(__always)
  func byte(at index: Int) -> UInt8 {
    assert(index >= 0 && index < count)
    return start.load(fromByteOffset: index, as: UInt8.self)
  }

  /// A little-endian integer at `offset`, or nil when it is not inside this region.
  func littleEndian<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value? {
    guard offset >= 0, offset <= count, MemoryLayout<Value>.size <= count - offset else {
      return nil
    }
    let bits = start.loadUnaligned(fromByteOffset: offset, as: Value.self)
    return Value(littleEndian: bits)
  }

  /// True when the bytes from `offset` are exactly `prefix`.
  func starts(with prefix: some Collection<UInt8>, at offset: Int = 0) -> Bool {
    guard let head = slice(offset: offset, count: prefix.count) else { return false }
    return head.withUnsafeBytes { $0.elementsEqual(prefix) }
  }

  /// The bytes as text, or nil when they are not valid UTF-8.
  var utf8Text: String? {
    withUnsafeBytes { String(validating: $0, as: UTF8.self) }
  }

  /// The bytes as an array.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// A block of bytes on the heap, aligned for every element type.
final class OwnedBytes: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let count: Int

  init(count: Int) {
    self.count = count
    start = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64)
  }

  deinit { start.deallocate() }
}
