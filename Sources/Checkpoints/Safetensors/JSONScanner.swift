/// A strict reader of JSON text that hands out one token at a time and builds no tree, so that its
/// memory does not depend on what the text describes.
struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  /// Nesting beyond this depth is refused.
  static let maximumDepth = 64

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Why the text is not JSON, or not what was asked for, and at which byte.
  struct Failure: Error, Equatable {
    let expected: String
    let position: Int
  }

  private func failure(_ expected: String) -> Failure {
    Failure(expected: expected, position: position)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  /// Passes over `character` (after white space), or does nothing and returns false.
  mutating func skip(_ character: Character) -> Bool {
    skipSpace()
    guard current == character.asciiValue else { return false }
    position += 1
    return true
  }

  /// Passes over `character` or fails.
  mutating func expect(_ character: Character) throws(Failure) {
    guard skip(character) else { throw failure("'\(character)'") }
  }

  /// Fails unless only white space is left.
  mutating func expectEnd() throws(Failure) {
    skipSpace()
    guard position == bytes.count else { throw failure("the end of the text") }
  }

  /// Reads an object: `member` is called with each key and must read its value.
  mutating func object<Problem: Error>(
    orThrow: (Failure) -> Problem,
    _ member: (inout JSONScanner, String) throws(Problem) -> Void
  ) throws(Problem) {
    do throws(Failure) { try expect("{") } catch { throw orThrow(error) }
    if skip("}") { return }
    repeat {
      let key: String
      do throws(Failure) {
        key = try string()
        try expect(":")
      } catch { throw orThrow(error) }
      try member(&self, key)
    } while skip(",")
    do throws(Failure) { try expect("}") } catch { throw orThrow(error) }
  }

  /// Reads an array of unsigned integers, at most `limit` of them.
  mutating func unsignedIntegers(limit: Int) throws(Failure) -> [Int] {
    try expect("[")
    var values: [Int] = []
    if skip("]") { return values }
    repeat {
      guard values.count < limit else { throw failure("at most \(limit) integers") }
      values.append(try unsignedInteger())
    } while skip(",")
    try expect("]")
    return values
  }

  /// Reads an integer that is not negative and fits into 63 bits.
  mutating func unsignedInteger() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while let byte = current, byte >= 0x30, byte <= 0x39 {
      if position > start, value == 0 { throw failure("an integer without leading zeros") }
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tenfold.addingReportingOverflow(Int(byte - 0x30))
      if overflow || sumOverflow { throw failure("an integer below 2^63") }
      value = sum
      position += 1
    }
    if position == start { throw failure("an unsigned integer") }
    if let byte = current, byte == 0x2e || byte == 0x65 || byte == 0x45 {
      throw failure("an unsigned integer")
    }
    return value
  }

  /// Reads a string.
  mutating func string() throws(Failure) -> String {
    skipSpace()
    guard current == 0x22 else { throw failure("a string") }
    position += 1
    let start = position
    while let byte = current, byte != 0x22, byte != 0x5c, byte >= 0x20 { position += 1 }
    if current == 0x22 {
      let plain = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
      guard let text = String(validating: plain, as: UTF8.self) else {
        throw failure("valid UTF-8")
      }
      position += 1
      return text
    }
    var text = Array(bytes[start..<position])
    while true {
      guard let byte = current else { throw failure("the end of the string") }
      position += 1
      switch byte {
      case 0x22:
        guard let whole = String(validating: text, as: UTF8.self) else {
          throw failure("valid UTF-8")
        }
        return whole
      case 0x5c: text.append(contentsOf: String(try escape()).utf8)
      case ..<0x20: throw failure("no control character in a string")
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard let byte = current else { throw failure("an escape") }
    position += 1
    switch byte {
    case 0x22: return "\""
    case 0x5c: return "\\"
    case 0x2f: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{c}"
    case 0x6e: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: break
    default: throw failure("a known escape")
    }
    var value = try hexadecimal()
    if value >= 0xd800, value < 0xdc00, current == 0x5c {
      position += 1
      guard current == 0x75 else { throw failure("the second half of a surrogate pair") }
      position += 1
      let low = try hexadecimal()
      guard low >= 0xdc00, low < 0xe000 else {
        throw failure("the second half of a surrogate pair")
      }
      value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure("a whole surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Passes over one value of any kind, checking that it is well formed.
  mutating func skipValue() throws(Failure) {
    var closers: [Character] = []
    repeat {
      skipSpace()
      switch current {
      case 0x7b:
        position += 1
        if !skip("}") {
          try open("}", &closers)
          try skipKey()
          continue
        }
      case 0x5b:
        position += 1
        if !skip("]") {
          try open("]", &closers)
          continue
        }
      case 0x22: _ = try string()
      default: try skipScalar()
      }
      while let closer = closers.last {
        if skip(",") {
          if closer == "}" { try skipKey() }
          break
        }
        try expect(closer)
        closers.removeLast()
      }
    } while !closers.isEmpty
  }

  private func open(_ closer: Character, _ closers: inout [Character]) throws(Failure) {
    guard closers.count < Self.maximumDepth else {
      throw failure("nesting of at most \(Self.maximumDepth) levels")
    }
    closers.append(closer)
  }

  private mutating func skipKey() throws(Failure) {
    _ = try string()
    try expect(":")
  }

  private mutating func skipScalar() throws(Failure) {
    for word in ["true", "false", "null"] {
      if bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return
      }
    }
    if current == 0x2d { position += 1 }
    let whole = try skipDigits()
    if whole > 1, bytes[position - whole] == 0x30 {
      throw failure("a number without leading zeros")
    }
    if current == 0x2e {
      position += 1
      _ = try skipDigits()
    }
    if current == 0x65 || current == 0x45 {
      position += 1
      if current == 0x2b || current == 0x2d { position += 1 }
      _ = try skipDigits()
    }
  }

  private mutating func skipDigits() throws(Failure) -> Int {
    let start = position
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw failure("a JSON value") }
    return position - start
  }
}
