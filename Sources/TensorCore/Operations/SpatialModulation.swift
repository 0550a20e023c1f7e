import CKernels

extension Tensor {
  /// `activation(x (1 + scale) + shift)` for every element of `[N, C, H, W]`, where `parameters`
  /// `[N, 2C, H, W]` holds the scales and, behind them, the shifts, and the activation is a leaky
  /// ReLU (slope 1: none).
  ///
  /// Has first-order gradients only.
  public func modulated(by parameters: Tensor, slope: Float) -> Tensor {
    check(
      shape.rank == 4 && parameters.shape == [shape[0], 2 * shape[1], shape[2], shape[3]],
      "modulated: \(shape) by parameters \(parameters.shape)")
    let (batch, length) = (shape[0], count / max(shape[0], 1))
    let result = Storage(count: count)
    let span = OperationTrace.begin("spatial modulation \(shape)")
    defer { span?.end() }
    forChunks(batch: batch, length: length) { offset, first, count in
      semblance_modulate(
        pointer + offset, parameters.pointer + first, parameters.pointer + first + length, slope,
        result.base + offset, Int64(count))
    }
    return Tensor(shape: shape, storage: result)
      .recorded("modulated", inputs: [self, parameters], isTwiceDifferentiable: false) {
        [self] gradient, _ in
        let ofInput = Storage(count: self.count)
        let ofParameters = Storage(count: parameters.count)
        let span = OperationTrace.begin("spatial modulation \(shape), gradient")
        defer { span?.end() }
        forChunks(batch: batch, length: length) { offset, first, count in
          semblance_modulate_gradient(
            gradient.pointer + offset, pointer + offset, parameters.pointer + first,
            parameters.pointer + first + length, slope, ofInput.base + offset,
            ofParameters.base + first, ofParameters.base + first + length, Int64(count))
        }
        return [
          Tensor(shape: shape, storage: ofInput),
          Tensor(shape: parameters.shape, storage: ofParameters),
        ]
      }
  }
}

/// Calls `body` for pieces of `batch` samples of `length` elements: the offset of the piece, its
/// place in a tensor with twice as many channels, and how many elements it has.
private func forChunks(batch: Int, length: Int, _ body: (Int, Int, Int) -> Void) {
  let grain = 1 << 14
  let pieces = (length + grain - 1) / grain
  Parallel.forEach(batch * pieces) { index in
    let (sample, piece) = index.quotientAndRemainder(dividingBy: pieces)
    let start = piece * grain
    body(
      sample * length + start, 2 * sample * length + start, min(grain, length - start))
  }
}
