import CKernels

private let elementsPerChunk = 1 << 15

func binary(_ operation: Int32, _ a: Tensor, _ b: Tensor) -> Tensor {
  let shape = a.shape.broadcast(with: b.shape)
  let plan = BroadcastPlan(a.shape, b.shape, result: shape)
  let length = plan.rowLength
  let firstStride = Int32(plan.firstStrides[plan.firstStrides.count - 1])
  let secondStride = Int32(plan.secondStrides[plan.secondStrides.count - 1])
  let result = Storage(count: shape.count)
  if shape.count == 0 { return Tensor(shape: shape, storage: result) }
  func row(_ index: Int, _ range: Range<Int>) {
    let (first, second) = plan.offsets(ofRow: index)
    semblance_binary(
      operation, a.pointer + first + range.lowerBound * Int(firstStride), firstStride,
      b.pointer + second + range.lowerBound * Int(secondStride), secondStride,
      result.base + index * length + range.lowerBound, Int64(range.count))
  }
  let span = OperationTrace.begin("element by element, two inputs, \(shape)")
  defer { span?.end() }
  if plan.rowCount == 1 {
    Parallel.forRanges(length, grain: elementsPerChunk) { row(0, $0) }
  } else {
    Parallel.forRanges(plan.rowCount, grain: max(1, elementsPerChunk / length)) { rows in
      for index in rows { row(index, 0..<length) }
    }
  }
  return Tensor(shape: shape, storage: result)
}

extension Tensor {
  /// Adds the elements of a tensor of the same shape to this one's. Nothing is recorded.
  public func addInPlace(_ other: Tensor) {
    check(shape == other.shape, "add in place: \(other.shape) to \(shape)")
    Parallel.forRanges(count, grain: elementsPerChunk) { range in
      semblance_accumulate(
        1, other.pointer + range.lowerBound, pointer + range.lowerBound, Int64(range.count))
    }
  }

  /// Sum of two tensors, broadcast to a common shape.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(Int32(SEMBLANCE_ADD), a, b).recorded("add", inputs: [a, b]) { gradient, wanted in
      [
        wanted[0] ? gradient.summed(to: a.shape) : nil,
        wanted[1] ? gradient.summed(to: b.shape) : nil,
      ]
    }
  }

  /// Difference of two tensors, broadcast to a common shape.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    binary(Int32(SEMBLANCE_SUBTRACT), a, b)
      .recorded("subtract", inputs: [a, b]) { gradient, wanted in
        [
          wanted[0] ? gradient.summed(to: a.shape) : nil,
          wanted[1] ? -gradient.summed(to: b.shape) : nil,
        ]
      }
  }

  /// Product of the elements of two tensors, broadcast to a common shape.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(Int32(SEMBLANCE_MULTIPLY), a, b)
      .recorded("multiply", inputs: [a, b]) { gradient, wanted in
        [
          wanted[0] ? (gradient * b).summed(to: a.shape) : nil,
          wanted[1] ? (gradient * a).summed(to: b.shape) : nil,
        ]
      }
  }

  /// Quotient of the elements of two tensors, broadcast to a common shape.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(Int32(SEMBLANCE_DIVIDE), a, b)
      .recorded("divide", inputs: [a, b]) { gradient, wanted in
        [
          wanted[0] ? (gradient / b).summed(to: a.shape) : nil,
          wanted[1] ? -(gradient * a / b.squared()).summed(to: b.shape) : nil,
        ]
      }
  }

  /// Every element plus `value`.
  public static func + (a: Tensor, value: Float) -> Tensor { a.affine(scale: 1, shift: value) }

  /// Every element minus `value`.
  public static func - (a: Tensor, value: Float) -> Tensor { a.affine(scale: 1, shift: -value) }

  /// `value` minus every element.
  public static func - (value: Float, a: Tensor) -> Tensor { a.affine(scale: -1, shift: value) }

  /// Every element times `value`.
  public static func * (a: Tensor, value: Float) -> Tensor { a.affine(scale: value, shift: 0) }

  /// Every element times `value`.
  public static func * (value: Float, a: Tensor) -> Tensor { a.affine(scale: value, shift: 0) }

  /// Every element divided by `value`.
  public static func / (a: Tensor, value: Float) -> Tensor { a.affine(scale: 1 / value, shift: 0) }

  /// Every element with its sign changed.
  public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, shift: 0) }
}
