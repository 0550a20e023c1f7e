import CKernels

/// A rectangle of pixels whose channels are in the blocked layout, `[blocks, rows * columns, 16]`,
/// in memory that is worked on in place: for networks that look at every pixel alone and know
/// their own gradients. Channels that fill up a block are zero.
public struct BlockedPixels {
  /// The elements.
  public let storage: Storage
  /// Blocks of 16 channels.
  public let blocks: Int
  /// Rows of the rectangle.
  public let rows: Int
  /// Columns of the rectangle.
  public let columns: Int

  /// Pixels with undefined values.
  public init(blocks: Int, rows: Int, columns: Int) {
    self.blocks = blocks
    self.rows = rows
    self.columns = columns
    storage = Storage(count: blocks * rows * columns * 16)
  }

  /// The pixels of a blocked image `[1, b, H, W, 16]`, whose memory is shared.
  public init(_ image: Tensor) {
    check(
      image.shape.rank == 5 && image.shape[0] == 1 && image.shape[4] == 16,
      "blocked pixels: \(image.shape)")
    (blocks, rows, columns) = (image.shape[1], image.shape[2], image.shape[3])
    storage = image.storage
  }

  /// How many pixels there are.
  public var count: Int { rows * columns }

  /// Makes every value zero.
  public func clear() {
    Parallel.forRanges(storage.count, grain: 1 << 18) {
      (storage.base + $0.lowerBound).update(repeating: 0, count: $0.count)
    }
  }

  /// Makes some blocks of some pixels zero.
  public func clear(blocks range: Range<Int>, pixels: Range<Int>) {
    for block in range {
      pointer(block: block, pixel: pixels.lowerBound).update(
        repeating: 0, count: pixels.count * 16)
    }
  }

  /// The pixels as a tensor `[1, blocks, rows, columns, 16]` that shares the memory.
  public var tensor: Tensor { Tensor(shape: [1, blocks, rows, columns, 16], storage: storage) }

  func pointer(block: Int, pixel: Int) -> UnsafeMutablePointer<Float> {
    storage.base + (block * count + pixel) * 16
  }
}

extension FrozenWeights {
  /// Prepares pointwise weights for products with `BlockedPixels`, or for those of the gradient; must
  /// happen before several threads use them.
  public func prepareForPixels(transposed: Bool) {
    _ = panels(for: transposed ? .inputGradient(.patches) : .forward(.patches))
  }
}

extension BlockedPixels {
  /// Copies a rectangle of a blocked image `[1, b, H, W, 16]` to blocks `first..<first + b`.
  public func copy(
    from image: Tensor, rows: Range<Int>, columns: Range<Int>, toBlock first: Int
  ) {
    check(
      image.shape.rank == 5 && image.shape[0] == 1 && image.shape[4] == 16
        && first + image.shape[1] <= blocks && rows.count == self.rows
        && columns.count == self.columns,
      "blocked pixels: \(image.shape), rows \(rows), columns \(columns)")
    let (height, width) = (image.shape[2], image.shape[3])
    Parallel.forEach(image.shape[1]) { block in
      for (index, row) in rows.enumerated() {
        pointer(block: first + block, pixel: index * columns.count).update(
          from: image.pointer + ((block * height + row) * width + columns.lowerBound) * 16,
          count: columns.count * 16)
      }
    }
  }

  /// Adds blocks `first..<first + b`, times `factor`, to a rectangle of a blocked image.
  public func add(
    to image: Tensor, rows: Range<Int>, columns: Range<Int>, fromBlock first: Int,
    times factor: Float
  ) {
    check(
      image.shape.rank == 5 && image.shape[0] == 1 && image.shape[4] == 16
        && first + image.shape[1] <= blocks && rows.count == self.rows
        && columns.count == self.columns,
      "blocked pixels: \(image.shape), rows \(rows), columns \(columns)")
    let (height, width) = (image.shape[2], image.shape[3])
    Parallel.forEach(image.shape[1]) { block in
      for (index, row) in rows.enumerated() {
        let from = pointer(block: first + block, pixel: index * columns.count)
        let to = image.pointer + ((block * height + row) * width + columns.lowerBound) * 16
        semblance_accumulate(factor, from, to, Int64(columns.count * 16))
      }
    }
  }

  /// Writes the product of pointwise weights `[K, C, 1, 1]` and blocks `source` of another
  /// rectangle: K channels from C, or with `transposed` C channels from K.
  ///
  /// - Parameters:
  ///   - results: which blocks of the product are wanted.
  ///   - first: the block where they are put.
  ///   - pixels: the pixels that are computed.
  ///   - start: the pixel of `input` that belongs to the first of them.
  public func setProduct(
    of input: BlockedPixels, blocks source: Range<Int>, with weights: FrozenWeights,
    transposed: Bool = false, results: Range<Int>, at first: Int, pixels: Range<Int>,
    from start: Int
  ) {
    let depth = blockCount(transposed ? weights.outputs : weights.inputs)
    check(
      weights.window.isPointwise && source.count == depth && source.upperBound <= input.blocks
        && first + results.count <= blocks && pixels.upperBound <= count
        && start + pixels.count <= input.count
        && results.upperBound <= blockCount(transposed ? weights.inputs : weights.outputs),
      "blocked pixels: product of \(source) with \(weights.shape) to \(results) at \(first)")
    let panels = weights.panels(for: transposed ? .inputGradient(.patches) : .forward(.patches))
    var operands = semblance_panel_operands(
      a: input.pointer(block: source.lowerBound, pixel: start),
      a_block_stride: Int64(input.count * 16), b: panels.base + results.lowerBound * depth * 256,
      b_block_stride: Int64(depth * 256), out: pointer(block: first, pixel: pixels.lowerBound),
      out_block_stride: Int64(count * 16), rows: Int64(pixels.count), depth_blocks: Int64(depth),
      out_blocks: Int64(results.count), accumulate: 0)
    semblance_panel_product(&operands)
  }

  /// Replaces values by `max(value + bias, 0)`; `bias` holds all channels of all blocks.
  public func rectify(bias: Tensor, blocks range: Range<Int>, pixels: Range<Int>) {
    let epilogue = semblance_epilogue(
      scale: nil, bias: UnsafePointer(bias.pointer), noise: nil, noise_strength: 0, slope: 0,
      gain: 1, clamp: .infinity)
    withUnsafePointer(to: epilogue) { epilogue in
      for block in range {
        let values = pointer(block: block, pixel: pixels.lowerBound)
        semblance_epilogue_apply(
          values, epilogue, nil, Int64(block), Int64(pixels.lowerBound),
          Int64(pixels.upperBound), values, nil)
      }
    }
  }

  /// The gradient of `rectify`, from its result: zero where the result is zero.
  public func clear(
    whereZero result: BlockedPixels, blocks range: Range<Int>, pixels: Range<Int>
  ) {
    let slope = semblance_epilogue_gradient(
      y: nil, scale: nil, noise: nil, slope: 0, clamp: .infinity)
    withUnsafePointer(to: slope) { slope in
      for block in range {
        let values = pointer(block: block, pixel: pixels.lowerBound)
        semblance_epilogue_gradient_apply(
          values, result.pointer(block: block, pixel: pixels.lowerBound), slope, Int64(block), 0,
          Int64(pixels.count), values, nil, 0)
      }
    }
  }
}
