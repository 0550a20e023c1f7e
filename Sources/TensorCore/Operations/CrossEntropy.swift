import CKernels

extension Tensor {
  /// Softmax cross-entropy of class scores `[K, P]` (K classes, P pixels) with the class of each
  /// pixel: `sum over p of weights[p] * -log softmax(scores[:, p])[targets[p]]`, a scalar.
  ///
  /// Has first-order gradients only.
  ///
  /// - Parameters:
  ///   - targets: P class numbers in `0..<K`.
  ///   - weights: P weights; `1 / P` each gives the mean.
  public func crossEntropy(targets: [Int32], weights: [Float]) -> Tensor {
    check(
      shape.rank == 2 && targets.count == shape[1] && weights.count == shape[1],
      "crossEntropy: scores \(shape), \(targets.count) targets, \(weights.count) weights")
    let (classes, pixels) = (shape[0], shape[1])
    check(
      targets.allSatisfy { $0 >= 0 && $0 < classes },
      "crossEntropy: a target lies outside 0..<\(classes)")
    let losses = Storage(count: pixels)
    let wanted = Recording.isOn && tracksGradient
    let slope = wanted ? Storage(count: count) : nil
    let span = OperationTrace.begin("cross-entropy \(classes) x \(pixels)")
    defer { span?.end() }
    Parallel.forRanges(pixels, grain: 2048) { range in
      let first = range.lowerBound
      targets.withUnsafeBufferPointer { targets in
        weights.withUnsafeBufferPointer { weights in
          guard let target = targets.baseAddress, let weight = weights.baseAddress else { return }
          semblance_cross_entropy(
            pointer + first, Int64(classes), Int64(range.count), Int64(pixels), target + first,
            weight + first, losses.base + first, slope.map { $0.base + first })
        }
      }
    }
    let total = Tensor(Float(semblance_sum(losses.base, Int64(pixels))))
    guard let slope else { return total }
    let gradient = Tensor(shape: shape, storage: slope)
    return total.recorded("crossEntropy", inputs: [self], isTwiceDifferentiable: false) {
      seed, _ in [gradient * seed]
    }
  }
}
