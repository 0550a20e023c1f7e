/// A 64-bit fingerprint of bytes that come piece by piece: XXH64 as its public specification
/// describes it, seed 0. It tells files apart; it does not protect against forgery.
public struct ContentHash: Sendable {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
  private var pending: [UInt8] = []
  private var total: UInt64 = 0

  /// The hash of no bytes so far.
  public init() { pending.reserveCapacity(32) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    total &+= UInt64(bytes.count)
    var start = 0
    if !pending.isEmpty {
      let missing = min(32 - pending.count, bytes.count)
      pending.append(contentsOf: bytes[0..<missing])
      start = missing
      if pending.count < 32 { return }
      let block = pending
      block.withUnsafeBytes { consume($0, from: 0) }
      pending.removeAll(keepingCapacity: true)
    }
    while start + 32 <= bytes.count {
      consume(bytes, from: start)
      start += 32
    }
    pending.append(contentsOf: bytes[start...])
  }

  /// Adds the bytes of a text.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The hash of everything added so far, as 16 hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The hash of everything added so far.
  public var value: UInt64 {
    var hash: UInt64
    if total >= 32 {
      hash =
        rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ round(0, lane)) &* Self.prime1 &+ Self.prime4
      }
    } else {
      hash = Self.prime5
    }
    hash &+= total
    pending.withUnsafeBytes { rest in
      var index = 0
      while index + 8 <= rest.count {
        let word = UInt64(littleEndian: rest.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        hash = rotate(hash ^ round(0, word), 27) &* Self.prime1 &+ Self.prime4
        index += 8
      }
      if index + 4 <= rest.count {
        let word = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        hash = rotate(hash ^ (UInt64(word) &* Self.prime1), 23) &* Self.prime2 &+ Self.prime3
        index += 4
      }
      while index < rest.count {
        hash = rotate(hash ^ (UInt64(rest[index]) &* Self.prime5), 11) &* Self.prime1
        index += 1
      }
    }
    hash = (hash ^ (hash >> 33)) &* Self.prime2
    hash = (hash ^ (hash >> 29)) &* Self.prime3
    return hash ^ (hash >> 32)
  }

  private mutating func consume(_ bytes: UnsafeRawBufferPointer, from start: Int) {
    func word(_ index: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + index, as: UInt64.self))
    }
    lanes.0 = round(lanes.0, word(0))
    lanes.1 = round(lanes.1, word(8))
    lanes.2 = round(lanes.2, word(16))
    lanes.3 = round(lanes.3, word(24))
  }

  private func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* Self.prime2, 31) &* Self.prime1
  }

  private func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value << bits | value >> (64 - bits)
  }
}
