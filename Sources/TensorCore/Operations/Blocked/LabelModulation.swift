import CKernels

/// The constant weights that make a scale and a shift for every pixel and channel from a label map:
/// a lookup (a convolution of the one-hot map) with ReLU, and a convolution of its result.
///
/// Both depend on the labels around a pixel only, so they are computed once for each neighbourhood
/// that occurs (`LabelPatches`); in maps that have hardly two equal neighbourhoods a fast convolution
/// of the whole map, in strips of rows, takes their place.
public final class LabelModulation {
  /// Channels that are modulated.
  public let channels: Int
  private let lookup: LabelLookup
  private let projection: FrozenWeights
  private let bias: Tensor

  /// Weights of one modulation.
  ///
  /// - Parameters:
  ///   - lookup: labels to hidden channels, before the ReLU.
  ///   - scale: hidden channels to the scale, `[C, hidden, k, k]`, and its bias `[C]`.
  ///   - shift: hidden channels to the shift, likewise.
  public init(
    lookup: LabelLookup, scale: (weight: Tensor, bias: Tensor),
    shift: (weight: Tensor, bias: Tensor)
  ) {
    let shape = scale.weight.shape
    check(
      shape.rank == 4 && shape[1] == lookup.outputs && shape[2] == lookup.kernel
        && shift.weight.shape == shape && scale.bias.count == shape[0]
        && shift.bias.count == shape[0],
      "label modulation: \(shape), \(shift.weight.shape) behind \(lookup.outputs) channels")
    self.lookup = lookup
    channels = shape[0]
    // Scale and shift fill whole blocks each, so that both are found by blocks.
    let (padded, size) = (blockCount(shape[0]) * 16, shape.count / shape[0])
    let bias = Tensor.zeros([2 * padded])
    projection = FrozenWeights(
      Tensor(shape: [2 * padded, shape[1], shape[2], shape[3]]) { target in
        target.update(repeating: 0, count: 2 * padded * size)
        for (index, part) in [scale, shift].enumerated() {
          (target + index * padded * size).update(
            from: part.weight.pointer, count: part.weight.count)
          (bias.pointer + index * padded).update(from: part.bias.pointer, count: shape[0])
        }
      })
    projection.seal(for: .patches)
    self.bias = bias
  }

  private var blocks: Int { blockCount(channels) }

  /// Scales and shifts of some rows of the map.
  struct Strip {
    var rows: Range<Int>
    var scale: UnsafePointer<Float>
    var shift: UnsafePointer<Float>
    var blockStride: Int
    /// For each pixel of the map its row in the tables; nil when each pixel has its own, from the
    /// pixel `first` on.
    var ids: UnsafePointer<Int32>?
    var first: Int
  }

  /// Calls `body` with the scales and shifts of a map, strip after strip.
  func forEachStrip(of patches: LabelPatches, _ body: (Strip) -> Void) {
    let pixels = patches.height * patches.width
    // A fast convolution takes about a quarter of the multiplications of a plain one, but for all
    // pixels; for the smallest images its tiles are too few.
    let isDense = lookup.kernel == 3 && pixels >= 256 && 2 * patches.outerCount > pixels
    if isDense { return forEachConvolvedStrip(of: patches, body) }
    let table = table(for: patches)
    patches.outerIDs.withUnsafeBufferPointer { ids in
      body(
        Strip(
          rows: 0..<patches.height, scale: table.base,
          shift: table.base + blocks * patches.outerCount * 16,
          blockStride: patches.outerCount * 16, ids: ids.baseAddress, first: 0))
    }
    withExtendedLifetime(table) {}
  }

