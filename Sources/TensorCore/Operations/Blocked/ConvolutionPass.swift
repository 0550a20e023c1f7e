import CKernels

/// One image through one convolution, in either direction: the input, what is done to it while it
/// is read, what is done to the result before it is stored, and where sums go.
struct ConvolutionPass {
  /// Blocked input.
  var input: UnsafePointer<Float>
  var inputBlocks: Int
  var height: Int
  var width: Int
  /// Factor per input channel; whole blocks.
  var inputScale: UnsafePointer<Float>?
  /// When set, the input is a gradient that first passes back through the epilogue.
  var inputGradient: semblance_epilogue_gradient?
  /// Receives the three sums of the epilogue's gradient, `[3, inputBlocks * 16]`.
  var inputSums: UnsafeMutablePointer<Float>?

  /// Blocked output.
  var output: UnsafeMutablePointer<Float>
  var outputBlocks: Int
  var outputHeight: Int
  var outputWidth: Int
  var epilogue: semblance_epilogue
  /// Blocked like the output: factor in `outputSums`.
  var weighting: UnsafePointer<Float>?
  /// Receives per channel the sum of the raw result times `weighting`.
  var outputSums: UnsafeMutablePointer<Float>?

  var depth: Int { inputBlocks * 16 }
  var pixels: Int { height * width }
  var outputPixels: Int { outputHeight * outputWidth }
}

/// Partial sums of ranges of the work, added up in the order of the ranges.
struct PartialSums {
  let storage: Storage?
  let width: Int
  let ranges: Int

  init(for target: UnsafeMutablePointer<Float>?, ranges: Int, width: Int) {
    storage = target == nil ? nil : Storage(count: ranges * width)
    self.width = width
    self.ranges = ranges
  }

  /// Where range `index` writes its sums.
  func row(_ index: Int) -> UnsafeMutablePointer<Float>? { storage.map { $0.base + index * width } }

  func add(to target: UnsafeMutablePointer<Float>?) {
    guard let storage, let target else { return }
    semblance_sum_rows(storage.base, Int64(ranges), Int64(width), target)
  }
}
