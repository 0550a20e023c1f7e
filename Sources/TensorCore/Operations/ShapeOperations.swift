extension Tensor {
  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    check(shape.count == count, "reshaped: \(self.shape) to \(shape)")
    return Tensor(shape: shape, storage: storage)
      .recorded("reshaped", self) { [own = self.shape] in $0.reshaped(own) }
  }

  /// Axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: [Int]) -> Tensor {
    check(
      order.sorted() == Array(0..<shape.rank), "permuted: order \(order) for shape \(shape)")
    if order == Array(0..<shape.rank) { return self }
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let lengths = order.map { shape[$0] }
    let steps = order.map { strides[$0] }
    let result = Storage(count: count)
    let length = lengths[lengths.count - 1]
    let step = steps[steps.count - 1]
    let rows = count / max(length, 1)
    let span = OperationTrace.begin("permutation \(shape)")
    defer { span?.end() }
    Parallel.forRanges(rows, grain: max(1, (1 << 14) / max(length, 1))) { range in
      for row in range {
        var rest = row
        var offset = 0
        for axis in stride(from: lengths.count - 2, through: 0, by: -1) {
          offset += (rest % lengths[axis]) * steps[axis]
          rest /= lengths[axis]
        }
        let from = pointer + offset
        let to = result.base + row * length
        if step == 1 {
          to.update(from: from, count: length)
        } else {
          for index in 0..<length { to[index] = from[index * step] }
        }
      }
    }
    var inverse = [Int](repeating: 0, count: order.count)
    for (index, axis) in order.enumerated() { inverse[axis] = index }
    return Tensor(shape: Shape(lengths), storage: result)
      .recorded("permuted", self) { [inverse] in $0.permuted(inverse) }
  }

  /// The last two axes exchanged.
  public func transposed() -> Tensor {
    var order = Array(0..<shape.rank)
    order.swapAt(shape.rank - 1, shape.rank - 2)
    return permuted(order)
  }

  /// The elements whose position along `axis` lies in `range`.
  public func slice(_ range: Range<Int>, axis: Int) -> Tensor {
    let axis = shape.normalized(axis: axis)
    check(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice: \(range) of axis \(axis) of \(shape)")
    if range == 0..<shape[axis] { return self }
    let outer = shape.product(0..<axis)
    let inner = shape.product(axis + 1..<shape.rank)
    var lengths = shape.dimensions
    lengths[axis] = range.count
    let length = shape[axis]
    let result = Tensor(shape: Shape(lengths)) { to in
      for index in 0..<outer {
        (to + index * range.count * inner).update(
          from: pointer + (index * length + range.lowerBound) * inner, count: range.count * inner)
      }
    }
    return result.recorded("slice", self) {
      $0.padded(before: range.lowerBound, after: length - range.upperBound, axis: axis)
    }
  }

  /// One position along `axis`, which disappears.
  public func selecting(_ index: Int, axis: Int) -> Tensor {
    let axis = shape.normalized(axis: axis)
    var lengths = shape.dimensions
    lengths.remove(at: axis)
    return slice(index..<index + 1, axis: axis).reshaped(Shape(lengths))
  }

  /// Zeros before and after along `axis`.
  public func padded(before: Int, after: Int, axis: Int) -> Tensor {
    if before == 0 && after == 0 { return self }
    let axis = shape.normalized(axis: axis)
    let outer = shape.product(0..<axis)
    let inner = shape.product(axis + 1..<shape.rank)
    let length = shape[axis]
    var lengths = shape.dimensions
    lengths[axis] += before + after
    let total = lengths[axis]
    let result = Tensor(shape: Shape(lengths)) { to in
      for index in 0..<outer {
        let row = to + index * total * inner
        row.update(repeating: 0, count: before * inner)
        (row + before * inner).update(
          from: pointer + index * length * inner, count: length * inner)
        (row + (before + length) * inner).update(repeating: 0, count: after * inner)
      }
    }
    return result.recorded("padded", self) { $0.slice(before..<before + length, axis: axis) }
  }

  /// Tensors one after the other along `axis`; the other axes agree.
  public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
    check(!parts.isEmpty, "concatenated: no tensors")
    if parts.count == 1 { return parts[0] }
    let axis = parts[0].shape.normalized(axis: axis)
    var lengths = parts[0].shape.dimensions
    lengths[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    for part in parts {
      var other = part.shape.dimensions
      check(other.count == lengths.count, "concatenated: \(parts.map(\.shape))")
      other[axis] = lengths[axis]
      check(other == lengths, "concatenated: \(parts.map(\.shape)) along axis \(axis)")
    }
    let outer = parts[0].shape.product(0..<axis)
    let inner = parts[0].shape.product(axis + 1..<lengths.count)
    let total = lengths[axis]
    let result = Tensor(shape: Shape(lengths)) { to in
      var offset = 0
      for part in parts {
        let run = part.shape[axis] * inner
        for index in 0..<outer {
          (to + index * total * inner + offset).update(
            from: part.pointer + index * run, count: run)
        }
        offset += run
      }
    }
    return result.recorded("concatenated", inputs: parts) { gradient, wanted in
      var start = 0
      return parts.enumerated().map { index, part in
        defer { start += part.shape[axis] }
        return wanted[index]
          ? gradient.slice(start..<start + part.shape[axis], axis: axis) : nil
      }
    }
  }

  /// The order of elements reversed along `axes`.
  public func flipped(axes: [Int]) -> Tensor {
    var result = self
    for axis in axes { result = result.flipped(axis: shape.normalized(axis: axis)) }
    return result
  }

  private func flipped(axis: Int) -> Tensor {
    let outer = shape.product(0..<axis)
    let inner = shape.product(axis + 1..<shape.rank)
    let length = shape[axis]
    let result = Tensor(shape: shape) { to in
      for index in 0..<outer {
        for position in 0..<length {
          (to + (index * length + position) * inner).update(
            from: pointer + (index * length + length - 1 - position) * inner, count: inner)
        }
      }
    }
    return result.recorded("flipped", self) { $0.flipped(axis: axis) }
  }
}
