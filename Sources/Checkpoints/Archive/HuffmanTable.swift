/// A prefix code of DEFLATE: short codes by a table over the next bits, long ones bit by bit.
struct HuffmanTable {
  /// Longest code, in bits.
  static let longest = 15
  private static let shortLength = 9

  /// Symbol above, code length in the lowest four bits; 0 where no short code fits.
  private var short: [UInt16]
  /// How many codes there are of each length.
  private var counts = [Int](repeating: 0, count: longest + 1)
  /// Symbols by length of their code, then by their own order.
  private var symbols: [UInt16] = []

  /// The code with these lengths (zero for symbols that do not occur), or nil when there are more
  /// codes than fit. A code that leaves bit patterns unused is accepted: they are refused when
  /// they occur.
  init?(_ lengths: [UInt8]) {
    short = [UInt16](repeating: 0, count: 1 << Self.shortLength)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var room = 1
    var starts = [Int](repeating: 0, count: Self.longest + 2)
    for length in 1...Self.longest {
      room = room << 1 - counts[length]
      if room < 0 { return nil }
      starts[length + 1] = starts[length] + counts[length]
    }
    symbols = [UInt16](repeating: 0, count: starts[Self.longest + 1])
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[starts[Int(length)]] = UInt16(symbol)
      starts[Int(length)] += 1
    }
    fillShort()
  }

  private mutating func fillShort() {
    var code = 0
    var index = 0
    for length in 1...Self.shortLength {
      for _ in 0..<counts[length] {
        // Codes come highest bit first, the table is indexed lowest bit first.
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
        for place in stride(from: reversed, to: short.count, by: 1 << length) {
          short[place] = symbols[index] << 4 | UInt16(length)
        }
        code += 1
        index += 1
      }
      code <<= 1
    }
  }

  /// The symbol that the low bits of `bits` begin with and the length of its code, or length 0
  /// when they begin with no code.
  @inline(__always)
  func entry(for bits: Int) -> (symbol: Int, length: Int) {
    let entry = short[bits & (1 << Self.shortLength - 1)]
    return entry == 0 ? longEntry(for: bits) : (Int(entry >> 4), Int(entry & 15))
  }

  private func longEntry(for bits: Int) -> (symbol: Int, length: Int) {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...Self.longest {
      code |= bits >> (length - 1) & 1
      if code - first < counts[length] { return (Int(symbols[index + code - first]), length) }
      index += counts[length]
      first = (first + counts[length]) << 1
      code <<= 1
    }
    return (0, 0)
  }
}
