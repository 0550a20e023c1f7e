// The fixed meaning of the names in the table when a pickle "calls" or "instantiates" them.

extension PickleMachine {
  /// REDUCE: pushes what `callee` with these arguments stands for.
  mutating func call(
    _ callee: PickleValue, arguments: PickleValue
  ) throws(ContainerProblem) {
    guard case .global(let global) = callee else { throw problem(.notCallable) }
    guard let arguments = graph.tuple(arguments) else { throw problem(.badArguments(global)) }
    let first = arguments.first ?? .none
    switch global {
    case .orderedDictionary, .dictionary: push(try dictionary(pairs: first, global))
    case .rebuildTensor: push(try tensor(arguments, type: nil, global))
    case .rebuildTensorWithType:
      guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
        throw problem(.badArguments(global))
      }
      push(try tensor(arguments, type: type, global))
    case .rebuildParameter:
      guard graph.tensorIndex(first) != nil else { throw problem(.badArguments(global)) }
      push(first)
    case .rebuildFromType:
      // (function, type, arguments, state): only the rebuilding of a plain tensor.
      guard arguments.count >= 3, case .global(let inner) = first,
        inner == .rebuildTensor || inner == .rebuildTensorWithType
      else { throw problem(.badArguments(global)) }
      try call(first, arguments: arguments[2])
    case .loadFromBytes: try loadNestedStorage(first)
    case .size, .tuple:
      push(PickleNode(kind: .tuple, items: try elements(of: first, count: arguments.count)))
    case .list:
      push(PickleNode(kind: .list, items: try elements(of: first, count: arguments.count)))
    case .set: push(PickleNode(kind: .set, items: try elements(of: first, count: arguments.count)))
    case .bytes, .encode: try pushBytes(arguments, global)
    case .numPyType:
      guard let code = graph.text(first), code.utf8.count <= 16 else {
        throw problem(.badArguments(global))
      }
      push(PickleNode(kind: .numPyType(isBigEndian: code.hasPrefix(">")), items: [first]))
    case .numPyScalar: try pushNumPyScalar(arguments)
    case .numPyReconstruct:
      guard case .global(.numPyArray) = first else { throw problem(.badArguments(global)) }
      push(PickleNode(kind: .numPyArray(tensor: nil)))
    case .numPyFromBuffer: try pushNumPyBuffer(arguments)
    case .objectReconstructor: try instantiate(first, arguments: .none)
    case .persistentObject:
      guard let meta = graph.node(first), case .dictionary = meta.kind else {
        throw problem(.badArguments(global))
      }
      push(PickleNode(kind: .object(global), items: [first]))
    case .easyDictionary, .attributes, .tensorFlowNetwork, .inert:
      push(instance(of: global, items: arguments))
    case .storage, .untypedStorage, .elementType, .numPyArray, .object:
      throw problem(.notCallable)
    }
  }

  /// NEWOBJ: pushes an instance of a class that holds attributes.
  mutating func instantiate(
    _ type: PickleValue, arguments: PickleValue
  ) throws(ContainerProblem) {
    guard case .global(let global) = type else { throw problem(.notCallable) }
    switch global {
    case .easyDictionary, .attributes, .tensorFlowNetwork, .inert, .orderedDictionary:
      push(instance(of: global, items: graph.tuple(arguments) ?? []))
    default: throw problem(.notCallable)
    }
  }

  private func instance(of global: PickleGlobal, items: [PickleValue]) -> PickleNode {
    switch global {
    case .easyDictionary, .orderedDictionary: PickleNode(kind: .dictionary)
    default: PickleNode(kind: .object(global), items: items)
    }
  }

  /// BUILD: gives the object on top of the stack its state.
  mutating func build(state: PickleValue) throws(ContainerProblem) {
    let top = try topNode()
    switch graph.nodes[top].kind {
    case .dictionary: return  // Attributes of a dictionary (`_metadata`) are of no use.
    case .object: graph.nodes[top].state = state
    case .numPyType:
      // (version, byte order, ...)
      guard let items = graph.tuple(state), items.count >= 2, let order = graph.text(items[1])
      else { throw problem(.badArguments(.numPyType)) }
      graph.nodes[top].kind = .numPyType(isBigEndian: order == ">")
    case .numPyArray(nil): try buildNumPyArray(top, state)
    default: throw problem(.notAContainer)
    }
  }

  // Containers

  private func elements(of value: PickleValue, count: Int) throws(ContainerProblem) -> [PickleValue]
  {
    if count == 0 { return [] }
    guard let node = graph.node(value) else { throw problem(.notAContainer) }
    switch node.kind {
    case .tuple, .list, .set:
      // Copies of copies grow a small file into a large graph.
      guard budget.take(bytes: node.items.count * MemoryLayout<PickleValue>.stride) else {
        throw problem(.tooMuchMemory(budget.byteLimit))
      }
      return node.items
    default: throw problem(.notAContainer)
    }
  }

  /// A dictionary from a sequence of pairs (as Python 2 writes an OrderedDict).
  private func dictionary(
    pairs: PickleValue, _ global: PickleGlobal
  ) throws(ContainerProblem) -> PickleNode {
    var result = PickleNode(kind: .dictionary)
    if case .none = pairs { return result }
    guard let pairs = graph.sequence(pairs) else { throw problem(.badArguments(global)) }
    guard budget.take(bytes: pairs.count * 2 * MemoryLayout<PickleValue>.stride) else {
      throw problem(.tooMuchMemory(budget.byteLimit))
    }
    for pair in pairs {
      guard let pair = graph.sequence(pair), pair.count == 2 else {
        throw problem(.badArguments(global))
      }
      result.items += pair
    }
    return result
  }

  /// bytes(), bytes(text, "latin-1"), bytearray(bytes) and codecs.encode(text, "latin1").
  private mutating func pushBytes(
    _ arguments: [PickleValue], _ global: PickleGlobal
  ) throws(ContainerProblem) {
    switch arguments.first {
    case nil: return push(.bytes(.empty))
    case .bytes(let region)? where arguments.count == 1: return push(.bytes(region))
    case .text(let region)?:
      guard arguments.count == 2, let encoding = graph.text(arguments[1]),
        ["latin1", "latin-1"].contains(encoding)
      else { throw problem(.badArguments(global)) }
      guard budget.take(bytes: region.count) else {
        throw problem(.tooMuchMemory(budget.byteLimit))
      }
      guard let bytes = region.latin1Bytes else { throw problem(.badArguments(global)) }
      push(.bytes(bytes))
    default: throw problem(.badArguments(global))
    }
  }

  // Tensors

  private mutating func tensor(
    _ arguments: [PickleValue], type: ElementType?, _ global: PickleGlobal
  ) throws(ContainerProblem) -> PickleValue {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1],
      let shape = graph.integers(arguments[2]), let strides = graph.integers(arguments[3]),
      shape.count <= SafetensorsReader.maximumRank, strides.count == shape.count
    else { throw problem(.badArguments(global)) }
    let plan = TensorPlan(
      storage: storage, elementType: type ?? graph.storages[storage].elementType, offset: offset,
      shape: shape, strides: strides)
    graph.tensors.append(plan)
    return .tensor(graph.tensors.count - 1)
  }

  private mutating func loadNestedStorage(_ value: PickleValue) throws(ContainerProblem) {
    guard case .bytes(let bytes) = value else { throw problem(.badArguments(.loadFromBytes)) }
    graph.storages.append(
      try TorchReader.nestedStorage(bytes, budget: budget, depth: depth + 1))
    push(.storage(graph.storages.count - 1))
  }
}

extension ByteRegion {
  /// The bytes whose Latin-1 text this UTF-8 text is, or nil when it has other characters.
  var latin1Bytes: ByteRegion? {
    let block = OwnedBytes(count: count)
    var length = 0
    var index = 0
    while index < count {
      let byte = byte(at: index)
      index += 1
      var value = byte
      if byte >= 0x80 {
        guard byte == 0xc2 || byte == 0xc3, let next = self[index], next & 0xc0 == 0x80 else {
          return nil
        }
        value = byte << 6 | next & 0x3f
        index += 1
      }
      block.start.storeBytes(of: value, toByteOffset: length, as: UInt8.self)
      length += 1
    }
    return ByteRegion(owner: block).slice(offset: 0, count: length)
  }
}
