/// Reads the header of a safetensors file and checks all that the format demands of it, as the
/// reference library does, and beyond that: the header begins with '{' and no key occurs twice.
struct SafetensorsReader {
  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [String: CheckpointTensor] = [:]

  /// Longest header, in bytes (the limit of the reference library).
  static let maximumHeaderLength = 100_000_000
  /// Most tensors, and most metadata entries, of one file.
  static let maximumEntries = 100_000
  /// Most dimensions of a tensor.
  static let maximumRank = 64

  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// Reads the file whose bytes are `file`.
  init(_ file: ByteRegion) throws(SafetensorsProblem) {
    guard let stated = file.littleEndian(UInt64.self, at: 0) else {
      throw .tooShort(count: file.count)
    }
    guard stated <= UInt64(Self.maximumHeaderLength) else { throw .headerTooLong(stated) }
    guard let header = file.slice(offset: 8, count: Int(stated)) else {
      throw .headerPastEnd(stated: Int(stated), available: file.count - 8)
    }
    guard header.starts(with: [0x7b]) else { throw .headerStart(header[0]) }
    guard let data = file.slice(offset: 8 + header.count, count: file.count - 8 - header.count)
    else { throw .headerPastEnd(stated: header.count, available: file.count - 8) }

    var entries: [Entry] = []
    try header.withUnsafeBytes { (bytes) throws(SafetensorsProblem) in
      guard String(validating: bytes, as: UTF8.self) != nil else { throw .headerNotUTF8 }
      try parse(bytes, into: &entries)
    }
    try place(entries, in: data)
  }

  private mutating func parse(
    _ bytes: UnsafeRawBufferPointer, into entries: inout [Entry]
  ) throws(SafetensorsProblem) {
    var scanner = JSONScanner(bytes)
    var names: Set<String> = []
    var metadata: [String: String] = [:]
    try scanner.object(orThrow: SafetensorsProblem.json) {
      (scanner, name) throws(SafetensorsProblem) in
      guard names.insert(name).inserted else { throw .duplicateKey(name) }
      guard names.count <= Self.maximumEntries else { throw .tooManyEntries(Self.maximumEntries) }
      if name == "__metadata__" {
        try scanner.object(orThrow: SafetensorsProblem.json) {
          (scanner, key) throws(SafetensorsProblem) in
          do throws(JSONScanner.Failure) {
            let old = metadata.updateValue(try scanner.string(), forKey: key)
            if old == nil, metadata.count <= Self.maximumEntries { return }
          } catch { throw .metadataNotText(key: key) }
          guard metadata.count <= Self.maximumEntries else {
            throw .tooManyEntries(Self.maximumEntries)
          }
          throw .duplicateKey("__metadata__.\(key)")
        }
      } else {
        entries.append(try Self.entry(named: name, &scanner))
      }
    }
    do throws(JSONScanner.Failure) { try scanner.expectEnd() } catch { throw .json(error) }
    self.metadata = metadata
  }

  private static func entry(
    named name: String, _ scanner: inout JSONScanner
  ) throws(SafetensorsProblem) -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object(orThrow: SafetensorsProblem.json) {
      (scanner, key) throws(SafetensorsProblem) in
      do throws(JSONScanner.Failure) {
        switch key {
        case "dtype" where type == nil: type = try scanner.string()
        case "shape" where shape == nil:
          shape = try scanner.unsignedIntegers(limit: Self.maximumRank)
        case "data_offsets" where offsets == nil:
          offsets = try scanner.unsignedIntegers(limit: 2)
        case "dtype", "shape", "data_offsets":
          throw JSONScanner.Failure(
            expected: "'\(key)' only once", position: scanner.position)
        default: try scanner.skipValue()
        }
      } catch {
        throw .jsonSyntax(expected: error.expected, position: error.position, tensor: name)
      }
    }
    guard let type else { throw .missingField(tensor: name, field: "dtype") }
    guard let shape else { throw .missingField(tensor: name, field: "shape") }
    guard let offsets, offsets.count == 2 else {
      throw .missingField(tensor: name, field: "data_offsets")
    }
    guard let elementType = ElementType(rawValue: type), elementType != .c128 else {
      throw .unknownElementType(tensor: name, type: type)
    }
    return Entry(
      name: name, type: elementType, shape: shape, begin: offsets[0], end: offsets[1])
  }

  /// Checks that the entries cover the data from its first to its last byte, each once.
  private mutating func place(
    _ entries: [Entry], in data: ByteRegion
  ) throws(SafetensorsProblem) {
    tensors.reserveCapacity(entries.count)
    var next = 0
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard entry.begin == next, entry.end >= entry.begin else {
        throw .badOffsets(
          tensor: entry.name, begin: entry.begin, end: entry.end, expectedBegin: next)
      }
      guard let bytes = data.slice(offset: entry.begin, count: entry.end - entry.begin) else {
        throw .dataPastEnd(tensor: entry.name, end: entry.end, available: data.count)
      }
      do throws(TensorProblem) {
        tensors[entry.name] = try CheckpointTensor(
          entry.type, shape: entry.shape, storage: bytes)
      } catch { throw .tensor(name: entry.name, error) }
      next = entry.end
    }
    guard next == data.count else { throw .uncoveredData(covered: next, available: data.count) }
  }
}
