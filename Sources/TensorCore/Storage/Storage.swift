/// A block of floats from the pool, 64-byte aligned; it returns there with its last reference.
public final class Storage {
  /// The first float.
  public let base: UnsafeMutablePointer<Float>
  /// How many floats there are.
  public let count: Int

  /// A block of `count` floats with undefined content.
  public init(count: Int) {
    self.count = count
    base = StoragePool.take(bytes: max(count, 1) * MemoryLayout<Float>.stride)
      .bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit {
    StoragePool.give(
      UnsafeMutableRawPointer(base), bytes: max(count, 1) * MemoryLayout<Float>.stride)
  }
}
