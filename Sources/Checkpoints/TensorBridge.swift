import TensorCore

extension CheckpointTensor {
  /// The tensor in memory, in single precision and row-major order.
  ///
  /// - Throws: `CheckpointError.notConvertible` for element types without a float value.
  public func tensor(requiresGradient: Bool = false) throws(CheckpointError) -> Tensor {
    guard elementType.convertsToFloat else { throw .notConvertible(elementType) }
    let storage = Storage(count: elementCount)
    try copyFloats(to: UnsafeMutableBufferPointer(start: storage.base, count: elementCount))
    return Tensor(shape: Shape(shape), storage: storage, requiresGradient: requiresGradient)
  }

  /// A copy of `tensor` to be written.
  public init(_ tensor: Tensor) {
    self.init(floats: tensor.values, shape: tensor.shape.dimensions)
  }
}
