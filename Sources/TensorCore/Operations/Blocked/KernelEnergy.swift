extension Tensor {
  /// The squares of a weight `[K, C, k, k]` summed over the kernel, `[K, C]`: what demodulation needs.
  /// Gradients of the first order.
  public func kernelEnergy() -> Tensor {
    check(shape.rank == 4, "kernel energy: \(shape)")
    let taps = shape[2] * shape[3]
    let result = Tensor(shape: [shape[0], shape[1]]) { target in
      Parallel.forRanges(shape[0] * shape[1], grain: 1 << 13) { range in
        for index in range {
          var sum: Float = 0
          for tap in index * taps..<(index + 1) * taps { sum += pointer[tap] * pointer[tap] }
          target[index] = sum
        }
      }
    }
    let weight = detached()
    return result.recorded("kernel energy", inputs: [self], isTwiceDifferentiable: false) {
      gradient, _ in
      [
        Tensor(shape: weight.shape) { target in
          Parallel.forRanges(gradient.count, grain: 1 << 13) { range in
            for index in range {
              let factor = 2 * gradient.pointer[index]
              for tap in index * taps..<(index + 1) * taps {
                target[tap] = factor * weight.pointer[tap]
              }
            }
          }
        }
      ]
    }
  }
}
