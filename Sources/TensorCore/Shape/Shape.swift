/// The lengths of a tensor's axes, outermost first; no axes make a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The length of each axis.
  public let dimensions: [Int]

  /// A shape with these axis lengths.
  public init(_ dimensions: [Int]) {
    check(dimensions.allSatisfy { $0 >= 0 }, "shape: negative length in \(dimensions)")
    self.dimensions = dimensions
  }

  /// A shape with these axis lengths.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The shape of a scalar.
  public static let scalar: Shape = []

  /// How many axes there are.
  public var rank: Int { dimensions.count }

  /// How many elements there are.
  public var count: Int { dimensions.reduce(1, *) }

  /// The length of one axis; negative numbers count from the last.
  public subscript(axis: Int) -> Int {
    dimensions[axis < 0 ? axis + dimensions.count : axis]
  }

  /// For example `[1, 3, 128, 128]`.
  public var description: String { "\(dimensions)" }

  /// The axis as a number from 0.
  func normalized(axis: Int) -> Int {
    let result = axis < 0 ? axis + rank : axis
    check(result >= 0 && result < rank, "axis \(axis) of shape \(self)")
    return result
  }

  /// The product of the lengths of some axes.
  func product(_ axes: Range<Int>) -> Int { axes.reduce(1) { $0 * dimensions[$1] } }

  /// The shape that both meet in when axes of length 1 are repeated, aligned at the last axis.
  func broadcast(with other: Shape) -> Shape {
    if self == other { return self }
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for index in 0..<rank {
      let a = index < rank - self.rank ? 1 : dimensions[index - (rank - self.rank)]
      let b = index < rank - other.rank ? 1 : other.dimensions[index - (rank - other.rank)]
      check(a == b || a == 1 || b == 1, "broadcast: \(self) and \(other) cannot meet")
      result[index] = a == 1 ? b : a
    }
    return Shape(result)
  }
}
