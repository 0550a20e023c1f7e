import TensorCore

// Convolution together with a change of size by two, the way StyleGAN2 does it (formats spec 1.4
// and 1.7): odd square kernels, zero padding, FIR filter against aliasing.

extension Tensor {
  /// `[N, I, H, W]` with `weight` `[O, I, k, k]` to `[N, O, 2H, 2W]`.
  ///
  /// For k > 1 a transposed convolution of stride 2 whose kernel is not mirrored
  /// (`out[2i + a, 2j + b] += x[i, j] w[a, b]`), then the filter; for k = 1 the convolution at the
  /// small size, then the enlargement.
  public func convolvedUpsampling(with weight: Tensor, filter: FIRFilter) -> Tensor {
    if weight.shape[2] == 1 { return convolved(with: weight).resampled(by: filter.upsampling()) }
    return transposeConvolvedUpsampling(with: weight.permuted([1, 0, 2, 3]), filter: filter)
  }

  /// `convolvedUpsampling` for a kernel that is already stored `[I, O, k, k]`.
  func transposeConvolvedUpsampling(with kernel: Tensor, filter: FIRFilter) -> Tensor {
    transposeConvolved(with: kernel, stride: 2)
      .resampled(by: filter.afterTransposedConvolution(kernel: kernel.shape[2]))
  }

  /// `[N, I, H, W]` with `weight` `[O, I, k, k]` to `[N, O, H/2, W/2]`: the filter, then a
  /// convolution of stride 2; for k = 1 the reduction, then the convolution.
  public func convolvedDownsampling(with weight: Tensor, filter: FIRFilter) -> Tensor {
    let side = weight.shape[2]
    if side == 1 { return resampled(by: filter.downsampling()).convolved(with: weight) }
    return resampled(by: filter.beforeStridedConvolution(kernel: side))
      .convolved(with: weight, stride: 2)
  }
}
