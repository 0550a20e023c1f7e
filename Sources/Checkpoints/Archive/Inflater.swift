/// Decompresses DEFLATE data (RFC 1951) of known size into a block of exactly that size.
///
/// It writes nowhere but into that block and stops at the first bit that breaks the format, so it
/// needs no more trust in the data than that it ends.
struct Inflater {
  /// Why the data are not valid.
  enum Failure: Error, Equatable {
    case endsEarly
    case badBlock
    case badCode
    case badDistance
    case tooLong
    case tooShort
  }

  private let source: UnsafeRawBufferPointer
  private var next = 0
  private var bits: UInt64 = 0
  private var bitCount = 0
  private let target: UnsafeMutableRawBufferPointer
  private var filled = 0

  /// The `size` bytes that `data` decompress to.
  static func inflate(_ data: ByteRegion, size: Int) throws(Failure) -> ByteRegion {
    let block = OwnedBytes(count: size)
    try data.withUnsafeBytes { (source) throws(Failure) in
      var inflater = Inflater(
        source: source,
        target: UnsafeMutableRawBufferPointer(start: block.start, count: size))
      try inflater.run()
    }
    return ByteRegion(owner: block)
  }

  private init(source: UnsafeRawBufferPointer, target: UnsafeMutableRawBufferPointer) {
    self.source = source
    self.target = target
  }

  private mutating func run() throws(Failure) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1:
        guard let literals = Self.fixedLiterals, let distances = Self.fixedDistances else {
          throw .badBlock
        }
        try decode(literals: literals, distances: distances)
      case 2:
        let (literals, distances) = try readTables()
        try decode(literals: literals, distances: distances)
      default: throw .badBlock
      }
    }
    guard filled == target.count else { throw .tooShort }
  }

  private mutating func refill() {
    while bitCount <= 56, next < source.count {
      bits |= UInt64(source[next]) &<< UInt64(bitCount)
      next += 1
      bitCount += 8
    }
  }

  private mutating func take(_ count: Int) throws(Failure) -> Int {
    if bitCount < count { refill() }
    guard bitCount >= count else { throw .endsEarly }
    let value = Int(bits & (1 &<< UInt64(count) &- 1))
    bits &>>= UInt64(count)
    bitCount -= count
    return value
  }

  private mutating func copyStored() throws(Failure) {
    _ = try take(bitCount & 7)
    let length = try take(16)
    guard try take(16) == length ^ 0xffff else { throw .badBlock }
    guard length <= target.count - filled else { throw .tooLong }
    for _ in 0..<length {
      target[filled] = UInt8(truncatingIfNeeded: try take(8))
      filled += 1
    }
  }

  private mutating func symbol(_ table: HuffmanTable) throws(Failure) -> Int {
    if bitCount < HuffmanTable.longest { refill() }
    let entry = table.entry(for: Int(truncatingIfNeeded: bits) & (1 << HuffmanTable.longest - 1))
    guard entry.length > 0 else { throw .badCode }
    guard bitCount >= entry.length else { throw .endsEarly }
    bits &>>= UInt64(entry.length)
    bitCount -= entry.length
    return entry.symbol
  }

  private mutating func decode(
    literals: HuffmanTable, distances: HuffmanTable
  ) throws(Failure) {
    while true {
      let value = try symbol(literals)
      if value < 256 {
        guard filled < target.count else { throw .tooLong }
        target[filled] = UInt8(value)
        filled += 1
        continue
      }
      if value == 256 { return }
      guard value - 257 < Self.lengthBase.count else { throw .badCode }
      let length = Self.lengthBase[value - 257] + (try take(Self.lengthExtra[value - 257]))
      let code = try symbol(distances)
      guard code < Self.distanceBase.count else { throw .badDistance }
      let distance = Self.distanceBase[code] + (try take(Self.distanceExtra[code]))
      guard distance <= filled else { throw .badDistance }
      guard length <= target.count - filled else { throw .tooLong }
      for _ in 0..<length {
        target[filled] = target[filled - distance]
        filled += 1
      }
    }
  }

  private mutating func readTables() throws(Failure) -> (HuffmanTable, HuffmanTable) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let codeCount = try take(4) + 4
    guard literalCount <= 286 else { throw .badBlock }
    var codeLengths = [UInt8](repeating: 0, count: 19)
    for index in 0..<codeCount { codeLengths[Self.codeOrder[index]] = UInt8(try take(3)) }
    guard let codes = HuffmanTable(codeLengths) else { throw .badBlock }
    var lengths: [UInt8] = []
    while lengths.count < literalCount + distanceCount {
      let value = try symbol(codes)
      switch value {
      case 16:
        guard let last = lengths.last else { throw .badBlock }
        lengths.append(contentsOf: repeatElement(last, count: try take(2) + 3))
      case 17: lengths.append(contentsOf: repeatElement(0, count: try take(3) + 3))
      case 18: lengths.append(contentsOf: repeatElement(0, count: try take(7) + 11))
      default: lengths.append(UInt8(value))
      }
    }
    guard lengths.count == literalCount + distanceCount, lengths[256] > 0,
      let literals = HuffmanTable(Array(lengths[..<literalCount])),
      let distances = HuffmanTable(Array(lengths[literalCount...]))
    else { throw .badBlock }
    return (literals, distances)
  }

  private static let codeOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthExtra = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBase = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceExtra = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]
  private static let fixedLiterals = HuffmanTable(
    (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  private static let fixedDistances = HuffmanTable([UInt8](repeating: 5, count: 32))
}