  /// One row for each neighbourhood: `[2 * blocks, outerCount, 16]`.
  private func table(for patches: LabelPatches) -> Storage {
    let span = OperationTrace.begin("modulation of \(patches.outerCount) neighbourhoods")
    defer { span?.end() }
    let (count, taps) = (patches.outerCount, lookup.kernel * lookup.kernel)
    let hiddenRows = patches.innerCount + 1
    let hidden = Storage(count: lookup.blocks * hiddenRows * 16)
    lookup.write(patches, rectifies: true, to: hidden.base, outBlockStride: hiddenRows * 16)
    for block in 0..<lookup.blocks {
      (hidden.base + ((block + 1) * hiddenRows - 1) * 16).update(repeating: 0, count: 16)
    }
    let result = Storage(count: 2 * blocks * count * 16)
    let depth = taps * lookup.blocks
    let grain = min(count, 112)
    let groups = (count + grain - 1) / grain
    let panels = projection.panels(for: .forward(.patches))
    func gather(_ range: Range<Int>, to scratch: Storage) {
      patches.outerTaps.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        semblance_gather_rows(
          hidden.base, Int64(lookup.blocks), Int64(hiddenRows * 16), base + range.lowerBound * taps,
          Int64(taps), Int64(range.count), scratch.base, Int64(range.count * 16))
      }
    }
    func multiply(_ scratch: Storage, _ range: Range<Int>, _ outputs: Range<Int>) {
      let target = result.base + (outputs.lowerBound * count + range.lowerBound) * 16
      var operands = semblance_panel_operands(
        a: scratch.base, a_block_stride: Int64(range.count * 16),
        b: panels.base + outputs.lowerBound * depth * 256, b_block_stride: Int64(depth * 256),
        out: target, out_block_stride: Int64(count * 16), rows: Int64(range.count),
        depth_blocks: Int64(depth), out_blocks: Int64(outputs.count), accumulate: 0)
      semblance_panel_product(&operands)
      for (index, block) in outputs.enumerated() {
        for row in 0..<range.count {
          let values = target + (index * count + row) * 16
          for lane in 0..<16 { values[lane] += bias.pointer[block * 16 + lane] }
        }
      }
    }
    func range(_ group: Int) -> Range<Int> { group * grain..<min(count, (group + 1) * grain) }
    if groups >= 4 {
      Parallel.forEach(groups) { group in
        let scratch = Storage(count: depth * grain * 16)
        gather(range(group), to: scratch)
        multiply(scratch, range(group), 0..<2 * blocks)
      }
    } else {
      let scratch = Storage(count: depth * grain * 16)
      for group in 0..<groups {
        gather(range(group), to: scratch)
        Parallel.forRanges(2 * blocks, grain: 2) { multiply(scratch, range(group), $0) }
      }
    }
    return result
  }

  private func forEachConvolvedStrip(of patches: LabelPatches, _ body: (Strip) -> Void) {
    let (height, width) = (patches.height, patches.width)
    // Small maps with their many channels take one strip: each strip transforms the weights anew.
    let strips = height * width <= 4096 ? 1 : (height + 29) / 30
    let rows = (height + strips - 1) / strips
    for strip in 0..<strips {
      let inner = strip * rows..<min(height, (strip + 1) * rows)
      // A row above and below: the convolution takes what lies outside of its input for zero.
      let outer = inner.lowerBound - 1..<inner.upperBound + 1
      var items = [Int32](repeating: -1, count: outer.count * width)
      for (index, row) in outer.enumerated() where row >= 0 && row < height {
        items.replaceSubrange(
          index * width..<(index + 1) * width,
          with: patches.innerIDs[row * width..<(row + 1) * width])
      }
      let hidden = Tensor(shape: [1, lookup.blocks, outer.count, width, 16]) { target in
        lookup.write(
          patches, items: items, rectifies: true, to: target,
          outBlockStride: outer.count * width * 16)
      }
      let field = withoutRecording {
        hidden.convolved(
          withFrozen: projection, epilogue: ConvolutionEpilogue(bias: bias))
      }
      let stride = outer.count * width * 16
      let base = field.pointer + width * 16
      body(
        Strip(
          rows: inner, scale: base, shift: base + blocks * stride, blockStride: stride, ids: nil,
          first: inner.lowerBound * width))
      withExtendedLifetime(field) {}
    }
  }
}
