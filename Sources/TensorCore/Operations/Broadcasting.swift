/// How two row-major tensors meet in a broadcast: merged axes with a stride for each operand.
struct BroadcastPlan {
  /// Merged axis lengths, outermost first; never empty.
  private(set) var lengths: [Int]
  private(set) var firstStrides: [Int]
  private(set) var secondStrides: [Int]

  init(_ a: Shape, _ b: Shape, result: Shape) {
    func strides(_ shape: Shape) -> [Int] {
      var strides = [Int](repeating: 0, count: result.rank)
      var step = 1
      for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
        let target = axis + result.rank - shape.rank
        strides[target] = shape[axis] == 1 ? 0 : step
        step *= shape[axis]
      }
      return strides
    }
    let first = strides(a)
    let second = strides(b)
    lengths = []
    firstStrides = []
    secondStrides = []
    // Neighbouring axes merge when stepping over the inner one equals one step of the outer one.
    for axis in stride(from: result.rank - 1, through: 0, by: -1) where result[axis] != 1 {
      if let length = lengths.first,
        first[axis] == firstStrides[0] * length, second[axis] == secondStrides[0] * length
      {
        lengths[0] *= result[axis]
      } else {
        lengths.insert(result[axis], at: 0)
        firstStrides.insert(first[axis], at: 0)
        secondStrides.insert(second[axis], at: 0)
      }
    }
    if lengths.isEmpty {
      lengths = [1]
      firstStrides = [1]
      secondStrides = [1]
    }
  }

  /// Length of the innermost merged axis.
  var rowLength: Int { lengths[lengths.count - 1] }

  /// Product of the others.
  var rowCount: Int { lengths.dropLast().reduce(1, *) }

  /// Where row `index` starts in both operands.
  func offsets(ofRow index: Int) -> (first: Int, second: Int) {
    var rest = index
    var first = 0
    var second = 0
    for axis in stride(from: lengths.count - 2, through: 0, by: -1) {
      let position = rest % lengths[axis]
      rest /= lengths[axis]
      first += position * firstStrides[axis]
      second += position * secondStrides[axis]
    }
    return (first, second)
  }
}

extension Tensor {
  /// Elements repeated along axes of length 1 (and new leading axes) up to `shape`.
  public func broadcast(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    return expanded(to: shape)
  }

  /// Sums over every axis that a broadcast from `shape` to this shape repeated.
  public func summed(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    let lead = self.shape.rank - shape.rank
    var axes = Array(0..<lead)
    for axis in 0..<shape.rank where shape[axis] == 1 && self.shape[axis + lead] != 1 {
      axes.append(axis + lead)
    }
    return sum(axes: axes, keepingAxes: true).reshaped(shape)
  }
}
