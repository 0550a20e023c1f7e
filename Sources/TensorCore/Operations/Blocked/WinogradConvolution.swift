import CKernels

extension ConvolutionPass {
  /// Minimal filtering, 3x3 with stride 1 and padding 1; `panels` as prepared by `FrozenWeights`.
  func runWinograd(_ algorithm: ConvolutionAlgorithm, panels: UnsafePointer<Float>) {
    let schedule = WinogradSchedule(
      algorithm, height: height, width: width, depth: depth, outputs: outputBlocks * 16)
    if schedule.groupsAreIndependent {
      runIndependentGroups(schedule, panels)
    } else {
      runStages(schedule, panels)
    }
  }

  private func runIndependentGroups(_ schedule: WinogradSchedule, _ panels: UnsafePointer<Float>) {
    let positions = schedule.algorithm.matrices
    let inputPartials = PartialSums(for: inputSums, ranges: schedule.groups, width: 3 * depth)
    let outputPartials = PartialSums(
      for: outputSums, ranges: schedule.groups, width: outputBlocks * 16)
    Parallel.forEach(schedule.groups) { group in
      let tiles = schedule.tiles(ofGroup: group)
      let v = WinogradWorkspace(positions: positions, blocks: inputBlocks, tiles: tiles.count)
      transformInput(schedule, tiles, to: v, offset: 0, sums: inputPartials.row(group))
      let m = WinogradWorkspace(positions: positions, blocks: 2, tiles: tiles.count)
      for block in stride(from: 0, to: outputBlocks, by: 2) {
        let blocks = block..<min(outputBlocks, block + 2)
        for position in 0..<positions {
          multiply(panels, position: position, blocks, v, m, tiles: tiles.count)
        }
        transformOutput(
          schedule, blocks, tiles, from: m, firstBlock: block, offset: 0,
          sums: outputPartials.row(group))
      }
    }
    inputPartials.add(to: inputSums)
    outputPartials.add(to: outputSums)
  }

  private func runStages(_ schedule: WinogradSchedule, _ panels: UnsafePointer<Float>) {
    let positions = schedule.algorithm.matrices
    let v = WinogradWorkspace(positions: positions, blocks: inputBlocks, tiles: schedule.group)
    let m = WinogradWorkspace(positions: positions, blocks: outputBlocks, tiles: schedule.group)
    let (inputGrain, outputGrain) = (max(4, min(16, schedule.group / 8)), 64)
    let inputRanges = (schedule.group + inputGrain - 1) / inputGrain
    let outputRanges = (schedule.group + outputGrain - 1) / outputGrain
    let inputPartials = PartialSums(
      for: inputSums, ranges: schedule.groups * inputRanges, width: 3 * depth)
    let outputPartials = PartialSums(
      for: outputSums, ranges: schedule.groups * outputRanges, width: outputBlocks * 16)
    let panelPairs = (outputBlocks + 1) / 2
    for group in 0..<schedule.groups {
      let tiles = schedule.tiles(ofGroup: group)
      func range(_ index: Int, _ grain: Int) -> Range<Int> {
        let begin = min(tiles.upperBound, tiles.lowerBound + index * grain)
        return begin..<min(tiles.upperBound, begin + grain)
      }
      Parallel.forEach(inputRanges) { index in
        let part = range(index, inputGrain)
        transformInput(
          schedule, part, to: v, offset: part.lowerBound - tiles.lowerBound,
          sums: inputPartials.row(group * inputRanges + index))
      }
      Parallel.forEach(positions) { position in
        multiply(panels, position: position, 0..<outputBlocks, v, m, tiles: tiles.count)
      }
      Parallel.forEach(panelPairs * outputRanges) { item in
        let (index, pair) = item.quotientAndRemainder(dividingBy: panelPairs)
        let part = range(index, outputGrain)
        transformOutput(
          schedule, pair * 2..<min(outputBlocks, pair * 2 + 2), part, from: m, firstBlock: 0,
          offset: part.lowerBound - tiles.lowerBound,
          sums: outputPartials.row(group * outputRanges + index))
      }
    }
    inputPartials.add(to: inputSums)
    outputPartials.add(to: outputSums)
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

  private func multiply(
    _ panels: UnsafePointer<Float>, position: Int, _ blocks: Range<Int>, _ v: WinogradWorkspace,
    _ m: WinogradWorkspace, tiles: Int
  ) {
    let panel = depth * 16
    var operands = semblance_panel_operands(
      a: v.storage.base + position * v.positionStride, a_block_stride: Int64(v.blockStride),
      b: panels + (position * outputBlocks + blocks.lowerBound) * panel,
      b_block_stride: Int64(panel), out: m.storage.base + position * m.positionStride,
      out_block_stride: Int64(m.blockStride), rows: Int64(tiles),
      depth_blocks: Int64(inputBlocks), out_blocks: Int64(blocks.count), accumulate: 0)
    semblance_panel_product(&operands)
  }

  private func transformOutput(
    _ schedule: WinogradSchedule, _ blocks: Range<Int>, _ tiles: Range<Int>,
    from m: WinogradWorkspace, firstBlock: Int, offset: Int, sums: UnsafeMutablePointer<Float>?
  ) {
    var epilogue = self.epilogue
    withUnsafePointer(to: &epilogue) { epilogue in
      var shape = semblance_winograd_output_shape(
        y: output, height: Int64(height), width: Int64(width), epilogue: epilogue,
        weighting: weighting)
      semblance_winograd_output(
        Int32(schedule.algorithm.tileSize), &shape, Int64(blocks.lowerBound),
        Int64(blocks.upperBound), Int64(tiles.lowerBound), Int64(tiles.upperBound),
        m.storage.base + (blocks.lowerBound - firstBlock) * m.blockStride + offset * 16,
        Int64(m.positionStride), Int64(m.blockStride), sums)
    }
  }
}
