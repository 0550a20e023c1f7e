/// Collects the tensors and settings of a pickle under dotted names.
struct PickleWalker {
  private(set) var tensors: [String: CheckpointTensor] = [:]
  private(set) var attributes: [String: Checkpoint.Attribute] = [:]
  private let graph: PickleGraph
  private let budget: MemoryBudget

  /// Containers nest no deeper than this in any checkpoint.
  static let maximumDepth = 100
  /// Longest name of a tensor.
  static let maximumNameLength = 1024

  init(_ graph: PickleGraph, budget: MemoryBudget) {
    self.graph = graph
    self.budget = budget
  }

  /// Visits everything below the root.
  mutating func walk() throws(ContainerProblem) {
    if let networks = graph.tuple(graph.root), networks.count == 3,
      networks.allSatisfy(isTensorFlowNetwork)
    {
      for (name, network) in zip(["G", "D", "Gs"], networks) {
        try visit(network, name: name, depth: 1)
      }
    } else {
      try visit(graph.root, name: "", depth: 0)
    }
  }

  private func isTensorFlowNetwork(_ value: PickleValue) -> Bool {
    guard case .object(.tensorFlowNetwork)? = graph.node(value)?.kind else { return false }
    return true
  }

  private mutating func visit(
    _ value: PickleValue, name: String, depth: Int
  ) throws(ContainerProblem) {
    // The same container may be reached on many ways, so visits are charged, not containers.
    guard budget.takeStep() else {
      throw .pickle(.tooManySteps(budget.stepLimit), at: graph.end)
    }
    if let index = graph.tensorIndex(value) { return try add(index, name: name) }
    switch value {
    case .bool(let value): try add(.bool(value), name)
    case .integer(let value): try add(.integer(value), name)
    case .double(let value): try add(.double(value), name)
    case .text(let region):
      if region.count <= Self.maximumNameLength, let text = region.utf8Text {
        try add(.text(text), name)
      }
    case .node(let index):
      guard depth < Self.maximumDepth else { throw .nestedTooDeep(Self.maximumDepth) }
      try visit(graph.nodes[index], name: name, depth: depth)
    case .none, .largeInteger, .bytes, .global, .storage, .tensor: return
    }
  }

  private mutating func visit(
    _ node: PickleNode, name: String, depth: Int
  ) throws(ContainerProblem) {
    switch node.kind {
    case .tuple, .list, .set:
      for (index, item) in node.items.enumerated() {
        try visit(item, name: try join(name, "\(index)"), depth: depth + 1)
      }
    case .dictionary:
      for index in stride(from: 0, to: node.items.count - 1, by: 2) {
        guard let key = keyText(node.items[index]) else { continue }
        try visit(node.items[index + 1], name: try join(name, key), depth: depth + 1)
      }
    case .object(.persistentObject): try visitPersistent(node, name: name, depth: depth)
    case .object(.tensorFlowNetwork):
      try visitTensorFlow(node.state, name: name, depth: depth)
    case .object(.inert): try visitModule(node.state, name: name, depth: depth)
    case .object: try visit(node.state, name: name, depth: depth)
    case .numPyType, .numPyArray: return
    }
  }

  private func keyText(_ key: PickleValue) -> String? {
    switch key {
    case .integer(let number): "\(number)"
    default: graph.text(key)
    }
  }

  private func join(_ prefix: String, _ part: String) throws(ContainerProblem) -> String {
    guard prefix.utf8.count + part.utf8.count < Self.maximumNameLength else {
      throw .nameTooLong(Self.maximumNameLength)
    }
    return prefix.isEmpty ? part : "\(prefix).\(part)"
  }

  // Modules

  /// An object of the persistence format: {type, version, module_src, class_name, state}.
  private mutating func visitPersistent(
    _ node: PickleNode, name: String, depth: Int
  ) throws(ContainerProblem) {
    guard let meta = node.items.first else { return }
    if let version = graph.lookUp("version", in: meta), case .integer(let number) = version,
      number != 6
    {
      throw .unknownPersistence(version: number)
    }
    if let type = graph.lookUp("class_name", in: meta), let text = graph.text(type) {
      try add(.text(text), try join(name, "class_name"))
    }
    if let state = graph.lookUp("state", in: meta) {
      try visitModule(state, name: name, depth: depth)
    }
  }

  /// The attribute dictionary of a PyTorch module: parameters, buffers and modules go by their own
  /// names, other attributes beside them.
  private mutating func visitModule(
    _ state: PickleValue, name: String, depth: Int
  ) throws(ContainerProblem) {
    guard let node = graph.node(state), case .dictionary = node.kind else { return }
    for index in stride(from: 0, to: node.items.count - 1, by: 2) {
      guard let key = keyText(node.items[index]) else { continue }
      switch key {
      case "_parameters", "_buffers", "_modules":
        try visit(node.items[index + 1], name: name, depth: depth + 1)
      case _ where key.hasSuffix("_hooks") || key == "_non_persistent_buffers_set": continue
      default: try visit(node.items[index + 1], name: try join(name, key), depth: depth + 1)
      }
    }
  }

  /// A network of StyleGAN2 for TensorFlow: {variables: [(name, array)], components, ...}.
  private mutating func visitTensorFlow(
    _ state: PickleValue, name: String, depth: Int
  ) throws(ContainerProblem) {
    guard depth < Self.maximumDepth else { throw .nestedTooDeep(Self.maximumDepth) }
    for key in ["version", "static_kwargs", "components"] {
      guard let value = graph.lookUp(key, in: state) else { continue }
      let inner = key == "components" ? name : try join(name, key)
      try visit(value, name: inner, depth: depth + 1)
    }
    guard let variables = graph.lookUp("variables", in: state).flatMap(graph.sequence) else {
      return
    }
    for variable in variables {
      guard budget.takeStep() else {
        throw .pickle(.tooManySteps(budget.stepLimit), at: graph.end)
      }
      guard let pair = graph.sequence(variable), pair.count == 2, let key = graph.text(pair[0])
      else { continue }
      let inner = try join(name, key)
      if case .double(let value) = pair[1] {
        // A variable without dimensions is stored as a number.
        tensors[inner] = CheckpointTensor(floats: [Float(value)], shape: [])
      } else {
        try visit(pair[1], name: inner, depth: depth + 1)
      }
    }
  }

  // Leaves

  private mutating func add(
    _ attribute: Checkpoint.Attribute, _ name: String
  ) throws(ContainerProblem) {
    guard budget.take(bytes: 2 * name.utf8.count) else {
      throw .pickle(.tooMuchMemory(budget.byteLimit), at: graph.end)
    }
    attributes[name] = attribute
  }

  private mutating func add(_ index: Int, name: String) throws(ContainerProblem) {
    let plan = graph.tensors[index]
    let storage = graph.storages[plan.storage]
    let name = name.isEmpty ? "tensor" : name
    guard budget.take(bytes: 2 * name.utf8.count) else {
      throw .pickle(.tooMuchMemory(budget.byteLimit), at: graph.end)
    }
    guard let bytes = storage.bytes else { throw .torch(.missingStorage(storage.key)) }
    guard tensors[name] == nil else { throw .duplicateTensor(name) }
    do throws(TensorProblem) {
      tensors[name] = try CheckpointTensor(
        plan.elementType, shape: plan.shape, strides: plan.strides, offset: plan.offset,
        storage: bytes, isBigEndian: storage.isBigEndian)
    } catch { throw .tensor(name: name, error) }
  }
}
