import TensorCore

/// A tensor as a file stores it: element type, shape and a view of the file's bytes.
///
/// Nothing is converted until it is asked for. Elements may lie anywhere in the storage (strides),
/// so transposed, channels-last or expanded tensors cost nothing to hold.
public struct CheckpointTensor: Sendable {
  /// Encoding of the elements.
  public let elementType: ElementType
  /// Dimensions, outermost first; empty for a scalar.
  public let shape: [Int]
  /// Product of the dimensions.
  public let elementCount: Int
  /// Distance between neighbours along each dimension, in elements.
  let strides: [Int]
  /// Index of the first element in `storage`.
  let offset: Int
  /// Element 0 stands at byte 0.
  let storage: ByteRegion
  /// True when the elements are stored with the highest byte first.
  let isBigEndian: Bool
  /// What values are divided by when they are converted (spectral normalisation); nil for nothing.
  private(set) var divisor: Float?

  /// A row-major tensor over all of `storage`.
  ///
  /// - Throws: `TensorProblem` when the shape does not fit the bytes exactly.
  init(
    _ elementType: ElementType, shape: [Int], storage: ByteRegion, isBigEndian: Bool = false
  ) throws(TensorProblem) {
    let count = try Self.elementCount(of: shape)
    let (bits, overflow) = count.multipliedReportingOverflow(by: elementType.bitWidth)
    guard !overflow else { throw .shapeOverflow(shape) }
    guard bits % 8 == 0 else { throw .partialByte(shape, elementType) }
    guard bits / 8 == storage.count else {
      throw .wrongByteCount(shape: shape, expected: bits / 8, actual: storage.count)
    }
    self.init(
      unchecked: elementType, shape: shape, strides: Self.rowMajorStrides(shape), offset: 0,
      count: count, storage: storage, isBigEndian: isBigEndian)
  }

  /// A strided view of `storage`.
  ///
  /// - Throws: `TensorProblem` when a dimension is negative, a product overflows or an element
  ///   would lie outside the storage.
  init(
    _ elementType: ElementType, shape: [Int], strides: [Int], offset: Int, storage: ByteRegion,
    isBigEndian: Bool = false
  ) throws(TensorProblem) {
    guard shape.count == strides.count else {
      throw .rankMismatch(shape: shape, strides: strides)
    }
    let count = try Self.elementCount(of: shape)
    guard !count.multipliedReportingOverflow(by: elementType.bitWidth).overflow else {
      throw .shapeOverflow(shape)
    }
    guard offset >= 0 else { throw .negativeOffset(offset) }
    let stored = storage.count / (elementType.bitWidth / 8)
    var last = offset
    for (size, stride) in zip(shape, strides) where count > 0 {
      guard stride >= 0 else { throw .negativeStride(strides) }
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(reach)
      guard !overflow, !sumOverflow else {
        throw .outsideStorage(shape: shape, strides: strides, offset: offset, stored: stored)
      }
      last = sum
    }
    guard count == 0 || last < stored else {
      throw .outsideStorage(shape: shape, strides: strides, offset: offset, stored: stored)
    }
    // Offset and strides of an empty tensor mean nothing and may be of any size.
    self.init(
      unchecked: elementType, shape: shape,
      strides: count == 0 ? [Int](repeating: 0, count: shape.count) : strides,
      offset: count == 0 ? 0 : offset, count: count, storage: storage, isBigEndian: isBigEndian)
  }

  /// A row-major F32 tensor with a copy of `floats`, as many as `shape` holds.
  public init(floats: [Float], shape: [Int]) {
    let count = shape.reduce(1, *)
    check(count == floats.count, "tensor \(shape) wants \(count) values, got \(floats.count)")
    let block = OwnedBytes(count: count * 4)
    floats.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: block.start, count: block.count).copyMemory(from: $0)
    }
    self.init(
      unchecked: .f32, shape: shape, strides: Self.rowMajorStrides(shape), offset: 0,
      count: count, storage: ByteRegion(owner: block), isBigEndian: false)
  }

  init(
    unchecked elementType: ElementType, shape: [Int], strides: [Int], offset: Int, count: Int,
    storage: ByteRegion, isBigEndian: Bool
  ) {
    self.elementType = elementType
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.elementCount = count
    self.storage = storage
    self.isBigEndian = isBigEndian
  }

  /// The same tensor with every value divided by `divisor` in conversion and writing.
  func divided(by divisor: Float) -> CheckpointTensor {
    var result = self
    result.divisor = divisor
    return result
  }

  /// Bytes that the elements take when they are stored one after the other.
  public var byteCount: Int { (elementCount * elementType.bitWidth + 7) / 8 }

  /// True when the elements lie one after the other in row-major order.
  var isRowMajor: Bool {
    if elementCount == 0 { return true }
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }

  static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for i in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[i] = strides[i + 1].multipliedReportingOverflow(by: shape[i + 1]).partialValue
    }
    return strides
  }

  /// The product of `shape` with every step checked, so that an overflow is found even when
  /// another dimension is zero.
  static func elementCount(of shape: [Int]) throws(TensorProblem) -> Int {
    var count = 1
    for size in shape {
      guard size >= 0 else { throw .negativeDimension(shape) }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw .shapeOverflow(shape) }
      count = product
    }
    return count
  }
}
