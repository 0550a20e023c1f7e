/// Reads NumPy files: .npy (versions 1 to 3) and .npz archives of them.
enum NumPyReader {
  /// The first bytes of a .npy file.
  static let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

  /// What a .npy file holds.
  enum Content {
    case array(CheckpointTensor)
    /// An array of Python objects, stored as a pickle.
    case pickle(ByteRegion)
  }

  /// Reads a .npy file.
  static func read(_ file: ByteRegion) throws(NumPyProblem) -> Content {
    guard file.starts(with: magic), let version = file[6], file[7] != nil else {
      throw .notAnArray
    }
    guard version >= 1, version <= 3 else { throw .unknownVersion(Int(version)) }
    let prefix = version == 1 ? 10 : 12
    let length =
      version == 1
      ? file.littleEndian(UInt16.self, at: 8).map(Int.init)
      : file.littleEndian(UInt32.self, at: 8).map(Int.init)
    guard let length, length <= 1 << 16, let header = file.slice(offset: prefix, count: length),
      let data = file.slice(offset: prefix + length, count: file.count - prefix - length)
    else { throw .headerPastEnd }
    var parser = NumPyHeader(header)
    try parser.parse()
    if parser.type == "|O" || parser.type == "O" { return .pickle(data) }
    guard let type = NumPyType.elementType(code: parser.type) else {
      throw .unknownType(parser.type)
    }
    return .array(try array(type, parser, data))
  }

  private static func array(
    _ type: ElementType, _ header: NumPyHeader, _ data: ByteRegion
  ) throws(NumPyProblem) -> CheckpointTensor {
    let shape = header.shape
    let isBigEndian = header.type.hasPrefix(">")
    do throws(TensorProblem) {
      let rowMajor = try CheckpointTensor(
        type, shape: shape, storage: data, isBigEndian: isBigEndian)
      guard header.isFortran else { return rowMajor }
      return try CheckpointTensor(
        type, shape: shape,
        strides: CheckpointTensor.rowMajorStrides(shape.reversed()).reversed(), offset: 0,
        storage: data, isBigEndian: isBigEndian)
    } catch { throw .tensor(error) }
  }
}

/// The header of a .npy file: a Python dictionary with exactly three entries.
struct NumPyHeader {
  private let text: [UInt8]
  private var position = 0
  private(set) var type = ""
  private(set) var isFortran = false
  private(set) var shape: [Int] = []

  init(_ header: ByteRegion) { text = header.array }

  /// Reads the dictionary.
  mutating func parse() throws(NumPyProblem) {
    var seen: Set<String> = []
    try expect(0x7b)
    while !skip(0x7d) {
      let key = try string()
      guard seen.insert(key).inserted else { throw .badHeader(position) }
      try expect(0x3a)
      switch key {
      case "descr":
        skipSpace()
        // A list describes a structure.
        if position < text.count, text[position] == 0x5b { throw .unknownType("structure") }
        type = try string()
      case "fortran_order": isFortran = try boolean()
      case "shape": shape = try tuple()
      default: throw .badHeader(position)
      }
      if !skip(0x2c) {
        try expect(0x7d)
        break
      }
    }
    skipSpace()
    guard seen.count == 3, position == text.count else { throw .badHeader(position) }
  }

  private mutating func skipSpace() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x0a { position += 1 }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(NumPyProblem) {
    guard skip(byte) else { throw .badHeader(position) }
  }

  private mutating func string() throws(NumPyProblem) -> String {
    skipSpace()
    guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else {
      throw .badHeader(position)
    }
    let quote = text[position]
    let start = position + 1
    guard let end = text[start...].firstIndex(of: quote), end - start <= 64,
      let value = String(validating: text[start..<end], as: UTF8.self)
    else { throw .badHeader(position) }
    position = end + 1
    return value
  }

  private mutating func boolean() throws(NumPyProblem) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw .badHeader(position)
  }

  private mutating func tuple() throws(NumPyProblem) -> [Int] {
    try expect(0x28)
    var values: [Int] = []
    while !skip(0x29) {
      skipSpace()
      let start = position
      while position < text.count, text[position] >= 0x30, text[position] <= 0x39 { position += 1 }
      guard values.count < SafetensorsReader.maximumRank,
        let digits = String(validating: text[start..<position], as: UTF8.self),
        let value = Int(digits)
      else { throw .badHeader(start) }
      values.append(value)
      _ = skip(0x4c)  // Python 2 writes long integers as 12L.
      if !skip(0x2c) {
        try expect(0x29)
        break
      }
    }
    return values
  }
}
