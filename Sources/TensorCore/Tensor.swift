/// Numbers in 32-bit floating point, row-major and contiguous, that may remember how they were
/// computed.
///
/// Operations make new tensors. When an input wants a gradient (and recording is on) the result
/// keeps a node of the tape: the inputs and the vector-Jacobian product.
public final class Tensor {
  /// The lengths of the axes.
  public let shape: Shape
  /// The elements, shared by reshaped copies.
  public let storage: Storage
  /// Whether gradients with respect to this leaf can be asked for.
  public let requiresGradient: Bool
  var node: Node?

  /// Wraps `storage`, whose first `shape.count` floats are the elements.
  public init(shape: Shape, storage: Storage, requiresGradient: Bool = false) {
    check(storage.count >= shape.count, "tensor: \(storage.count) floats for shape \(shape)")
    self.shape = shape
    self.storage = storage
    self.requiresGradient = requiresGradient
  }

  /// Elements with undefined content, filled by `initialize`.
  public convenience init(
    shape: Shape, initializingWith initialize: (UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows {
    let storage = Storage(count: shape.count)
    try initialize(storage.base)
    self.init(shape: shape, storage: storage)
  }

  /// A tensor of `values`, in row-major order.
  public convenience init(_ values: [Float], shape: Shape, requiresGradient: Bool = false) {
    check(
      values.count == shape.count, "tensor: \(values.count) values for shape \(shape)")
    let storage = Storage(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        storage.base.update(from: base, count: source.count)
      }
    }
    self.init(shape: shape, storage: storage, requiresGradient: requiresGradient)
  }

  /// A vector.
  public convenience init(_ values: [Float]) { self.init(values, shape: [values.count]) }

  /// A scalar, shape `[]`.
  public convenience init(_ value: Float) { self.init([value], shape: .scalar) }

  /// A tensor whose elements all are `value`.
  public convenience init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { $0.update(repeating: value, count: shape.count) }
  }

  /// Zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// Ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// How many elements there are.
  public var count: Int { shape.count }

  /// The first element.
  public var pointer: UnsafeMutablePointer<Float> { storage.base }

  /// The elements in row-major order.
  public var values: [Float] {
    Array(UnsafeBufferPointer(start: storage.base, count: count))
  }

  /// The only element of a tensor with one element.
  public var item: Float {
    check(count == 1, "item: the tensor has shape \(shape)")
    return storage.base[0]
  }

  /// Whether a gradient can flow through this tensor.
  public var tracksGradient: Bool { requiresGradient || node != nil }

  /// The same elements without history.
  public func detached(requiresGradient: Bool = false) -> Tensor {
    Tensor(shape: shape, storage: storage, requiresGradient: requiresGradient)
  }

  /// A copy of the elements without history.
  public func copied(requiresGradient: Bool = false) -> Tensor {
    let result = Storage(count: count)
    result.base.update(from: storage.base, count: count)
    return Tensor(shape: shape, storage: result, requiresGradient: requiresGradient)
  }

  /// Whether every element is a finite number.
  public var isFinite: Bool {
    for index in 0..<count where !storage.base[index].isFinite { return false }
    return true
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements.
  public var description: String {
    let shown = (0..<min(count, 8)).map { "\(storage.base[$0])" }.joined(separator: ", ")
    return "Tensor\(shape) (\(shown)\(count > 8 ? ", ..." : ""))"
  }
}
