import TensorCore

/// A point (or a difference of points) in W+: one latent vector for each layer of the generator.
public struct WPlus: Equatable, Sendable {
  /// How many layers have a row.
  public let rowCount: Int
  /// Length of each row.
  public let width: Int
  /// The rows one after the other, `rowCount * width` numbers.
  public var values: [Float]

  /// Rows given one after the other.
  public init(rowCount: Int, width: Int, values: [Float]) {
    check(values.count == rowCount * width, "W+: \(values.count) numbers for \(rowCount)x\(width)")
    self.rowCount = rowCount
    self.width = width
    self.values = values
  }

  /// Zero in every row.
  public static func zero(rowCount: Int, width: Int) -> WPlus {
    WPlus(rowCount: rowCount, width: width, values: [Float](repeating: 0, count: rowCount * width))
  }

  /// The first code of a tensor `[N, rows, width]`.
  public init(_ tensor: Tensor) {
    check(tensor.shape.rank == 3, "W+: tensor \(tensor.shape)")
    let count = tensor.shape[1] * tensor.shape[2]
    self.init(
      rowCount: tensor.shape[1], width: tensor.shape[2],
      values: Array(UnsafeBufferPointer(start: tensor.pointer, count: count)))
  }

  /// The same numbers as a tensor `[1, rows, width]`.
  public var tensor: Tensor { Tensor(values, shape: [1, rowCount, width]) }

  /// Euclidean length of all rows together.
  public var norm: Float {
    Float(values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
  }

  /// Euclidean length of one row.
  public func norm(ofRow row: Int) -> Float {
    Float(
      values[row * width..<(row + 1) * width]
        .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
  }

  /// The same rows inside `range`, zero in the others.
  public func restricted(toRows range: Range<Int>) -> WPlus {
    var result = self
    for row in 0..<rowCount where !range.contains(row) {
      for index in row * width..<(row + 1) * width { result.values[index] = 0 }
    }
    return result
  }

  /// Whether codes of both can be added.
  public func hasSameSize(as other: WPlus) -> Bool {
    rowCount == other.rowCount && width == other.width
  }

  /// Element-wise sum; both have the same size.
  public static func + (a: WPlus, b: WPlus) -> WPlus {
    check(a.hasSameSize(as: b), "W+: \(a.rowCount)x\(a.width) and \(b.rowCount)x\(b.width)")
    return WPlus(rowCount: a.rowCount, width: a.width, values: zip(a.values, b.values).map(+))
  }

  /// Element-wise difference; both have the same size.
  public static func - (a: WPlus, b: WPlus) -> WPlus { a + b * -1 }

  /// Every number times `scale`.
  public static func * (a: WPlus, scale: Float) -> WPlus {
    WPlus(rowCount: a.rowCount, width: a.width, values: a.values.map { $0 * scale })
  }
}
