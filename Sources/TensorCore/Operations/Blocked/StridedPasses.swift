import CKernels

extension ConvolutionPass {
  /// 3x3 convolution with stride 2.
  func runHalving(padding: Int, _ panels: ProductPanels) {
    strided(
      panels, reading: input, small: (outputHeight, outputWidth), large: (height, width),
      padding: padding
    ).gather(epilogue: epilogue, weighting: weighting, sums: outputSums)
  }

  /// The gradient of a 3x3 convolution with stride 2: the input is the gradient of the small
  /// image.
  func runHalvingGradient(padding: Int, _ panels: ProductPanels) {
    let dz = inputBeforeEpilogue()
    if outputHeight > 2 * height + 1 - padding || outputWidth > 2 * width + 1 - padding {
      // No window reaches the last row or column.
      output.update(repeating: 0, count: outputBlocks * outputPixels * 16)
    }
    strided(
      panels, reading: dz.base, small: (height, width), large: (outputHeight, outputWidth),
      padding: padding
    ).spread()
    finishInPlace()
  }

  /// Transposed 3x3 convolution with stride 2 without padding, then a blur that leaves twice the
  /// input's size.
  func runUpsampling(blurTaps: [Float], _ panels: ProductPanels) {
    let middle = (outputHeight + 1, outputWidth + 1)
    let spread = Storage(count: outputBlocks * middle.0 * middle.1 * 16)
    strided(
      panels, reading: input, small: (height, width), large: middle, padding: 0,
      writing: spread.base
    ).spread()
    BlockedFilter(
      taps: blurTaps.reversed(), blocks: outputBlocks, height: outputHeight, width: outputWidth
    ).apply(to: spread.base, epilogue: epilogue, output: output)
  }

  /// The gradient of `runUpsampling`: the input is the gradient of the large image.
  func runUpsamplingGradient(blurTaps: [Float], _ panels: ProductPanels) {
    guard let inputGradient else { return }
    let middle = (height + 1, width + 1)
    let gradient = Storage(count: inputBlocks * middle.0 * middle.1 * 16)
    BlockedFilter(taps: blurTaps.reversed(), blocks: inputBlocks, height: height, width: width)
      .applyTransposed(
        to: input, epilogue: inputGradient, output: gradient.base, sums: inputSums)
    strided(
      panels, reading: gradient.base, small: (outputHeight, outputWidth), large: middle,
      padding: 0
    ).gather(epilogue: epilogue, weighting: weighting, sums: outputSums)
  }

  private func strided(
    _ panels: ProductPanels, reading image: UnsafePointer<Float>,
    small: (height: Int, width: Int), large: (height: Int, width: Int), padding: Int,
    writing target: UnsafeMutablePointer<Float>? = nil
  ) -> StridedConvolution {
    StridedConvolution(
      panels: panels,
      shape: semblance_strided_shape(
        image: image, scale: inputScale, blocks: Int64(inputBlocks), height: Int64(small.height),
        width: Int64(small.width), large_height: Int64(large.height),
        large_width: Int64(large.width), padding: Int64(padding)),
      output: target ?? output)
  }
}
