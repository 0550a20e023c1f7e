import CKernels

extension Tensor {
  /// Every channel of `[N, C, H, W]` with its mean over N, H and W taken away, divided by
  /// `sqrt(variance + epsilon)`, where the variance is the biased one (divided by the count).
  ///
  /// The means and variances `[C]` come along; they carry no gradient. Has first-order gradients
  /// only.
  public func standardized(epsilon: Float) -> (result: Tensor, mean: Tensor, variance: Tensor) {
    check(shape.rank == 4, "standardized: \(shape)")
    let (batch, channels) = (shape[0], shape[1])
    let plane = shape[2] * shape[3]
    let total = Double(batch * plane)
    let result = Storage(count: count)
    let mean = Storage(count: channels)
    let variance = Storage(count: channels)
    let span = OperationTrace.begin("standardization \(shape)")
    defer { span?.end() }
    Parallel.forEach(channels) { channel in
      let offsets = (0..<batch).map { ($0 * channels + channel) * plane }
      let sum = offsets.reduce(0.0) { $0 + semblance_sum(pointer + $1, Int64(plane)) }
      let centre = Float(sum / total)
      var squares = 0.0
      for offset in offsets {
        let out = result.base + offset
        semblance_unary(
          Int32(SEMBLANCE_AFFINE), pointer + offset, out, Int64(plane), 1, -centre)
        squares += semblance_dot(out, out, Int64(plane))
      }
      mean.base[channel] = centre
      variance.base[channel] = Float(squares / total)
      let scale = 1 / (variance.base[channel] + epsilon).squareRoot()
      for offset in offsets {
        let out = result.base + offset
        semblance_unary(Int32(SEMBLANCE_AFFINE), out, out, Int64(plane), scale, 0)
      }
    }
    let standardized = Tensor(shape: shape, storage: result)
    standardized.recorded("standardized", inputs: [self], isTwiceDifferentiable: false) {
      [shape] gradient, _ in
      let slope = Storage(count: shape.count)
      let span = OperationTrace.begin("standardization \(shape), gradient")
      defer { span?.end() }
      Parallel.forEach(channels) { channel in
        let offsets = (0..<batch).map { ($0 * channels + channel) * plane }
        var sum = 0.0
        var product = 0.0
        for offset in offsets {
          sum += semblance_sum(gradient.pointer + offset, Int64(plane))
          product += semblance_dot(gradient.pointer + offset, result.base + offset, Int64(plane))
        }
        let scale = 1 / (variance.base[channel] + epsilon).squareRoot()
        for offset in offsets {
          semblance_unary(
            Int32(SEMBLANCE_AFFINE), gradient.pointer + offset, slope.base + offset, Int64(plane),
            scale, -scale * Float(sum / total))
          semblance_accumulate(
            -scale * Float(product / total), result.base + offset, slope.base + offset,
            Int64(plane))
        }
      }
      return [Tensor(shape: shape, storage: slope)]
    }
    return (
      standardized, Tensor(shape: [channels], storage: mean),
      Tensor(shape: [channels], storage: variance)
    )
  }
}
