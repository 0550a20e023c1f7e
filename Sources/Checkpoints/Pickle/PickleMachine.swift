/// Reads the pickle format (protocols 2 to 5) as data.
///
/// It works like the machine that the format describes, with a stack, marks and a memo, but
/// imports no names: those that occur in checkpoints have a fixed meaning (`PickleGlobal`), all
/// others are refused. It neither recurses nor allocates beyond its budget.
struct PickleMachine {
  let source: ByteRegion
  let budget: MemoryBudget
  /// How many files this one is nested in.
  let depth: Int
  var position: Int
  /// Where the current instruction begins.
  var instruction: Int
  var graph = PickleGraph()
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  /// Whether persistent identifiers name storages (in PyTorch files) or must not occur.
  let hasStorages: Bool

  /// Reads the pickle that begins at `start` of `source`.
  ///
  /// - Returns: the described objects, with the root value and the place behind the pickle.
  static func read(
    _ source: ByteRegion, from start: Int = 0, hasStorages: Bool = false, budget: MemoryBudget,
    depth: Int = 0
  ) throws(ContainerProblem) -> PickleGraph {
    var machine = PickleMachine(
      source: source, budget: budget, depth: depth, position: start, instruction: start,
      hasStorages: hasStorages)
    machine.graph.root = try machine.run()
    machine.graph.end = machine.position
    return machine.graph
  }

  private mutating func run() throws(ContainerProblem) -> PickleValue {
    while true {
      instruction = position
      guard budget.takeStep() else { throw problem(.tooManySteps(budget.stepLimit)) }
      let code = UInt8(truncatingIfNeeded: try unsigned(1))
      if code == 0x2e {
        let result = try pop()
        guard marks.isEmpty else { throw problem(.markLeft) }
        return result
      }
      try execute(code)
    }
  }

  func problem(_ problem: PickleProblem) -> ContainerProblem { .pickle(problem, at: instruction) }

  // Reading

  /// An unsigned integer of `size` bytes, lowest byte first.
  mutating func unsigned(_ size: Int) throws(ContainerProblem) -> Int {
    let bytes = try take(size)
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes.byte(at: index)) << UInt64(8 * index) }
    guard let result = Int(exactly: value) else {
      throw problem(.endsEarly(needed: .max, left: source.count - position))
    }
    return result
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(ContainerProblem) -> ByteRegion {
    guard let bytes = source.slice(offset: position, count: count) else {
      throw problem(.endsEarly(needed: count, left: source.count - position))
    }
    position += count
    return bytes
  }

  /// The bytes up to the next line feed, which is passed over.
  mutating func line() throws(ContainerProblem) -> String {
    let start = position
    while let byte = source[position], byte != 0x0a, position - start < 512 { position += 1 }
    guard source[position] == 0x0a,
      let text = source.slice(offset: start, count: position - start)?.utf8Text
    else { throw problem(.badName) }
    position += 1
    return text
  }

  // The stack

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func push(_ node: PickleNode) {
    graph.nodes.append(node)
    stack.append(.node(graph.nodes.count - 1))
  }

  mutating func pop() throws(ContainerProblem) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw problem(.stackUnderflow)
    }
    return value
  }

  /// Takes the top `count` values, in the order in which they were pushed.
  mutating func pop(_ count: Int) throws(ContainerProblem) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw problem(.stackUnderflow) }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  /// Takes all values above the last mark, and the mark.
  mutating func popToMark() throws(ContainerProblem) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw problem(.noMark) }
    let values = Array(stack[mark...])
    stack.removeLast(stack.count - mark)
    return values
  }

  /// The index of the container on top of the stack.
  func topNode() throws(ContainerProblem) -> Int {
    guard stack.count > marks.last ?? 0, case .node(let index)? = stack.last else {
      throw problem(.notAContainer)
    }
    return index
  }

  mutating func remember(at index: Int) throws(ContainerProblem) {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw problem(.stackUnderflow)
    }
    memo[index] = value
  }

  mutating func recall(_ index: Int) throws(ContainerProblem) {
    guard let value = memo[index] else { throw problem(.notInMemo(index)) }
    push(value)
  }
}
