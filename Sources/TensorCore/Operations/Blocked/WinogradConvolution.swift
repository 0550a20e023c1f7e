import CKernels

extension ConvolutionPass {
  /// Minimal filtering, 3x3 with stride 1 and padding 1.
  func runWinograd(_ panels: ProductPanels) {
    let schedule = WinogradSchedule(panels, height: height, width: width)
    let inputPartials = PartialSums(
      for: inputSums, ranges: schedule.inputRanges, width: 3 * depth)
    let outputPartials = PartialSums(
      for: outputSums, ranges: schedule.groups, width: outputBlocks * 16)
    if schedule.groupsAreIndependent {
      Parallel.forEach(schedule.groups) { group in
        let tiles = schedule.tiles(ofGroup: group)
        let v = workspace(schedule, blocks: inputBlocks)
        transformInput(schedule, tiles, to: v, offset: 0, sums: inputPartials.row(group))
        let m = workspace(schedule, blocks: 2)
        for block in stride(from: 0, to: outputBlocks, by: 2) {
          multiply(
            panels, block..<min(outputBlocks, block + 2), schedule, tiles, v, m,
            sums: outputPartials.row(group))
        }
      }
    } else {
      let v = workspace(schedule, blocks: inputBlocks)
      let width = schedule.outputBlocksAtOnce
      for group in 0..<schedule.groups {
        let tiles = schedule.tiles(ofGroup: group)
        Parallel.forEach(schedule.inputRangesOfGroup) { index in
          let part = schedule.tiles(ofInputRange: index, of: tiles)
          transformInput(
            schedule, part, to: v, offset: part.lowerBound - tiles.lowerBound,
            sums: inputPartials.row(group * schedule.inputRangesOfGroup + index))
        }
        Parallel.forEach((outputBlocks + width - 1) / width) { index in
          multiply(
            panels, index * width..<min(outputBlocks, (index + 1) * width), schedule, tiles, v,
            workspace(schedule, blocks: width), sums: outputPartials.row(group))
        }
      }
    }
    inputPartials.add(to: inputSums)
    outputPartials.add(to: outputSums)
  }

  private func workspace(_ schedule: WinogradSchedule, blocks: Int) -> WinogradWorkspace {
    WinogradWorkspace(
      positions: schedule.algorithm.matrices, blocks: blocks, tiles: schedule.group)
  }

  /// All products of some blocks of outputs, and their pixels.
  private func multiply(
    _ panels: ProductPanels, _ blocks: Range<Int>, _ schedule: WinogradSchedule,
    _ tiles: Range<Int>, _ v: WinogradWorkspace, _ m: WinogradWorkspace,
    sums: UnsafeMutablePointer<Float>?
  ) {
    panels.forEachChunk(blocks) { chunk in
      for position in 0..<schedule.algorithm.matrices {
        var operands = semblance_panel_operands(
          a: v.storage.base + position * v.positionStride
            + chunk.inputBlocks.lowerBound * v.blockStride,
          a_block_stride: Int64(v.blockStride), b: chunk.base + position * chunk.matrixStride,
          b_block_stride: Int64(chunk.blockStride),
          out: m.storage.base + position * m.positionStride,
          out_block_stride: Int64(m.blockStride), rows: Int64(tiles.count),
          depth_blocks: Int64(chunk.inputBlocks.count), out_blocks: Int64(blocks.count),
          accumulate: chunk.inputBlocks.lowerBound > 0 ? 1 : 0)
        semblance_panel_product(&operands)
      }
    }
    transformOutput(schedule, blocks, tiles, from: m, sums: sums)
  }

  private func transformInput(
    _ schedule: WinogradSchedule, _ tiles: Range<Int>, to v: WinogradWorkspace, offset: Int,
    sums: UnsafeMutablePointer<Float>?
  ) {
    var shape = semblance_winograd_input_shape(
      x: input, blocks: Int64(inputBlocks), height: Int64(height), width: Int64(width),
      scale: inputScale, gradient: nil)
    func run() {
      semblance_winograd_input(
        Int32(schedule.algorithm.tileSize), &shape, Int64(tiles.lowerBound),
        Int64(tiles.upperBound), v.storage.base + offset * 16, Int64(v.positionStride),
        Int64(v.blockStride), sums)
    }
    guard var gradient = inputGradient else { return run() }
    withUnsafePointer(to: &gradient) {
      shape.gradient = $0
      run()
    }
  }

  private func transformOutput(
    _ schedule: WinogradSchedule, _ blocks: Range<Int>, _ tiles: Range<Int>,
    from m: WinogradWorkspace, sums: UnsafeMutablePointer<Float>?
  ) {
    var epilogue = self.epilogue
    withUnsafePointer(to: &epilogue) { epilogue in
      var shape = semblance_winograd_output_shape(
        y: output, height: Int64(height), width: Int64(width), epilogue: epilogue,
        weighting: weighting)
      semblance_winograd_output(
        Int32(schedule.algorithm.tileSize), &shape, Int64(blocks.lowerBound),
        Int64(blocks.upperBound), Int64(tiles.lowerBound), Int64(tiles.upperBound),
        m.storage.base, Int64(m.positionStride), Int64(m.blockStride), sums)
    }
  }
}
