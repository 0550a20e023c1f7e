/// Reads one file of a format other than safetensors into flat names.
struct CheckpointContents {
  private(set) var format: Checkpoint.Format
  private(set) var tensors: [String: CheckpointTensor] = [:]
  private(set) var attributes: [String: Checkpoint.Attribute] = [:]
  private let budget: MemoryBudget

  init(_ file: ByteRegion, format: Checkpoint.Format) throws(ContainerProblem) {
    self.format = format
    budget = MemoryBudget(fileSize: file.count)
    switch format {
    case .npy: try readArray(file, name: "array")
    case .torchArchive:
      let archive = try TorchReader.open(file)
      if TorchReader.pickleName(in: archive) != nil {
        try flatten(try TorchReader.readZip(archive, budget: budget))
      } else {
        self.format = .npz
        try readArchive(archive)
      }
    case .torchStream: try flatten(try TorchReader.readLegacy(file, budget: budget))
    case .pickle:
      let graph = try PickleMachine.read(file, budget: budget)
      guard graph.end == file.count else {
        throw .trailingBytes(count: file.count - graph.end)
      }
      try flatten(graph)
    case .npz, .safetensors: throw .torch(.noPickle)
    }
    try checkTotal(fileSize: file.count)
  }

  private mutating func flatten(_ graph: PickleGraph) throws(ContainerProblem) {
    var walker = PickleWalker(graph, budget: budget)
    try walker.walk()
    tensors = walker.tensors
    attributes = walker.attributes
  }

  private mutating func readArchive(_ archive: ZipArchive) throws(ContainerProblem) {
    for name in archive.names {
      guard name.hasSuffix(".npy") else { throw .numpy(.notAnArrayIn(name)) }
      let bytes: ByteRegion?
      do throws(ZipProblem) { bytes = try archive.read(name, budget: budget) } catch {
        throw .zip(error)
      }
      if let bytes { try readArray(bytes, name: String(name.dropLast(4))) }
    }
  }

  private mutating func readArray(_ file: ByteRegion, name: String) throws(ContainerProblem) {
    let content: NumPyReader.Content
    do throws(NumPyProblem) { content = try NumPyReader.read(file) } catch {
      throw .numpy(error)
    }
    switch content {
    case .array(let tensor): tensors[name] = tensor
    case .pickle(let bytes):
      guard format == .npy else { throw .numpy(.unknownType("object")) }
      try flatten(try PickleMachine.read(bytes, budget: budget))
    }
  }

  /// Bounds what converting all tensors would cost: views can repeat one stored element without
  /// end, real checkpoints hardly do.
  private func checkTotal(fileSize: Int) throws(ContainerProblem) {
    let limit = min(fileSize, Int.max >> 3) * 4 + 64 << 20
    var total = 0
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let (sum, overflow) = total.addingReportingOverflow(tensor.byteCount)
      guard !overflow, sum <= limit else { throw .tensorsTooLarge(name: name, limit: limit) }
      total = sum
    }
  }
}
