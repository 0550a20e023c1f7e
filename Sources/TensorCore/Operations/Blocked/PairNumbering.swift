/// Numbers pairs of numbers in the order in which they are met, equal pairs alike: a hash table with
/// open addressing, for grids of millions.
struct PairNumbering {
  private var keys: [UInt64]
  private var numbers: [Int32]
  private var mask: Int
  /// How many different pairs were met.
  private(set) var count = 0

  init(expecting capacity: Int) {
    var size = 64
    while size < 2 * min(capacity, 1 << 12) { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    numbers = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  /// The number of the pair.
  mutating func number(_ first: Int32, _ second: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    var slot = Self.slot(key, mask)
    while numbers[slot] >= 0 {
      if keys[slot] == key { return numbers[slot] }
      slot = (slot + 1) & mask
    }
    if 2 * (count + 1) > keys.count {
      grow()
      slot = Self.slot(key, mask)
      while numbers[slot] >= 0 { slot = (slot + 1) & mask }
    }
    keys[slot] = key
    numbers[slot] = Int32(count)
    count += 1
    return numbers[slot]
  }

  private static func slot(_ key: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
  }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    let size = keys.count * 4
    keys = [UInt64](repeating: 0, count: size)
    numbers = [Int32](repeating: -1, count: size)
    mask = size - 1
    for (key, number) in zip(oldKeys, oldNumbers) where number >= 0 {
      var slot = Self.slot(key, mask)
      while numbers[slot] >= 0 { slot = (slot + 1) & mask }
      keys[slot] = key
      numbers[slot] = number
    }
  }
}
