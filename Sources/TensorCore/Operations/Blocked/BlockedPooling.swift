import CKernels

extension Tensor {
  /// The largest of every 2x2 pixels of a blocked tensor, stride 2; an odd last row or column is
  /// left out. Differentiable once.
  public func blockedMaxPooled() -> Tensor {
    check(shape.rank == 5 && shape[4] == 16, "blockedMaxPooled: \(shape)")
    let (height, width) = (shape[2], shape[3])
    let (rows, columns) = (height / 2, width / 2)
    let span = OperationTrace.begin("max pooling, blocked, \(shape)")
    defer { span?.end() }
    let result = Tensor(shape: [shape[0], shape[1], rows, columns, 16]) { target in
      Parallel.forEach(shape[0] * shape[1]) { plane in
        semblance_blocked_max_pool(
          pointer + plane * height * width * 16, Int64(height), Int64(width), 0, Int64(rows),
          target + plane * rows * columns * 16)
      }
    }
    let storage = result.storage
    return result.recorded("blockedMaxPooled", inputs: [self], isTwiceDifferentiable: false) {
      [self] gradient, _ in
      let span = OperationTrace.begin("max pooling, blocked, \(shape), gradient")
      defer { span?.end() }
      return [
        Tensor(shape: shape) { target in
          Parallel.forEach(shape[0] * shape[1]) { plane in
            let (from, to) = (plane * rows * columns * 16, plane * height * width * 16)
            semblance_blocked_max_pool_gradient(
              pointer + to, storage.base + from, gradient.pointer + from, Int64(height),
              Int64(width), 0, Int64(rows), target + to)
          }
        }
      ]
    }
  }
}
