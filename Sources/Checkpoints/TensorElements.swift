import TensorCore

extension CheckpointTensor {
  /// Number of elements handled at a time when they have to be gathered.
  private static let chunk = 1 << 15

  /// All elements in row-major order, in single precision.
  ///
  /// - Throws: `CheckpointError.notConvertible` for element types without a float value
  ///   (complex and 4- to 8-bit floats).
  public func floats() throws(CheckpointError) -> [Float] {
    guard elementType.convertsToFloat else { throw .notConvertible(elementType) }
    return [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
      if let target = buffer.baseAddress { convert(to: target) }
      count = elementCount
    }
  }

  /// Writes all elements in row-major order and single precision to `target`, which has room for
  /// `elementCount` values.
  ///
  /// - Throws: `CheckpointError.notConvertible`, as ``floats()``.
  public func copyFloats(
    to target: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    guard elementType.convertsToFloat else { throw .notConvertible(elementType) }
    check(target.count >= elementCount, "copyFloats: \(elementCount) values into \(target.count)")
    if let start = target.baseAddress { convert(to: start) }
  }

  private func convert(to target: UnsafeMutablePointer<Float>) {
    let size = elementType.bitWidth / 8
    var done = 0
    forEachRun { bytes in
      guard let source = bytes.baseAddress else { return }
      let count = bytes.count / size
      FloatConversion.convert(
        elementType, from: source, stride: 1, count: count, to: target + done)
      done += count
    }
    if let divisor {
      for index in 0..<elementCount { target[index] /= divisor }
    }
  }

  /// The stored elements in row-major order, little-endian, in one piece.
  func contiguousBytes() -> ByteRegion {
    if isRowMajor, !isBigEndian, let bytes = rowMajorBytes { return bytes }
    let block = OwnedBytes(count: byteCount)
    var done = 0
    forEachRun { bytes in
      guard let source = bytes.baseAddress else { return }
      (block.start + done).copyMemory(from: source, byteCount: bytes.count)
      done += bytes.count
    }
    return ByteRegion(owner: block)
  }

  private var rowMajorBytes: ByteRegion? {
    storage.slice(offset: offset * elementType.bitWidth / 8, count: byteCount)
  }

  /// Calls `body` with all stored elements in row-major order, little-endian, a run of bytes at a time:
  /// straight from the storage where they lie in order, else gathered piecewise.
  func forEachRun<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if elementCount == 0 { return }
    if isRowMajor, !isBigEndian, let bytes = rowMajorBytes {
      return try bytes.withUnsafeBytes(body)
    }
    let size = elementType.bitWidth / 8
    let scratch = OwnedBytes(count: Self.chunk * size)
    // Room on the left for the rows of a tensor without dimensions.
    let sizes = [1] + shape
    let steps = [0] + strides
    let inner = sizes[sizes.count - 1]
    let step = steps[steps.count - 1]
    var index = [Int](repeating: 0, count: sizes.count - 1)
    var row = offset
    var filled = 0
    while true {
      var column = 0
      while column < inner {
        let count = min(inner - column, Self.chunk - filled)
        storage.withUnsafeBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          gather(
            from: base + (row + column * step) * size, step: step * size, size: size,
            count: count, to: scratch.start + filled * size)
        }
        column += count
        filled += count
        if filled == Self.chunk {
          try body(UnsafeRawBufferPointer(start: scratch.start, count: filled * size))
          filled = 0
        }
      }
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        row += steps[axis]
        if index[axis] < sizes[axis] { break }
        row -= steps[axis] * sizes[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { break }
    }
    try body(UnsafeRawBufferPointer(start: scratch.start, count: filled * size))
  }

  private func gather(
    from source: UnsafeRawPointer, step: Int, size: Int, count: Int,
    to target: UnsafeMutableRawPointer
  ) {
    switch size {
    case _ where step == size: target.copyMemory(from: source, byteCount: count * size)
    case 4:
      for i in 0..<count {
        let bits = source.loadUnaligned(fromByteOffset: i &* step, as: UInt32.self)
        target.storeBytes(of: bits, toByteOffset: i &* 4, as: UInt32.self)
      }
    default:
      for i in 0..<count {
        (target + i * size).copyMemory(from: source + i * step, byteCount: size)
      }
    }
    if isBigEndian { reverseBytes(of: target, size: size, count: count) }
  }

  private func reverseBytes(of start: UnsafeMutableRawPointer, size: Int, count: Int) {
    // The two parts of a complex number are swapped each for itself.
    let isComplex = elementType == .c64 || elementType == .c128
    let width = isComplex ? size / 2 : size
    let bytes = UnsafeMutableRawBufferPointer(start: start, count: count * size)
    for first in stride(from: 0, to: bytes.count, by: width) {
      bytes[first..<first + width].reverse()
    }
  }
}
