/// A value on the stack of the pickle machine: data only, nothing that could be executed.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits: two's complement, lowest byte first.
  case largeInteger(ByteRegion)
  case double(Double)
  /// Text in UTF-8 (checked when it is looked at).
  case text(ByteRegion)
  /// Bytes, or a string of Python 2.
  case bytes(ByteRegion)
  /// An entry of the table of known globals.
  case global(PickleGlobal)
  /// A container or object: index into `PickleGraph.nodes`.
  case node(Int)
  /// Index into `PickleGraph.storages`.
  case storage(Int)
  /// Index into `PickleGraph.tensors`.
  case tensor(Int)
}

/// A container or an object.
struct PickleNode {
  enum Kind {
    case tuple
    case list
    /// Keys and values by turns in `items`.
    case dictionary
    case set
    /// An instance of a known class; `items` are the arguments, `state` its attributes.
    case object(PickleGlobal)
    /// A NumPy element type under construction: `items[0]` is its code, such as "f4".
    case numPyType(isBigEndian: Bool)
    /// A NumPy array; nil until its data have come.
    case numPyArray(tensor: Int?)
  }

  var kind: Kind
  var items: [PickleValue] = []
  var state = PickleValue.none
}

/// A block of elements that tensors are views of.
struct TorchStorage {
  /// Name of the block in its container.
  let key: String
  let elementType: ElementType
  let elementCount: Int
  /// A part of the block: first element and number of elements.
  var view: (offset: Int, count: Int)?
  /// The content, once it is found.
  var bytes: ByteRegion?
  var isBigEndian = false
}

/// A tensor as the pickle describes it, before its storage is known.
struct TensorPlan {
  let storage: Int
  let elementType: ElementType
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// Everything that a pickle describes. Values refer to each other by index, so neither cycles nor
/// a nesting of any depth can do harm when it is released.
struct PickleGraph {
  var nodes: [PickleNode] = []
  var storages: [TorchStorage] = []
  var tensors: [TensorPlan] = []
  var root = PickleValue.none
  /// Where the pickle ends in its region.
  var end = 0

  /// The node that `value` refers to.
  func node(_ value: PickleValue) -> PickleNode? {
    guard case .node(let index) = value else { return nil }
    return nodes[index]
  }

  /// The elements of a tuple.
  func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard let node = node(value), case .tuple = node.kind else { return nil }
    return node.items
  }

  /// The elements of a tuple or list.
  func sequence(_ value: PickleValue) -> [PickleValue]? {
    guard let node = node(value) else { return nil }
    switch node.kind {
    case .tuple, .list: return node.items
    default: return nil
    }
  }

  /// The elements of a tuple or list of integers.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let items = sequence(value) else { return nil }
    var result: [Int] = []
    for item in items {
      guard case .integer(let number) = item else { return nil }
      result.append(number)
    }
    return result
  }

  /// Text, also that of Python 2.
  func text(_ value: PickleValue) -> String? {
    switch value {
    case .text(let region), .bytes(let region): region.utf8Text
    default: nil
    }
  }

  /// The last value that a dictionary has under `key`.
  func lookUp(_ key: String, in value: PickleValue) -> PickleValue? {
    guard let node = node(value), case .dictionary = node.kind else { return nil }
    for index in stride(from: node.items.count - 2, through: 0, by: -2) {
      switch node.items[index] {
      case .text(let region), .bytes(let region):
        if region.count == key.utf8.count, region.starts(with: key.utf8) {
          return node.items[index + 1]
        }
      default: continue
      }
    }
    return nil
  }

  /// The tensor that `value` is, if any.
  func tensorIndex(_ value: PickleValue) -> Int? {
    if case .tensor(let index) = value { return index }
    if let node = node(value), case .numPyArray(let index) = node.kind { return index }
    return nil
  }
}
