import CKernels

// Convolution, its input gradient and its weight gradient: each one's vector-Jacobian products are
// the other two, so gradients of any order come from these three. Columns of pixels are made tile
// by tile, never for the whole image.

extension Tensor {
  /// Cross-correlation of images `[N, C, H, W]` with `weight` `[K, C, kh, kw]`: `[N, K, H', W']`.
  public func convolved(with weight: Tensor, stride: Int = 1, padding: Int = 0) -> Tensor {
    check(
      shape.rank == 4 && weight.shape.rank == 4 && shape[1] == weight.shape[1],
      "convolved: input \(shape), weight \(weight.shape)")
    let window = ConvolutionWindow(
      kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], stride: stride,
      padding: padding)
    return convolutionForward(self, weight, window)
      .recorded("convolved", inputs: [self, weight]) { [self] gradient, wanted in
        [
          wanted[0]
            ? gradient.convolutionInputGradient(
              weight: weight, window: window, height: shape[2], width: shape[3]) : nil,
          wanted[1]
            ? self.convolutionWeightGradient(gradient, window: window) : nil,
        ]
      }
  }

  /// The transpose of `convolved`: this tensor is a gradient (or the input of a transposed
  /// convolution) `[N, K, H', W']`, `weight` is `[K, C, kh, kw]`, the result `[N, C, height, width]`.
  public func convolutionInputGradient(
    weight: Tensor, window: ConvolutionWindow, height: Int, width: Int
  ) -> Tensor {
    let output = window.outputSize(height: height, width: width)
    check(
      shape.rank == 4 && shape[1] == weight.shape[0] && shape[2] == output.height
        && shape[3] == output.width,
      "convolutionInputGradient: gradient \(shape), weight \(weight.shape), input \(height)x\(width)"
    )
    return convolutionBackward(self, weight, window, height: height, width: width)
      .recorded("convolutionInputGradient", inputs: [self, weight]) { [self] gradient, wanted in
        [
          wanted[0]
            ? gradient.convolved(with: weight, stride: window.stride, padding: window.padding)
            : nil,
          wanted[1] ? gradient.convolutionWeightGradient(self, window: window) : nil,
        ]
      }
  }

  /// The gradient of `convolved` with respect to its weight: this tensor is the input
  /// `[N, C, H, W]`, `gradient` `[N, K, H', W']`, the result `[K, C, kh, kw]`.
  public func convolutionWeightGradient(_ gradient: Tensor, window: ConvolutionWindow) -> Tensor {
    check(
      shape.rank == 4 && gradient.shape.rank == 4 && shape[0] == gradient.shape[0],
      "convolutionWeightGradient: input \(shape), gradient \(gradient.shape)")
    return convolutionWeights(self, gradient, window)
      .recorded("convolutionWeightGradient", inputs: [self, gradient]) {
        [self] second, wanted in
        [
          wanted[0]
            ? gradient.convolutionInputGradient(
              weight: second, window: window, height: shape[2], width: shape[3]) : nil,
          wanted[1]
            ? self.convolved(with: second, stride: window.stride, padding: window.padding) : nil,
        ]
      }
  }

  /// Transposed convolution of `[N, C, H, W]` with `weight` `[C, K, kh, kw]`:
  /// `[N, K, (H - 1) stride - 2 padding + kh, ...]`.
  public func transposeConvolved(with weight: Tensor, stride: Int = 1, padding: Int = 0) -> Tensor {
    let window = ConvolutionWindow(
      kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], stride: stride,
      padding: padding)
    return convolutionInputGradient(
      weight: weight, window: window,
      height: (shape[2] - 1) * stride - 2 * padding + window.kernelHeight,
      width: (shape[3] - 1) * stride - 2 * padding + window.kernelWidth)
  }
}

private func convolutionForward(
  _ input: Tensor, _ weight: Tensor, _ window: ConvolutionWindow
) -> Tensor {
  let (batch, channels) = (input.shape[0], input.shape[1])
  let (height, width) = (input.shape[2], input.shape[3])
  let outputs = weight.shape[0]
  var geometry = window.geometry(height: height, width: width)
  let (outputHeight, outputWidth) = (Int(geometry.output_height), Int(geometry.output_width))
  let pixels = outputHeight * outputWidth
  let result = Storage(count: batch * outputs * pixels)
  let depth = channels * window.kernelHeight * window.kernelWidth
  let tile = window.rowsPerTile(
    channels: channels, outputWidth: outputWidth, outputHeight: outputHeight)
  let tiles = (outputHeight + tile - 1) / tile
  let span = OperationTrace.begin(
    "plain convolution \(weight.shape) at \(height)x\(width)",
    multiplications: batch * outputs * depth * pixels)
  defer { span?.end() }
  Parallel.forEach(batch * tiles) { index in
    let image = index / tiles
    let row = index % tiles * tile
    let rows = min(tile, outputHeight - row)
    let source = input.pointer + image * channels * height * width
    let target = result.base + image * outputs * pixels + row * outputWidth
    if window.isPointwise {
      multiplyMatrices(
        rows: outputs, columns: rows * width, inner: channels, a: weight.pointer, lda: channels,
        transposeA: false, b: source + row * width, ldb: pixels, transposeB: false, beta: 0,
        out: target, ldc: pixels, parallel: false)
      return
    }
    let columns = Storage(count: depth * rows * outputWidth)
    withUnsafePointer(to: &geometry) {
      semblance_im2col(source, Int64(channels), $0, Int64(row), Int64(rows), columns.base)
    }
    multiplyMatrices(
      rows: outputs, columns: rows * outputWidth, inner: depth, a: weight.pointer, lda: depth,
      transposeA: false, b: columns.base, ldb: rows * outputWidth, transposeB: false, beta: 0,
      out: target, ldc: pixels, parallel: false)
  }
  return Tensor(shape: [batch, outputs, outputHeight, outputWidth], storage: result)
}

