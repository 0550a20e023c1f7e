import CKernels

extension Tensor {
  /// The feature vector of every pixel of `[N, C, H, W]` divided by its length plus `epsilon`.
  public func unitNormalized(epsilon: Float = 1e-10) -> Tensor {
    check(shape.rank == 4, "unitNormalized: \(shape)")
    // A root of exactly zero has no slope.
    let length = (squared().sum(axes: [1], keepingAxes: true) + 1e-30).squareRoot()
    return self / (length + epsilon)
  }

  /// Weighted squared distances of the feature vectors of `[N, C, H, W]`, each brought to unit
  /// length, from those of `target`: `[N, 1, H, W]`, at every pixel
  /// `sum over c of weights[c] (f[c] / (|f| + epsilon) - target[c])^2`.
  ///
  /// The core of LPIPS (Zhang et al. 2018) in one pass over memory. First-order gradients with
  /// respect to this tensor only; zero for a feature vector of zeros.
  ///
  /// - Parameters:
  ///   - target: unit-length features `[N, C, H, W]`, or `[1, C, H, W]` for all; a constant.
  ///   - weights: one for each channel, `[C]`; a constant.
  public func unitDistance(to target: Tensor, weights: Tensor, epsilon: Float = 1e-10) -> Tensor {
    check(
      shape.rank == 4 && target.shape.rank == 4
        && shape.dimensions[1...] == target.shape.dimensions[1...]
        && (target.shape[0] == shape[0] || target.shape[0] == 1) && weights.count == shape[1],
      "unitDistance: features \(shape), target \(target.shape), weights \(weights.shape)")
    let (channels, pixels) = (shape[1], shape[2] * shape[3])
    let result = Tensor(shape: [shape[0], 1, shape[2], shape[3]]) { base in
      forUnitDistanceBlocks(of: target) { own, other, image, range in
        semblance_unit_distance(
          own, other, weights.pointer, Int64(channels), Int64(range.count), Int64(pixels), epsilon,
          base + image * pixels + range.lowerBound)
      }
    }
    return result.recorded("unitDistance", inputs: [self], isTwiceDifferentiable: false) {
      [self] slope, _ in
      [
        Tensor(shape: shape) { base in
          forUnitDistanceBlocks(of: target) { own, other, image, range in
            semblance_unit_distance_gradient(
              own, other, weights.pointer, slope.pointer + image * pixels + range.lowerBound,
              Int64(channels), Int64(range.count), Int64(pixels), epsilon,
              base + image * channels * pixels + range.lowerBound)
          }
        }
      ]
    }
  }

  /// Calls `body` for blocks of pixels with both tensors' first element of the block, the number of
  /// the image and the pixels.
  private func forUnitDistanceBlocks(
    of target: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, Int, Range<Int>) -> Void
  ) {
    let (channels, pixels) = (shape[1], shape[2] * shape[3])
    let block = max(64, ((1 << 16) / max(channels, 1) + 63) / 64 * 64)
    let blocks = (pixels + block - 1) / block
    let targetStep = target.shape[0] == 1 ? 0 : channels * pixels
    Parallel.forEach(shape[0] * blocks) { index in
      let image = index / blocks
      let start = index % blocks * block
      body(
        pointer + image * channels * pixels + start, target.pointer + image * targetStep + start,
        image, start..<min(start + block, pixels))
    }
  }
}
