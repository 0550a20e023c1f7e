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

  /// The input, in memory of its own, as the gradient of what the epilogue was applied to.
  func inputBeforeEpilogue() -> Storage {
    let result = Storage(count: inputBlocks * pixels * 16)
    guard let inputGradient, let y = inputGradient.y else { return result }
    withUnsafePointer(to: inputGradient) { gradient in
      Parallel.forEach(inputBlocks) { block in
        let offset = block * pixels * 16
        semblance_epilogue_gradient_apply(
          input + offset, y + offset, gradient, Int64(block), 0, Int64(pixels),
          result.base + offset, inputSums.map { $0 + block * 16 }, Int64(depth))
      }
    }
    return result
  }

  /// The epilogue and the sums, for a raw result that stands in `output`.
  func finishInPlace() {
    withUnsafePointer(to: epilogue) { epilogue in
      Parallel.forEach(outputBlocks) { block in
        let offset = block * outputPixels * 16
        semblance_epilogue_apply(
          output + offset, epilogue, weighting.map { $0 + offset }, Int64(block), 0,
          Int64(outputPixels), output + offset, outputSums.map { $0 + block * 16 })
      }
    }
  }
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
