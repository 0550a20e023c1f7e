import CKernels

extension Tensor {
  /// `unitDistance(to:weights:epsilon:)` for blocked features and target
  /// `[N, ceil(C / 16), H, W, 16]`; weights `[C]`. The result is `[N, 1, H, W]`.
  public func blockedUnitDistance(to target: Tensor, weights: Tensor, epsilon: Float = 1e-10)
    -> Tensor
  {
    check(
      shape.rank == 5 && shape[4] == 16 && target.shape.rank == 5
        && shape.dimensions[1...] == target.shape.dimensions[1...]
        && (target.shape[0] == shape[0] || target.shape[0] == 1)
        && blockCount(weights.count) == shape[1],
      "blockedUnitDistance: features \(shape), target \(target.shape), weights \(weights.shape)")
    let (blocks, pixels) = (shape[1], shape[2] * shape[3])
    let image = blocks * pixels * 16
    let targetStep = target.shape[0] == 1 ? 0 : image
    let factors = paddedChannels(weights.pointer, weights.count)
    let grain = max(16, (1 << 14) / blocks)
    let span = OperationTrace.begin("unit distance, blocked, \(shape)")
    defer { span?.end() }
    let result = Tensor(shape: [shape[0], 1, shape[2], shape[3]]) { base in
      for index in 0..<shape[0] {
        Parallel.forRanges(pixels, grain: grain) { range in
          semblance_blocked_unit_distance(
            pointer + index * image, target.pointer + index * targetStep, factors.base,
            Int64(blocks), Int64(pixels), epsilon, Int64(range.lowerBound),
            Int64(range.upperBound), base + index * pixels)
        }
      }
    }
    return result.recorded("blockedUnitDistance", inputs: [self]) { [self] slope, _ in
      [
        { [self] sum in
          let span = OperationTrace.begin("unit distance, blocked, \(shape), gradient")
          defer { span?.end() }
          for index in 0..<shape[0] {
            Parallel.forRanges(pixels, grain: grain) { range in
              semblance_blocked_unit_distance_gradient(
                pointer + index * image, target.pointer + index * targetStep, factors.base,
                slope.pointer + index * pixels, Int64(blocks), Int64(pixels), epsilon,
                Int64(range.lowerBound), Int64(range.upperBound), sum.pointer + index * image)
            }
          }
        }
      ]
    }
  }

  /// `unitNormalized(epsilon:)` of blocked features `[N, ceil(C / 16), H, W, 16]`, without history.
  public func blockedUnitNormalized(epsilon: Float = 1e-10) -> Tensor {
    check(shape.rank == 5 && shape[4] == 16, "blockedUnitNormalized: \(shape)")
    return withoutRecording {
      let length = squared().sum(axes: [1, 4], keepingAxes: true).squareRoot()
      return self / (length + epsilon)
    }
  }
}
