import TensorCore

/// Standard normal numbers, the same for the same seed.
public func randomTensor(_ shape: Shape, seed: UInt64, requiresGradient: Bool = false) -> Tensor {
  var random = RandomSource(seed: seed)
  return random.normal(shape).detached(requiresGradient: requiresGradient)
}

/// Numbers in double precision, row-major, with a shape: the plain side of reference comparisons.
public struct ReferenceTensor {
  /// The elements.
  public var values: [Double]
  /// The axis lengths.
  public let shape: [Int]

  /// Zeros.
  public init(zeros shape: [Int]) {
    self.shape = shape
    values = [Double](repeating: 0, count: shape.reduce(1, *))
  }

  /// The elements of `tensor`.
  public init(_ tensor: Tensor) {
    shape = tensor.shape.dimensions
    values = tensor.values.map(Double.init)
  }

  /// The element at `index`; zero outside.
  public subscript(index: Int...) -> Double {
    get { offset(index).map { values[$0] } ?? 0 }
    set { if let offset = offset(index) { values[offset] = newValue } }
  }

  private func offset(_ index: [Int]) -> Int? {
    var result = 0
    for (position, length) in zip(index, shape) {
      if position < 0 || position >= length { return nil }
      result = result * length + position
    }
    return result
  }
}
