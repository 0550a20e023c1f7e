import CKernels

/// One image through a 3x3 convolution with stride 2 ("gather", from the large image to the small
/// one) or its transpose ("spread"), by the algorithms `strided2` and `strided4`.
struct StridedConvolution {
  let panels: ProductPanels
  /// The image that is read, its scale, and the sizes of both images.
  var shape: semblance_strided_shape
  /// The image that is written; a spread covers all of it except rows and columns that no window
  /// of the convolution reaches.
  let output: UnsafeMutablePointer<Float>

  private var algorithm: ConvolutionAlgorithm { panels.algorithm }
  private var outputBlocks: Int { panels.outputBlocks }
  private var tileSize: Int32 { Int32(algorithm.tileSize) }

  /// Small image to large image; no epilogue.
  func spread() {
    run(Int32(SEMBLANCE_SPREAD)) { blocks, tiles, products, blockStride, _ in
      withUnsafePointer(to: shape) {
        semblance_strided_spread(
          tileSize, $0, Int64(blocks.lowerBound), Int64(blocks.upperBound),
          Int64(tiles.lowerBound), Int64(tiles.upperBound), products, blockStride, output)
      }
    }
  }

  /// Large image to small image; with a weighting (blocked like the result), `sums` receives per
  /// channel the sum of the raw result times the weighting.
  func gather(
    epilogue: semblance_epilogue, weighting: UnsafePointer<Float>? = nil,
    sums: UnsafeMutablePointer<Float>? = nil
  ) {
    let partials = PartialSums(for: sums, ranges: schedule.groups, width: outputBlocks * 16)
    run(Int32(SEMBLANCE_GATHER)) { blocks, tiles, products, blockStride, group in
      withUnsafePointer(to: shape) { shape in
        withUnsafePointer(to: epilogue) { epilogue in
          semblance_strided_gather(
            tileSize, shape, epilogue, weighting, Int64(blocks.lowerBound),
            Int64(blocks.upperBound), Int64(tiles.lowerBound), Int64(tiles.upperBound), products,
            blockStride, output, partials.row(group))
        }
      }
    }
    partials.add(to: sums)
  }

  private var schedule: WinogradSchedule {
    WinogradSchedule(panels, height: Int(shape.height), width: Int(shape.width))
  }

  /// Blocks and tiles to write, the products of the first of these blocks, their block stride, and
  /// the group's number.
  private typealias Finish = (Range<Int>, Range<Int>, UnsafePointer<Float>, Int64, Int) -> Void

  private func run(_ direction: Int32, _ finish: Finish) {
    let schedule = self.schedule
    if schedule.groupsAreIndependent {
      Parallel.forEach(schedule.groups) { group in
        let tiles = schedule.tiles(ofGroup: group)
        let rows = StridedRows(algorithm, direction, shape, tiles)
        let v = Storage(count: Int(shape.blocks) * rows.blockStride)
        transformInput(direction, tiles, 0..<Int(shape.blocks), to: v, rows)
        let m = Storage(count: 2 * rows.blockStride)
        for block in stride(from: 0, to: outputBlocks, by: 2) {
          let blocks = block..<min(outputBlocks, block + 2)
          multiply(blocks, v, m.base, rows)
          finish(blocks, tiles, m.base, Int64(rows.blockStride), group)
        }
      }
    } else {
      let width = schedule.outputBlocksAtOnce
      for group in 0..<schedule.groups {
        let tiles = schedule.tiles(ofGroup: group)
        let rows = StridedRows(algorithm, direction, shape, tiles)
        let v = Storage(count: Int(shape.blocks) * rows.blockStride)
        Parallel.forRanges(Int(shape.blocks), grain: 1) { blocks in
          transformInput(direction, tiles, blocks, to: v, rows)
        }
        Parallel.forRanges(outputBlocks, grain: width) { blocks in
          let m = Storage(count: blocks.count * rows.blockStride)
          multiply(blocks, v, m.base, rows)
          finish(blocks, tiles, m.base, Int64(rows.blockStride), group)
        }
      }
    }
  }

  private func transformInput(
    _ direction: Int32, _ tiles: Range<Int>, _ blocks: Range<Int>, to v: Storage,
    _ rows: StridedRows
  ) {
    withUnsafePointer(to: shape) {
      semblance_strided_input(
        tileSize, direction, $0, Int64(blocks.lowerBound), Int64(blocks.upperBound),
        Int64(tiles.lowerBound), Int64(tiles.upperBound), v.base, Int64(rows.blockStride))
    }
  }

  private func multiply(
    _ blocks: Range<Int>, _ v: Storage, _ products: UnsafeMutablePointer<Float>,
    _ rows: StridedRows
  ) {
    panels.forEachChunk(blocks) { chunk in
      for matrix in 0..<algorithm.matrices {
        let first = rows.offsets[matrix]
        var operands = semblance_panel_operands(
          a: v.base + chunk.inputBlocks.lowerBound * rows.blockStride + first * 16,
          a_block_stride: Int64(rows.blockStride), b: chunk.base + matrix * chunk.matrixStride,
          b_block_stride: Int64(chunk.blockStride), out: products + first * 16,
          out_block_stride: Int64(rows.blockStride),
          rows: Int64(rows.offsets[matrix + 1] - first),
          depth_blocks: Int64(chunk.inputBlocks.count), out_blocks: Int64(blocks.count),
          accumulate: chunk.inputBlocks.lowerBound > 0 ? 1 : 0)
        semblance_panel_product(&operands)
      }
    }
  }
}

/// Which rows of the workspace `[block][row][16]` belong to which matrix.
private struct StridedRows {
  let offsets: [Int]
  let blockStride: Int

  init(
    _ algorithm: ConvolutionAlgorithm, _ direction: Int32, _ shape: semblance_strided_shape,
    _ tiles: Range<Int>
  ) {
    var offsets = [Int64](repeating: 0, count: algorithm.matrices + 1)
    withUnsafePointer(to: shape) {
      semblance_strided_offsets(
        Int32(algorithm.tileSize), direction, $0, Int64(tiles.lowerBound),
        Int64(tiles.upperBound), &offsets)
    }
    self.offsets = offsets.map { Int($0) }
    // An odd number of cache lines, so that blocks do not compete for the same cache sets.
    blockStride = (self.offsets[algorithm.matrices] | 1) * 16
  }
}
