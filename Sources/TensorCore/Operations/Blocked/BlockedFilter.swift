import CKernels

/// The separable four-tap blur behind an up-sampling convolution, with the layer's epilogue; sizes
/// in pixels of the blurred image.
struct BlockedFilter {
  /// Four taps along each axis, gain included.
  let taps: [Float]
  let blocks: Int
  /// The blurred image; the image before the blur has one row and one column more.
  let height: Int
  let width: Int

  private static let rowsPerRange = 64

  /// Blur, with one row of zeros around the input, then the epilogue.
  func apply(
    to input: UnsafePointer<Float>, epilogue: semblance_epilogue,
    output: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: epilogue) { epilogue in
      let shape = geometry(
        input, from: (height + 1, width + 1), to: (height, width), before: 1, taps: taps,
        epilogue: epilogue, gradient: nil)
      run(shape, rows: height) { block, range, workspace, shape in
        semblance_blocked_filter(
          shape, Int64(block), Int64(range.lowerBound), Int64(range.upperBound), output, workspace,
          0, 0, nil, 0)
      }
    }
  }

  /// The vector-Jacobian product: from the gradient of the blurred, finished image to the gradient
  /// of the image before the blur. `sums` `[3, blocks * 16]`, if given, receives the epilogue's sums.
  func applyTransposed(
    to gradient: UnsafePointer<Float>, epilogue: semblance_epilogue_gradient,
    output: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>?
  ) {
    let ranges = (height + Self.rowsPerRange) / Self.rowsPerRange
    let partials = PartialSums(for: sums, ranges: ranges, width: 3 * blocks * 16)
    withUnsafePointer(to: epilogue) { epilogue in
      let shape = geometry(
        gradient, from: (height, width), to: (height + 1, width + 1), before: 2,
        taps: taps.reversed(), epilogue: nil, gradient: epilogue)
      run(shape, rows: height + 1) { block, range, workspace, shape in
        semblance_blocked_filter(
          shape, Int64(block), Int64(range.lowerBound), Int64(range.upperBound), output, workspace,
          Int64(range.lowerBound), Int64(range.upperBound),
          partials.row(range.lowerBound / Self.rowsPerRange).map { $0 + block * 16 },
          Int64(blocks * 16))
      }
    }
    partials.add(to: sums)
  }

  private func geometry(
    _ input: UnsafePointer<Float>, from: (height: Int, width: Int), to: (height: Int, width: Int),
    before: Int, taps: [Float], epilogue: UnsafePointer<semblance_epilogue>?,
    gradient: UnsafePointer<semblance_epilogue_gradient>?
  ) -> semblance_blocked_filter_shape {
    semblance_blocked_filter_shape(
      in: input, height: Int64(from.height), width: Int64(from.width),
      output_height: Int64(to.height), output_width: Int64(to.width), before: Int64(before),
      taps: (taps[0], taps[1], taps[2], taps[3]), epilogue: epilogue, gradient: gradient)
  }

  private func run(
    _ shape: semblance_blocked_filter_shape, rows: Int,
    _ body: (
      Int, Range<Int>, UnsafeMutablePointer<Float>, UnsafePointer<semblance_blocked_filter_shape>
    ) -> Void
  ) {
    let ranges = (rows + Self.rowsPerRange - 1) / Self.rowsPerRange
    withUnsafePointer(to: shape) { shape in
      let room = Int(semblance_blocked_filter_workspace(shape))
      Parallel.forEach(blocks * ranges) { item in
        let (block, index) = item.quotientAndRemainder(dividingBy: ranges)
        let workspace = Storage(count: room)
        let begin = index * Self.rowsPerRange
        body(block, begin..<min(rows, begin + Self.rowsPerRange), workspace.base, shape)
      }
    }
  }
}
