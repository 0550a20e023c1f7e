import CKernels

/// A convolution of one-hot label maps as a table: what each label adds at each place of the kernel.
/// A result is the sum of K x K rows of the table, whatever the number of classes.
public final class LabelLookup {
  /// Output channels.
  public let outputs: Int
  /// Side of the kernel.
  public let kernel: Int
  /// Input channels.
  public let inputs: Int
  /// `[kernel * kernel, inputs, blocks * 16]`.
  private let columns: Storage
  private let bias: Storage

  /// A table of the weights `[K, L, k, k]` and the bias `[K]` of a convolution with zeros around the
  /// map.
  public init(weight: Tensor, bias: Tensor) {
    let shape = weight.shape
    check(
      shape.rank == 4 && shape[2] == shape[3] && shape[2] % 2 == 1 && bias.shape == [shape[0]],
      "label lookup: weight \(shape), bias \(bias.shape)")
    (outputs, inputs, kernel) = (shape[0], shape[1], shape[2])
    let (taps, width) = (shape[2] * shape[2], blockCount(shape[0]) * 16)
    columns = Storage(count: taps * shape[1] * width)
    columns.base.update(repeating: 0, count: columns.count)
    for output in 0..<shape[0] {
      for input in 0..<shape[1] {
        for tap in 0..<taps {
          columns.base[(tap * shape[1] + input) * width + output] =
            weight.pointer[(output * shape[1] + input) * taps + tap]
        }
      }
    }
    self.bias = paddedChannels(bias.pointer, shape[0])
  }

  var blocks: Int { blockCount(outputs) }

  /// The rows of the table for the symbols of a map, `[kernel * kernel, symbols, blocks * 16]`.
  private func table(_ symbols: [[Int]]) -> Storage {
    let (taps, width) = (kernel * kernel, blocks * 16)
    check(
      symbols.allSatisfy { $0.allSatisfy { (0..<inputs).contains($0) } },
      "label lookup: \(inputs) channels")
    let result = Storage(count: taps * symbols.count * width)
    result.base.update(repeating: 0, count: result.count)
    for tap in 0..<taps {
      for (index, channels) in symbols.enumerated() {
        let row = result.base + (tap * symbols.count + index) * width
        for channel in channels {
          let column = columns.base + (tap * inputs + channel) * width
          for lane in 0..<width { row[lane] += column[lane] }
        }
      }
    }
    return result
  }

  /// Writes the results of some neighbourhoods of `patches`, whose kernel is this one's: all of them,
  /// or those in `items`, where a negative one gives zeros.
  ///
  /// - Parameters:
  ///   - out: blocked, `outBlockStride` floats from block to block.
  ///   - rectifies: whether negative results become zero.
  func write(
    _ patches: LabelPatches, items: [Int32]? = nil, rectifies: Bool,
    to out: UnsafeMutablePointer<Float>, outBlockStride: Int
  ) {
    check(patches.kernel == kernel, "label lookup: kernel \(kernel), patches \(patches.kernel)")
    let table = table(patches.symbols)
    let count = items?.count ?? patches.innerCount
    patches.innerTaps.withUnsafeBufferPointer { taps in
      func run(_ items: UnsafePointer<Int32>?) {
        Parallel.forRanges(count, grain: 512) { range in
          var sums = semblance_table_sums(
            table: table.base, bias: bias.base,
            taps: items == nil
              ? taps.baseAddress.map { $0 + range.lowerBound * kernel * kernel } : taps.baseAddress,
            items: items.map { $0 + range.lowerBound }, blocks: Int64(blocks),
            tap_count: Int64(kernel * kernel), count: Int64(range.count),
            rectify: rectifies ? 1 : 0, out: out + range.lowerBound * 16,
            out_block_stride: Int64(outBlockStride))
          semblance_sum_table_rows(&sums)
        }
      }
      if let items {
        items.withUnsafeBufferPointer { run($0.baseAddress) }
      } else {
        run(nil)
      }
    }
    withExtendedLifetime(table) {}
  }

  /// The convolution of the map of `patches`, blocked: `[1, ceil(K / 16), H, W, 16]`.
  public func convolved(_ patches: LabelPatches) -> Tensor {
    let pixels = patches.height * patches.width
    return Tensor(shape: [1, blocks, patches.height, patches.width, 16]) { target in
      write(
        patches, items: patches.innerIDs, rectifies: false, to: target,
        outBlockStride: pixels * 16)
    }
  }
}
