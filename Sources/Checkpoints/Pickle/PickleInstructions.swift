extension PickleMachine {
  /// Executes one instruction other than STOP.
  mutating func execute(_ code: UInt8) throws(ContainerProblem) {
    switch code {
    case 0x80:  // PROTO
      let version = try unsigned(1)
      guard version >= 2, version <= 5 else { throw problem(.unknownProtocol(version)) }
    case 0x95:  // FRAME
      let length = try unsigned(8)
      guard length <= source.count - position else {
        throw problem(.endsEarly(needed: length, left: source.count - position))
      }
    case 0x28: marks.append(stack.count)  // MARK
    case 0x30:  // POP
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case 0x31: _ = try popToMark()  // POP_MARK

    case 0x4e: push(.none)  // NONE
    case 0x88: push(.bool(true))  // NEWTRUE
    case 0x89: push(.bool(false))  // NEWFALSE
    case 0x4a: push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))  // BININT
    case 0x4b: push(.integer(try unsigned(1)))  // BININT1
    case 0x4d: push(.integer(try unsigned(2)))  // BININT2
    case 0x8a: try pushLong(try unsigned(1))  // LONG1
    case 0x8b: try pushLong(try unsigned(4))  // LONG4
    case 0x47: try pushDouble()  // BINFLOAT

    case 0x58: push(.text(try take(try unsigned(4))))  // BINUNICODE
    case 0x8c: push(.text(try take(try unsigned(1))))  // SHORT_BINUNICODE
    case 0x8d: push(.text(try take(try unsigned(8))))  // BINUNICODE8
    case 0x54, 0x42: push(.bytes(try take(try unsigned(4))))  // BINSTRING, BINBYTES
    case 0x55, 0x43: push(.bytes(try take(try unsigned(1))))  // SHORT_BINSTRING, SHORT_BINBYTES
    case 0x8e, 0x96: push(.bytes(try take(try unsigned(8))))  // BINBYTES8, BYTEARRAY8

    case 0x29: push(PickleNode(kind: .tuple))  // EMPTY_TUPLE
    case 0x85: push(PickleNode(kind: .tuple, items: try pop(1)))  // TUPLE1
    case 0x86: push(PickleNode(kind: .tuple, items: try pop(2)))  // TUPLE2
    case 0x87: push(PickleNode(kind: .tuple, items: try pop(3)))  // TUPLE3
    case 0x74: push(PickleNode(kind: .tuple, items: try popToMark()))  // TUPLE
    case 0x5d: push(PickleNode(kind: .list))  // EMPTY_LIST
    case 0x7d: push(PickleNode(kind: .dictionary))  // EMPTY_DICT
    case 0x8f: push(PickleNode(kind: .set))  // EMPTY_SET
    case 0x91: push(PickleNode(kind: .set, items: try popToMark()))  // FROZENSET
    case 0x61: try addElements(try pop(1))  // APPEND
    case 0x65, 0x90: try addElements(try popToMark())  // APPENDS, ADDITEMS
    case 0x73: try addPairs(try pop(2))  // SETITEM
    case 0x75: try addPairs(try popToMark())  // SETITEMS

    case 0x71: try remember(at: try unsigned(1))  // BINPUT
    case 0x72: try remember(at: try unsigned(4))  // LONG_BINPUT
    case 0x94: try remember(at: memo.count)  // MEMOIZE
    case 0x68: try recall(try unsigned(1))  // BINGET
    case 0x6a: try recall(try unsigned(4))  // LONG_BINGET

    case 0x63:  // GLOBAL
      let module = try line()
      try pushGlobal(module: module, name: try line())
    case 0x93: try pushStackGlobal()  // STACK_GLOBAL
    case 0x52:  // REDUCE
      let operands = try pop(2)
      try call(operands[0], arguments: operands[1])
    case 0x81:  // NEWOBJ
      let operands = try pop(2)
      try instantiate(operands[0], arguments: operands[1])
    case 0x92:  // NEWOBJ_EX
      let operands = try pop(3)
      try instantiate(operands[0], arguments: operands[1])
    case 0x62: try build(state: try pop())  // BUILD
    case 0x51: try loadPersistent(try pop())  // BINPERSID
    default:
      if let name = Self.refusedInstructions[code] { throw problem(.refusedInstruction(name)) }
      throw problem(.unknownInstruction(code))
    }
  }

  /// Instructions of the format that no checkpoint needs: text forms of protocol 0, calls in
  /// disguise and the extension registry.
  private static let refusedInstructions: [UInt8: String] = [
    0x49: "INT", 0x4c: "LONG", 0x46: "FLOAT", 0x53: "STRING", 0x56: "UNICODE", 0x64: "DICT",
    0x6c: "LIST", 0x70: "PUT", 0x67: "GET", 0x32: "DUP", 0x50: "PERSID", 0x69: "INST",
    0x6f: "OBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x97: "NEXT_BUFFER",
    0x98: "READONLY_BUFFER",
  ]

  private mutating func pushLong(_ count: Int) throws(ContainerProblem) {
    let bytes = try take(count)
    guard count <= 8 else { return push(.largeInteger(bytes)) }
    var value = 0
    for index in 0..<count { value |= Int(bytes.byte(at: index)) << (8 * index) }
    let unused = 64 - 8 * count
    push(.integer(unused == 64 ? 0 : (value << unused) >> unused))
  }

  private mutating func pushDouble() throws(ContainerProblem) {
    let bytes = try take(8)
    var bits: UInt64 = 0
    for index in 0..<8 { bits = bits << 8 | UInt64(bytes.byte(at: index)) }
    push(.double(Double(bitPattern: bits)))
  }

  private mutating func addElements(_ values: [PickleValue]) throws(ContainerProblem) {
    let top = try topNode()
    switch graph.nodes[top].kind {
    case .list, .set: graph.nodes[top].items += values
    default: throw problem(.notAContainer)
    }
  }

  private mutating func addPairs(_ values: [PickleValue]) throws(ContainerProblem) {
    let top = try topNode()
    guard case .dictionary = graph.nodes[top].kind, values.count % 2 == 0 else {
      throw problem(.notAContainer)
    }
    graph.nodes[top].items += values
  }

  private mutating func pushStackGlobal() throws(ContainerProblem) {
    let names = try pop(2)
    guard let module = graph.text(names[0]), let name = graph.text(names[1]),
      module.utf8.count < 512, name.utf8.count < 512
    else { throw problem(.badName) }
    try pushGlobal(module: module, name: name)
  }

  private mutating func pushGlobal(module: String, name: String) throws(ContainerProblem) {
    guard let global = PickleGlobal.find(module: module, name: name) else {
      throw problem(.unknownGlobal("\(module).\(name)"))
    }
    push(.global(global))
  }

  /// A storage of a PyTorch file: ("storage", class, key, device, number of elements[, view]).
  private mutating func loadPersistent(_ identifier: PickleValue) throws(ContainerProblem) {
    guard hasStorages else { throw problem(.unexpectedPersistent) }
    guard let items = graph.tuple(identifier), items.count >= 2 else {
      throw problem(.badPersistent)
    }
    if graph.text(items[0]) == "module" { return push(items[1]) }
    guard items.count >= 5, graph.text(items[0]) == "storage",
      let key = graph.text(items[2]), key.utf8.count < 256, case .integer(let count) = items[4]
    else { throw problem(.badPersistent) }
    let type: ElementType
    switch items[1] {
    case .global(.storage(let stated)): type = stated
    case .global(.untypedStorage): type = .u8
    default: throw problem(.badPersistent)
    }
    var storage = TorchStorage(key: key, elementType: type, elementCount: count)
    if items.count > 5, let view = graph.tuple(items[5]) {
      guard view.count == 3, case .integer(let offset) = view[1],
        case .integer(let length) = view[2]
      else { throw problem(.badPersistent) }
      storage.view = (offset, length)
    }
    graph.storages.append(storage)
    push(.storage(graph.storages.count - 1))
  }
}