/// Channels are split into groups, so that no two threads add to the same pixel.
private func channelGroups(_ channels: Int, batch: Int) -> Int {
  min(channels, max(1, (8 + batch - 1) / batch))
}

private func convolutionBackward(
  _ gradient: Tensor, _ weight: Tensor, _ window: ConvolutionWindow, height: Int, width: Int
) -> Tensor {
  let (batch, outputs) = (gradient.shape[0], gradient.shape[1])
  let channels = weight.shape[1]
  var geometry = window.geometry(height: height, width: width)
  let (outputHeight, outputWidth) = (Int(geometry.output_height), Int(geometry.output_width))
  let pixels = outputHeight * outputWidth
  let taps = window.kernelHeight * window.kernelWidth
  let result = Storage(count: batch * channels * height * width)
  let groups = channelGroups(channels, batch: batch)
  let span = OperationTrace.begin(
    "plain convolution \(weight.shape) at \(height)x\(width), gradient",
    multiplications: batch * weight.count * pixels)
  defer { span?.end() }
  Parallel.forEach(batch * groups) { index in
    let image = index / groups
    let first = index % groups * channels / groups
    let end = (index % groups + 1) * channels / groups
    let source = gradient.pointer + image * outputs * pixels
    let target = result.base + (image * channels + first) * height * width
    let depth = (end - first) * taps
    if window.isPointwise {
      multiplyMatrices(
        rows: depth, columns: pixels, inner: outputs, a: weight.pointer + first, lda: channels,
        transposeA: true, b: source, ldb: pixels, transposeB: false, beta: 0, out: target,
        ldc: pixels, parallel: false)
      return
    }
    target.update(repeating: 0, count: (end - first) * height * width)
    let tile = window.rowsPerTile(
      channels: end - first, outputWidth: outputWidth, outputHeight: outputHeight)
    let columns = Storage(count: depth * tile * outputWidth)
    for row in stride(from: 0, to: outputHeight, by: tile) {
      let rows = min(tile, outputHeight - row)
      multiplyMatrices(
        rows: depth, columns: rows * outputWidth, inner: outputs,
        a: weight.pointer + first * taps, lda: channels * taps, transposeA: true,
        b: source + row * outputWidth, ldb: pixels, transposeB: false, beta: 0,
        out: columns.base, ldc: rows * outputWidth, parallel: false)
      withUnsafePointer(to: &geometry) {
        semblance_col2im(
          columns.base, Int64(end - first), $0, Int64(row), Int64(rows), target)
      }
    }
  }
  return Tensor(shape: [batch, channels, height, width], storage: result)
}

private func convolutionWeights(
  _ input: Tensor, _ gradient: Tensor, _ window: ConvolutionWindow
) -> Tensor {
  let (batch, channels) = (input.shape[0], input.shape[1])
  let (height, width) = (input.shape[2], input.shape[3])
  let outputs = gradient.shape[1]
  var geometry = window.geometry(height: height, width: width)
  let (outputHeight, outputWidth) = (Int(geometry.output_height), Int(geometry.output_width))
  check(
    gradient.shape[2] == outputHeight && gradient.shape[3] == outputWidth,
    "convolutionWeightGradient: input \(input.shape), gradient \(gradient.shape)")
  let pixels = outputHeight * outputWidth
  let taps = window.kernelHeight * window.kernelWidth
  let result = Storage(count: outputs * channels * taps)
  let groups = channelGroups(channels, batch: 1)
  let span = OperationTrace.begin(
    "plain convolution \(outputs) x \(channels) x \(taps) at \(height)x\(width), weights",
    multiplications: batch * outputs * channels * taps * pixels)
  defer { span?.end() }
  Parallel.forEach(groups) { index in
    let first = index * channels / groups
    let end = (index + 1) * channels / groups
    let depth = (end - first) * taps
    let tile = window.rowsPerTile(
      channels: end - first, outputWidth: outputWidth, outputHeight: outputHeight)
    let columns = Storage(count: depth * tile * outputWidth)
    for image in 0..<batch {
      for row in stride(from: 0, to: outputHeight, by: tile) {
        let rows = min(tile, outputHeight - row)
        withUnsafePointer(to: &geometry) {
          semblance_im2col(
            input.pointer + (image * channels + first) * height * width, Int64(end - first), $0,
            Int64(row), Int64(rows), columns.base)
        }
        multiplyMatrices(
          rows: outputs, columns: depth, inner: rows * outputWidth,
          a: gradient.pointer + image * outputs * pixels + row * outputWidth, lda: pixels,
          transposeA: false, b: columns.base, ldb: rows * outputWidth, transposeB: true,
          beta: image == 0 && row == 0 ? 0 : 1, out: result.base + first * taps,
          ldc: channels * taps, parallel: false)
      }
    }
  }
  return Tensor(
    shape: [outputs, channels, window.kernelHeight, window.kernelWidth], storage: result)
}
