import CKernels

extension ConvolutionPass {
  /// Patches times weights, for any window; `panels` as prepared by `FrozenWeights`. `dilation`
  /// spreads the input with zeros (the gradient of a strided convolution).
  func runPatches(
    _ window: ConvolutionWindow, dilation: Int = 1, panels: UnsafePointer<Float>
  ) {
    if inputGradient != nil { return runFromGradient(window, dilation: dilation, panels) }
    let taps = window.kernelHeight * window.kernelWidth
    let depthBlocks = inputBlocks * taps
    let grain = min(outputPixels, max(28, (1 << 17) / (depthBlocks * 16)))
    let groups = (outputPixels + grain - 1) / grain
    let readsInputDirectly = window.isPointwise && dilation == 1 && inputScale == nil
    let shape = semblance_patch_shape(
      x: input, scale: inputScale, blocks: Int64(inputBlocks), height: Int64(height),
      width: Int64(width), kernel_height: Int64(window.kernelHeight),
      kernel_width: Int64(window.kernelWidth), stride: Int64(window.stride),
      padding: Int64(window.padding), dilation: Int64(dilation), output_width: Int64(outputWidth))
    let partials = PartialSums(for: outputSums, ranges: groups, width: outputBlocks * 16)
    withUnsafePointer(to: shape) { shape in
      func left(_ range: Range<Int>, _ workspace: Storage?) -> (UnsafePointer<Float>, Int) {
        guard let workspace else { return (input + range.lowerBound * 16, pixels * 16) }
        semblance_blocked_patches(
          shape, Int64(range.lowerBound), Int64(range.upperBound), workspace.base,
          Int64(range.count * 16))
        return (UnsafePointer(workspace.base), range.count * 16)
      }
      func range(_ group: Int) -> Range<Int> {
        group * grain..<min(outputPixels, (group + 1) * grain)
      }
      func workspace() -> Storage? {
        readsInputDirectly ? nil : Storage(count: depthBlocks * grain * 16)
      }
      if groups >= 8 {
        Parallel.forEach(groups) { group in
          let scratch = workspace()
          multiply(
            left(range(group), scratch), panels, depthBlocks: depthBlocks, range(group),
            0..<outputBlocks, sums: partials.row(group))
        }
      } else {
        let scratch = workspace()
        for group in 0..<groups {
          let patches = left(range(group), scratch)
          Parallel.forRanges(outputBlocks, grain: 2) { blocks in
            multiply(
              patches, panels, depthBlocks: depthBlocks, range(group), blocks,
              sums: partials.row(group))
          }
        }
      }
    }
    partials.add(to: outputSums)
  }

  /// Takes the gradient back through the epilogue first, into memory of its own.
  private func runFromGradient(
    _ window: ConvolutionWindow, dilation: Int, _ panels: UnsafePointer<Float>
  ) {
    let dz = inputBeforeEpilogue()
    var pass = self
    pass.input = UnsafePointer(dz.base)
    pass.inputGradient = nil
    pass.inputScale = nil
    pass.runPatches(window, dilation: dilation, panels: panels)
  }

  private func multiply(
    _ left: (base: UnsafePointer<Float>, blockStride: Int), _ panels: UnsafePointer<Float>,
    depthBlocks: Int, _ range: Range<Int>, _ blocks: Range<Int>,
    sums: UnsafeMutablePointer<Float>?
  ) {
    let first = output + (blocks.lowerBound * outputPixels + range.lowerBound) * 16
    let panel = depthBlocks * 256
    var operands = semblance_panel_operands(
      a: left.base, a_block_stride: Int64(left.blockStride), b: panels + blocks.lowerBound * panel,
      b_block_stride: Int64(panel), out: first, out_block_stride: Int64(outputPixels * 16),
      rows: Int64(range.count), depth_blocks: Int64(depthBlocks), out_blocks: Int64(blocks.count),
      accumulate: 0)
    semblance_panel_product(&operands)
    withUnsafePointer(to: epilogue) { epilogue in
      for block in blocks {
        let offset = (block * outputPixels + range.lowerBound) * 16
        semblance_epilogue_apply(
          output + offset, epilogue, weighting.map { $0 + offset }, Int64(block),
          Int64(range.lowerBound), Int64(range.upperBound), output + offset,
          sums.map { $0 + block * 16 })
      }
    }
  }
}
