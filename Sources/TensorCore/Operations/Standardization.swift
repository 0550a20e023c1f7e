import CKernels

extension Tensor {
  /// Every channel of `[N, C, H, W]` with its mean over N, H and W taken away, divided by
  /// `sqrt(variance + epsilon)`, where the variance is the biased one (divided by the count).
  ///
  /// The means and variances `[C]` come along; they carry no gradient. Has first-order gradients
  /// only.
  ///
  /// - Parameter processes: whose batches, of equal size, are normalised together; the gradient
  ///   passes through the statistics of all of them. nil for this process alone.
  public func standardized(epsilon: Float, across processes: (any ProcessGroup)? = nil) -> (
    result: Tensor, mean: Tensor, variance: Tensor
  ) {
    check(shape.rank == 4, "standardized: \(shape)")
    let span = OperationTrace.begin("standardization \(shape)")
    defer { span?.end() }
    let pass = Standardization(of: shape, epsilon: epsilon, across: processes)
    pass.standardize(self)
    let standardized = Tensor(shape: shape, storage: pass.result)
    standardized.recorded("standardized", inputs: [self], isTwiceDifferentiable: false) {
      [shape] gradient, _ in
      let span = OperationTrace.begin("standardization \(shape), gradient")
      defer { span?.end() }
      return [Tensor(shape: shape, storage: pass.slope(gradient))]
    }
    let channels = shape[1]
    return (
      standardized, Tensor(shape: [channels], storage: pass.mean),
      Tensor(shape: [channels], storage: pass.variance)
    )
  }
}

/// Means, variances and standardised numbers of a batch, and what their gradient needs.
private struct Standardization {
  let result: Storage
  let mean: Storage
  let variance: Storage
  private let (batch, channels, plane): (Int, Int, Int)
  private let epsilon: Float
  private let processes: (any ProcessGroup)?
  /// Numbers of a channel in the batches of all processes.
  private let total: Double

  init(of shape: Shape, epsilon: Float, across processes: (any ProcessGroup)?) {
    (batch, channels, plane) = (shape[0], shape[1], shape[2] * shape[3])
    self.epsilon = epsilon
    self.processes = processes
    total = Double(batch * plane * (processes?.count ?? 1))
    result = Storage(count: shape.count)
    mean = Storage(count: channels)
    variance = Storage(count: channels)
  }

  /// Fills `result`, `mean` and `variance`.
  func standardize(_ x: Tensor) {
    let sums = Sums(channels)
    Self.forChannels(
      channels, across: processes, sums,
      [
        { channel in
          sums[channel] = offsets(channel).reduce(0.0) {
            $0 + semblance_sum(x.pointer + $1, Int64(plane))
          }
        },
        { channel in
          mean.base[channel] = Float(sums[channel] / total)
          sums[channel] = offsets(channel).reduce(0.0) { squares, offset in
            let out = result.base + offset
            semblance_unary(
              Int32(SEMBLANCE_AFFINE), x.pointer + offset, out, Int64(plane), 1,
              -mean.base[channel])
            return squares + semblance_dot(out, out, Int64(plane))
          }
        },
        { channel in
          variance.base[channel] = Float(sums[channel] / total)
          for offset in offsets(channel) {
            let out = result.base + offset
            semblance_unary(
              Int32(SEMBLANCE_AFFINE), out, out, Int64(plane), scale(channel), 0)
          }
        },
      ])
  }

  /// The gradient of the numbers that were standardised.
  func slope(_ gradient: Tensor) -> Storage {
    let slope = Storage(count: gradient.count)
    let sums = Sums(2 * channels)
    Self.forChannels(
      channels, across: processes, sums,
      [
        { channel in
          var (sum, product) = (0.0, 0.0)
          for offset in offsets(channel) {
            let part = gradient.pointer + offset
            sum += semblance_sum(part, Int64(plane))
            product += semblance_dot(part, result.base + offset, Int64(plane))
          }
          sums[channel] = sum
          sums[channels + channel] = product
        },
        { channel in
          let scale = scale(channel)
          let (sum, product) = (sums[channel], sums[channels + channel])
          for offset in offsets(channel) {
            semblance_unary(
              Int32(SEMBLANCE_AFFINE), gradient.pointer + offset, slope.base + offset,
              Int64(plane), scale, -scale * Float(sum / total))
            semblance_accumulate(
              -scale * Float(product / total), result.base + offset, slope.base + offset,
              Int64(plane))
          }
        },
      ])
    return slope
  }

  private func offsets(_ channel: Int) -> [Int] {
    (0..<batch).map { ($0 * channels + channel) * plane }
  }

  private func scale(_ channel: Int) -> Float {
    1 / (variance.base[channel] + epsilon).squareRoot()
  }

  /// Numbers that one step of a channel leaves for the next.
  private final class Sums {
    let values: UnsafeMutableBufferPointer<Double>

    init(_ count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }

    subscript(index: Int) -> Double {
      get { values[index] }
      set { values[index] = newValue }
    }
  }

  /// The steps for every channel. One process does them for a channel at a time, while its numbers
  /// are at hand; several add up the sums of all channels between two steps.
  private static func forChannels(
    _ channels: Int, across processes: (any ProcessGroup)?, _ sums: Sums,
    _ steps: [(Int) -> Void]
  ) {
    guard let processes, processes.count > 1 else {
      Parallel.forEach(channels) { channel in for step in steps { step(channel) } }
      return
    }
    for (index, step) in steps.enumerated() {
      if index > 0 { processes.sum(sums.values) }
      Parallel.forEach(channels, step)
    }
  }
}
