// NumPy arrays and scalars inside pickles.

extension PickleMachine {
  /// The element type of a NumPy type node, or nil for types that are no numbers.
  private func elementType(_ value: PickleValue) -> (type: ElementType, isBigEndian: Bool)? {
    guard let node = graph.node(value), case .numPyType(let isBigEndian) = node.kind,
      let code = node.items.first.flatMap(graph.text),
      let type = NumPyType.elementType(code: code)
    else { return nil }
    return (type, isBigEndian)
  }

  /// scalar(type, bytes)
  mutating func pushNumPyScalar(_ arguments: [PickleValue]) throws(ContainerProblem) {
    guard arguments.count == 2, let (type, isBigEndian) = elementType(arguments[0]),
      let bytes = bytes(arguments[1])
    else { throw problem(.badArguments(.numPyScalar)) }
    let tensor: CheckpointTensor
    do throws(TensorProblem) {
      tensor = try CheckpointTensor(type, shape: [], storage: bytes, isBigEndian: isBigEndian)
    } catch { throw .tensor(name: "numpy scalar", error) }
    let value = tensor.contiguousBytes()
    switch type {
    case .f64:
      push(.double(value.littleEndian(UInt64.self, at: 0).map(Double.init(bitPattern:)) ?? 0))
    case .f32:
      push(
        .double(
          value.littleEndian(UInt32.self, at: 0).map { Double(Float(bitPattern: $0)) } ?? 0))
    case .f16:
      push(
        .double(
          value.littleEndian(UInt16.self, at: 0)
            .map { Double(FloatConversion.single(half: $0)) } ?? 0))
    case .bool: push(.bool(value[0] != 0))
    case .i64: push(.integer(value.littleEndian(Int64.self, at: 0).map(Int.init) ?? 0))
    case .i32: push(.integer(value.littleEndian(Int32.self, at: 0).map(Int.init) ?? 0))
    case .i16: push(.integer(value.littleEndian(Int16.self, at: 0).map(Int.init) ?? 0))
    case .i8: push(.integer(value.littleEndian(Int8.self, at: 0).map(Int.init) ?? 0))
    case .u32: push(.integer(value.littleEndian(UInt32.self, at: 0).map(Int.init) ?? 0))
    case .u16: push(.integer(value.littleEndian(UInt16.self, at: 0).map(Int.init) ?? 0))
    case .u8: push(.integer(value.littleEndian(UInt8.self, at: 0).map(Int.init) ?? 0))
    default: push(PickleNode(kind: .object(.inert)))
    }
  }

  /// State of an array: (version, shape, type, Fortran order, bytes or list of objects)
  mutating func buildNumPyArray(_ node: Int, _ state: PickleValue) throws(ContainerProblem) {
    guard let items = graph.tuple(state), items.count == 5, let shape = graph.integers(items[1]),
      case .bool(let isFortran) = items[3]
    else { throw problem(.badArguments(.numPyReconstruct)) }
    if let objects = graph.node(items[4]), case .list = objects.kind {
      // An array of Python objects, as `np.save` makes of a dictionary.
      graph.nodes[node].kind = .list
      graph.nodes[node].items = objects.items
      return
    }
    guard let data = bytes(items[4]) else { throw problem(.badArguments(.numPyReconstruct)) }
    guard let type = elementType(items[2]) else {
      graph.nodes[node].kind = .object(.inert)
      return
    }
    graph.nodes[node].kind = .numPyArray(
      tensor: try addArray(type, shape: shape, isFortran: isFortran, data: data))
  }

  /// _frombuffer(buffer, type, shape, order)
  mutating func pushNumPyBuffer(_ arguments: [PickleValue]) throws(ContainerProblem) {
    guard arguments.count == 4, let data = bytes(arguments[0]),
      let type = elementType(arguments[1]), let shape = graph.integers(arguments[2]),
      let order = graph.text(arguments[3])
    else { throw problem(.badArguments(.numPyFromBuffer)) }
    push(.tensor(try addArray(type, shape: shape, isFortran: order == "F", data: data)))
  }

  private mutating func addArray(
    _ type: (type: ElementType, isBigEndian: Bool), shape: [Int], isFortran: Bool,
    data: ByteRegion
  ) throws(ContainerProblem) -> Int {
    let size = type.type.bitWidth / 8
    do throws(TensorProblem) {
      // Checks that shape and bytes agree.
      _ = try CheckpointTensor(type.type, shape: shape, storage: data)
    } catch { throw .tensor(name: "numpy array", error) }
    graph.storages.append(
      TorchStorage(
        key: "", elementType: type.type, elementCount: data.count / size, bytes: data,
        isBigEndian: type.isBigEndian))
    graph.tensors.append(
      TensorPlan(
        storage: graph.storages.count - 1, elementType: type.type, offset: 0, shape: shape,
        strides: isFortran
          ? CheckpointTensor.rowMajorStrides(shape.reversed()).reversed()
          : CheckpointTensor.rowMajorStrides(shape)))
    return graph.tensors.count - 1
  }

  private func bytes(_ value: PickleValue) -> ByteRegion? {
    if case .bytes(let region) = value { return region }
    return nil
  }
}
