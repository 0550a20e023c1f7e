import CKernels

// The blocked layout: an image of C channels is a tensor [N, ceil(C / 16), H, W, 16], so that 16
// channels of one pixel lie side by side; channels beyond C are zero. Convolution kernels keep
// activations in it between layers.

extension Tensor {
  /// `[N, C, H, W]` in the blocked layout `[N, ceil(C / 16), H, W, 16]`.
  public func blocked() -> Tensor {
    check(shape.rank == 4, "blocked: \(shape)")
    let (batch, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let blocks = blockCount(channels)
    let pixels = height * width
    let span = OperationTrace.begin("blocked layout \(shape)")
    defer { span?.end() }
    let result = Tensor(shape: [batch, blocks, height, width, 16]) { target in
      Parallel.forRanges(batch * blocks, grain: max(1, (1 << 12) / max(1, pixels))) { range in
        for index in range {
          let (image, block) = index.quotientAndRemainder(dividingBy: blocks)
          semblance_block(
            pointer + image * channels * pixels, Int64(channels), Int64(pixels), Int64(block),
            Int64(block + 1), target + image * blocks * 16 * pixels)
        }
      }
    }
    return result.recorded("blocked", self) { $0.unblocked(channels: channels) }
  }

  /// A blocked tensor `[N, ceil(C / 16), H, W, 16]` as `[N, C, H, W]`.
  public func unblocked(channels: Int) -> Tensor {
    check(
      shape.rank == 5 && shape[4] == 16 && blockCount(channels) == shape[1],
      "unblocked: \(shape) for \(channels) channels")
    let (batch, blocks, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let pixels = height * width
    let span = OperationTrace.begin("planar layout \(shape)")
    defer { span?.end() }
    let result = Tensor(shape: [batch, channels, height, width]) { target in
      Parallel.forRanges(batch * blocks, grain: max(1, (1 << 12) / max(1, pixels))) { range in
        for index in range {
          let (image, block) = index.quotientAndRemainder(dividingBy: blocks)
          semblance_unblock(
            pointer + image * blocks * 16 * pixels, Int64(channels), Int64(pixels), Int64(block),
            Int64(block + 1), target + image * channels * pixels)
        }
      }
    }
    return result.recorded("unblocked", self) { $0.blocked() }
  }
}

/// How many blocks of 16 hold this many channels.
func blockCount(_ channels: Int) -> Int { (channels + 15) / 16 }
