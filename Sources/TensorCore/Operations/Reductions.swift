import CKernels

extension Tensor {
  /// The sum of all elements, a scalar.
  public func sum() -> Tensor {
    let chunk = 1 << 17
    let chunks = (count + chunk - 1) / chunk
    let partial = UnsafeMutablePointer<Double>.allocate(capacity: max(chunks, 1))
    defer { partial.deallocate() }
    Parallel.forRanges(count, grain: chunk) { range in
      partial[range.lowerBound / chunk] = semblance_sum(
        pointer + range.lowerBound, Int64(range.count))
    }
    let total = (0..<chunks).reduce(0.0) { $0 + partial[$1] }
    return Tensor(Float(total)).recorded("sum", self) { [shape] in $0.expanded(to: shape) }
  }

  /// The mean of all elements, a scalar.
  public func mean() -> Tensor { sum() * (1 / Float(max(count, 1))) }

  /// Sums over `axes`; with `keepingAxes` they stay with length 1.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let reduced = Set(axes.map(shape.normalized(axis:)))
    if reduced.isEmpty { return self }
    var kept = shape.dimensions
    for axis in reduced { kept[axis] = 1 }
    let keptShape = Shape(kept)
    var current = self.storage
    var lengths = shape.dimensions
    // Runs of neighbouring reduced axes, last first: [outer, run, inner] -> [outer, inner].
    var axis = shape.rank - 1
    while axis >= 0 {
      guard reduced.contains(axis) else {
        axis -= 1
        continue
      }
      var first = axis
      while first > 0, reduced.contains(first - 1) { first -= 1 }
      let outer = lengths[..<first].reduce(1, *)
      let run = lengths[first...axis].reduce(1, *)
      let inner = lengths[(axis + 1)...].reduce(1, *)
      current = summing(current, outer: outer, run: run, inner: inner)
      for index in first...axis { lengths[index] = 1 }
      axis = first - 1
    }
    let result = Tensor(shape: keptShape, storage: current)
      .recorded("sum(axes:)", self) { [shape] in $0.expanded(to: shape) }
    if keepingAxes { return result }
    return result.reshaped(
      Shape(shape.dimensions.enumerated().filter { !reduced.contains($0.offset) }.map(\.element)))
  }

  /// Means over `axes`; with `keepingAxes` they stay with length 1.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let count = axes.map { shape[$0] }.reduce(1, *)
    return sum(axes: axes, keepingAxes: keepingAxes) * (1 / Float(max(count, 1)))
  }

  func expanded(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    check(self.shape.broadcast(with: shape) == shape, "broadcast: \(self.shape) to \(shape)")
    let plan = BroadcastPlan(self.shape, shape, result: shape)
    let length = plan.rowLength
    let result = Storage(count: shape.count)
    let repeats = plan.firstStrides[plan.firstStrides.count - 1] == 0
    Parallel.forRanges(plan.rowCount, grain: max(1, (1 << 15) / max(length, 1))) { rows in
      for index in rows {
        let from = pointer + plan.offsets(ofRow: index).first
        if repeats {
          (result.base + index * length).update(repeating: from[0], count: length)
        } else {
          (result.base + index * length).update(from: from, count: length)
        }
      }
    }
    return Tensor(shape: shape, storage: result)
      .recorded("expanded", self) { [own = self.shape] in $0.summed(to: own) }
  }

  private func summing(_ source: Storage, outer: Int, run: Int, inner: Int) -> Storage {
    let result = Storage(count: outer * inner)
    let span = OperationTrace.begin("sum \(outer) x \(run) x \(inner)")
    defer { span?.end() }
    Parallel.forRanges(outer, grain: max(1, (1 << 15) / max(run * inner, 1))) { range in
      for index in range {
        let from = source.base + index * run * inner
        if inner == 1 {
          result.base[index] = Float(semblance_sum(from, Int64(run)))
        } else {
          semblance_sum_rows(from, Int64(run), Int64(inner), result.base + index * inner)
        }
      }
    }
    return result
  }
}
