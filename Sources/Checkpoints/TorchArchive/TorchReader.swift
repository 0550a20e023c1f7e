/// Reads what `torch.save` writes: zip archives (PyTorch 1.6 and later) and legacy streams.
enum TorchReader {
  /// Storages inside storages of plain pickles nest no deeper than this.
  static let maximumDepth = 4

  /// The first bytes of a legacy stream: a pickle of the number 0x1950A86A20F9469CFC6C.
  private static let legacyMagic: [UInt8] = [
    0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ]

  /// True when `file` begins as a legacy stream.
  static func isLegacy(_ file: ByteRegion) -> Bool {
    guard file[0] == 0x80 else { return false }
    let hasFrame = file[2] == 0x95
    return file.starts(with: legacyMagic, at: hasFrame ? 11 : 2)
  }

  /// The block that nested bytes (a whole PyTorch file) describe.
  static func nestedStorage(
    _ bytes: ByteRegion, budget: MemoryBudget, depth: Int
  ) throws(ContainerProblem) -> TorchStorage {
    guard depth <= maximumDepth else { throw .torch(.nestedTooDeep(maximumDepth)) }
    let graph: PickleGraph
    if bytes.starts(with: [0x50, 0x4b]) {
      graph = try readZip(try open(bytes), budget: budget, depth: depth)
    } else if isLegacy(bytes) {
      graph = try readLegacy(bytes, budget: budget, depth: depth)
    } else {
      throw .torch(.badNestedStorage)
    }
    guard case .storage(let index) = graph.root else { throw .torch(.badNestedStorage) }
    return graph.storages[index]
  }

  static func open(_ bytes: ByteRegion) throws(ContainerProblem) -> ZipArchive {
    do throws(ZipProblem) { return try ZipArchive(bytes) } catch { throw .zip(error) }
  }

  // Zip archives

  /// The name of the pickle in an archive, or nil when it is not one of PyTorch's.
  static func pickleName(in archive: ZipArchive) -> String? {
    archive.names.first { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }
  }

  /// Reads the archive's pickle and finds all storages.
  static func readZip(
    _ archive: ZipArchive, budget: MemoryBudget, depth: Int = 0
  ) throws(ContainerProblem) -> PickleGraph {
    guard let name = pickleName(in: archive) else { throw .torch(.noPickle) }
    let folder = String(name.dropLast("data.pkl".count))
    guard !archive.contains("\(folder)constants.pkl") else { throw .torch(.torchScript) }
    guard let pickle = try record(name, of: archive, budget) else { throw .torch(.noPickle) }
    var isBigEndian = false
    if let order = try record("\(folder)byteorder", of: archive, budget)?.utf8Text {
      guard order == "little" || order == "big" else { throw .torch(.unknownByteOrder(order)) }
      isBigEndian = order == "big"
    }
    var graph = try PickleMachine.read(pickle, hasStorages: true, budget: budget, depth: depth)
    var records: [String: ByteRegion] = [:]
    for index in graph.storages.indices where graph.storages[index].bytes == nil {
      let key = graph.storages[index].key
      guard !key.contains("/"), !key.contains("\\"), key != "..", key != "." else {
        throw .torch(.badStorageKey(key))
      }
      if records[key] == nil {
        records[key] = try record("\(folder)data/\(key)", of: archive, budget)
      }
      guard let bytes = records[key] else { throw .torch(.missingStorage(key)) }
      graph.storages[index].isBigEndian = isBigEndian
      try graph.storages[index].fill(with: bytes)
    }
    return graph
  }

  private static func record(
    _ name: String, of archive: ZipArchive, _ budget: MemoryBudget
  ) throws(ContainerProblem) -> ByteRegion? {
    do throws(ZipProblem) { return try archive.read(name, budget: budget) } catch {
      throw .zip(error)
    }
  }

  // Legacy streams

  /// Reads a stream of five pickles (magic, version, machine, object, keys) and the storages
  /// behind them.
  static func readLegacy(
    _ file: ByteRegion, budget: MemoryBudget, depth: Int = 0
  ) throws(ContainerProblem) -> PickleGraph {
    var end = try PickleMachine.read(file, budget: budget, depth: depth).end
    let version = try PickleMachine.read(file, from: end, budget: budget, depth: depth)
    guard case .integer(1001) = version.root else { throw .torch(.unknownLegacyVersion) }
    let machine = try PickleMachine.read(file, from: version.end, budget: budget, depth: depth)
    if case .bool(false)? = machine.lookUp("little_endian", in: machine.root) {
      throw .torch(.bigEndianLegacy)
    }
    var graph = try PickleMachine.read(
      file, from: machine.end, hasStorages: true, budget: budget, depth: depth)
    let list = try PickleMachine.read(file, from: graph.end, budget: budget, depth: depth)
    guard let keys = list.sequence(list.root) else { throw .torch(.badKeyList) }
    end = list.end

    var byKey: [String: [Int]] = [:]
    for index in graph.storages.indices where graph.storages[index].bytes == nil {
      byKey[graph.storages[index].key, default: []].append(index)
    }
    for key in keys {
      guard let key = list.text(key), let users = byKey.removeValue(forKey: key),
        let first = users.first
      else { throw .torch(.badKeyList) }
      let size = graph.storages[first].elementType.bitWidth / 8
      guard let count = file.littleEndian(Int64.self, at: end).flatMap(Int.init(exactly:)),
        count >= 0, count <= file.count / size,
        let bytes = file.slice(offset: end + 8, count: count * size)
      else { throw .torch(.storagePastEnd(key)) }
      for user in users { try graph.storages[user].fill(with: bytes) }
      end += 8 + count * size
    }
    if let missing = byKey.keys.min() { throw .torch(.missingStorage(missing)) }
    return graph
  }
}

extension TorchStorage {
  /// Takes the block's bytes, or the stated part of them, after comparing their number.
  fileprivate mutating func fill(with block: ByteRegion) throws(ContainerProblem) {
    let size = elementType.bitWidth / 8
    guard elementCount >= 0, block.count / size == elementCount, block.count % size == 0 else {
      throw .torch(
        .wrongStorageSize(key: key, elements: elementCount, type: elementType, bytes: block.count))
    }
    guard let view else {
      bytes = block
      return
    }
    guard view.offset >= 0, view.count >= 0, view.offset <= elementCount,
      view.count <= elementCount - view.offset,
      let part = block.slice(offset: view.offset * size, count: view.count * size)
    else { throw .torch(.viewOutsideStorage(key)) }
    bytes = part
  }
}
