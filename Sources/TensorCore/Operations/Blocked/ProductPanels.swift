import CKernels

/// The right sides of a convolution's products by minimal filtering, for a few blocks of outputs at
/// a time: prepared before, or made of the taps while the convolution runs.
struct ProductPanels {
  /// Where the weights come from.
  enum Source {
    /// `[matrix][output block][input][16]`.
    case prepared(UnsafePointer<Float>)
    /// The weights `[K, C, 3, 3]` and a factor of all of them; `isSwapped` for the direction from K
    /// channels to C.
    case weights(Tensor, gain: Float, isSwapped: Bool)
  }

  /// How the taps become matrices.
  enum Filter {
    case winograd
    case strided(direction: Int32)
  }

  let source: Source
  let algorithm: ConvolutionAlgorithm
  let filter: Filter
  let inputBlocks: Int
  let outputBlocks: Int

  /// Input blocks whose matrices are made at once: those of 128 channels and two blocks of outputs
  /// fit into half of a second-level cache of 1 MiB.
  private static let chunk = 8

  /// Some input blocks' matrices: that of index i for the first output block begins at
  /// `base + i * matrixStride`, those of further blocks follow `blockStride` floats apart.
  struct Chunk {
    let inputBlocks: Range<Int>
    let base: UnsafePointer<Float>
    let matrixStride: Int
    let blockStride: Int
  }

  /// Calls `body` with all input blocks, chunk by chunk, for these blocks of outputs.
  func forEachChunk(_ blocks: Range<Int>, _ body: (Chunk) -> Void) {
    if case .prepared(let panels) = source {
      let panel = inputBlocks * 256
      return body(
        Chunk(
          inputBlocks: 0..<inputBlocks, base: panels + blocks.lowerBound * panel,
          matrixStride: outputBlocks * panel, blockStride: panel))
    }
    guard case .weights(let weights, let gain, let isSwapped) = source else { return }
    let blockStride = Self.chunk * 256
    // An odd number of cache lines, so that matrices do not compete for the same cache sets.
    let matrixStride = blocks.count * blockStride + 16
    let matrices = Storage(count: algorithm.matrices * matrixStride)
    let taps = Storage(count: 9 * blockStride)
    for begin in stride(from: 0, to: inputBlocks, by: Self.chunk) {
      let part = begin..<min(begin + Self.chunk, inputBlocks)
      for block in blocks {
        semblance_gathered_taps(
          weights.pointer, Int64(weights.shape[0]), Int64(weights.shape[1]), isSwapped ? 1 : 0,
          gain, Int64(block), Int64(part.lowerBound), Int64(part.count),
          isSwapped && isReversed ? 1 : 0, taps.base)
        transform(
          taps.base, tapStride: part.count * 256, channels: part.count * 16,
          matrices.base + (block - blocks.lowerBound) * blockStride, matrixStride)
      }
      body(
        Chunk(
          inputBlocks: part, base: matrices.base, matrixStride: matrixStride,
          blockStride: blockStride))
    }
  }

  /// Whether nothing is left to do but to read them.
  var isPrepared: Bool {
    if case .prepared = source { true } else { false }
  }

  /// The transposed convolution with stride 1 is a convolution with the kernel turned by 180
  /// degrees.
  private var isReversed: Bool {
    if case .winograd = filter { true } else { false }
  }

  private func transform(
    _ taps: UnsafePointer<Float>, tapStride: Int, channels: Int,
    _ target: UnsafeMutablePointer<Float>, _ matrixStride: Int
  ) {
    switch filter {
    case .winograd:
      semblance_winograd_tap_panels(
        Int32(algorithm.tileSize), taps, Int64(tapStride), Int64(channels), target,
        Int64(matrixStride))
    case .strided(let direction):
      semblance_strided_tap_panels(
        Int32(algorithm.tileSize), direction, taps, Int64(tapStride), Int64(channels), target,
        Int64(matrixStride))
    }
  }
}
