import CKernels

/// What is subtracted from each channel, and the factor after that: a normalisation whose statistics
/// are known.
public struct ChannelNormalizer {
  let mean: Storage
  let factor: Storage

  /// A normalisation with stored statistics `[C]`: `(x - mean) / sqrt(variance + epsilon)`.
  public init(mean: Tensor, variance: Tensor, epsilon: Float) {
    check(mean.shape == variance.shape && mean.shape.rank == 1, "normalizer: \(mean.shape)")
    self.mean = paddedChannels(mean.pointer, mean.count)
    factor = paddedChannels(variance.pointer, mean.count)
    for channel in 0..<mean.count {
      factor.base[channel] = 1 / (variance.pointer[channel] + epsilon).squareRoot()
    }
  }

  /// The normalisation of a blocked image `[1, b, H, W, 16]` by its own mean and biased variance.
  public init(measuring image: Tensor, epsilon: Float) {
    let shape = image.shape
    check(shape.rank == 5 && shape[0] == 1 && shape[4] == 16, "normalizer: \(shape)")
    let pixels = shape[2] * shape[3]
    let (mean, factor) = (Storage(count: shape[1] * 16), Storage(count: shape[1] * 16))
    Parallel.forEach(shape[1]) { block in
      semblance_block_moments(
        image.pointer + block * pixels * 16, Int64(pixels), epsilon, mean.base + block * 16,
        factor.base + block * 16)
    }
    (self.mean, self.factor) = (mean, factor)
  }
}

/// A blocked image `[1, b, h, w, 16]` that is normalised, doubled in size if wanted, modulated for
/// each pixel and passed through a leaky ReLU. Nothing is differentiated.
public struct ModulatedImage {
  let image: Tensor
  let normalizer: ChannelNormalizer
  let modulation: LabelModulation
  let patches: LabelPatches
  let slope: Float
  private let enlarge: Int

  /// Describes the image; `slope` 1 leaves values as they are.
  public init(
    _ image: Tensor, normalizer: ChannelNormalizer, modulation: LabelModulation,
    patches: LabelPatches, slope: Float
  ) {
    let shape = image.shape
    check(
      shape.rank == 5 && shape[0] == 1 && shape[4] == 16
        && shape[1] == blockCount(modulation.channels)
        && normalizer.mean.count == shape[1] * 16
        && (shape[2] == patches.height && shape[3] == patches.width
          || 2 * shape[2] == patches.height && 2 * shape[3] == patches.width),
      "modulated image: \(shape), \(modulation.channels) channels at "
        + "\(patches.height)x\(patches.width)")
    self.image = image
    self.normalizer = normalizer
    self.modulation = modulation
    self.patches = patches
    self.slope = slope
    enlarge = patches.height / shape[2]
  }

  private var blocks: Int { image.shape[1] }
  private var pixels: Int { patches.height * patches.width }

  /// Writes pixels of one block, the first of them to `out`.
  private func write(
    block: Int, _ range: Range<Int>, _ strip: LabelModulation.Strip,
    to out: UnsafeMutablePointer<Float>
  ) {
    var operands = semblance_label_modulation(
      x: image.pointer + block * (image.shape[2] * image.shape[3]) * 16,
      mean: normalizer.mean.base + block * 16, scale: normalizer.factor.base + block * 16,
      gamma: strip.scale + block * strip.blockStride,
      beta: strip.shift + block * strip.blockStride, ids: strip.ids, first: Int64(strip.first),
      width: Int64(patches.width), enlarge: Int64(enlarge), slope: slope)
    semblance_label_modulate(&operands, Int64(range.lowerBound), Int64(range.upperBound), out)
  }

  private func pixels(of strip: LabelModulation.Strip) -> Range<Int> {
    strip.rows.lowerBound * patches.width..<strip.rows.upperBound * patches.width
  }

  /// The image `[1, b, H, W, 16]`.
  ///
  /// - Parameter reusesMemory: whether it may take the place of its source, which must have the same
  ///   size and is of no use then.
  public func tensor(reusingMemory reusesMemory: Bool = false) -> Tensor {
    check(!reusesMemory || enlarge == 1, "modulated image: memory of \(image.shape)")
    let result =
      reusesMemory
      ? image : Tensor(shape: [1, blocks, patches.height, patches.width, 16]) { _ in }
    modulation.forEachStrip(of: patches) { strip in
      let range = pixels(of: strip)
      let grain = 2048
      let parts = (range.count + grain - 1) / grain
      Parallel.forEach(blocks * parts) { item in
        let (block, part) = item.quotientAndRemainder(dividingBy: parts)
        let begin = range.lowerBound + part * grain
        write(
          block: block, begin..<min(range.upperBound, begin + grain), strip,
          to: result.pointer + (block * pixels + begin) * 16)
      }
    }
    return result
  }

  /// Adds the product of pointwise weights `[K, C, 1, 1]` and this image to `target`
  /// `[1, ceil(K / 16), H, W, 16]`, and passes the sum through a leaky ReLU (1: none).
  public func addProduct(with weights: FrozenWeights, to target: Tensor, slope: Float) {
    check(
      weights.window.isPointwise && weights.inputs == modulation.channels
        && target.shape == [1, blockCount(weights.outputs), patches.height, patches.width, 16],
      "modulated image: product with \(weights.shape) to \(target.shape)")
    let panels = weights.panels(for: .forward(.patches))
    let (outputs, depth) = (target.shape[1], blocks)
    // About 128 KiB of modulated pixels at a time stay in the cache of a core.
    let grain = max(28, (1 << 15) / (depth * 16))
    let epilogue = semblance_epilogue(
      scale: nil, bias: nil, noise: nil, noise_strength: 0, slope: slope, gain: 1, clamp: .infinity)
    modulation.forEachStrip(of: patches) { strip in
      let all = pixels(of: strip)
      Parallel.forRanges(all.count, grain: grain) { part in
        let range = all.lowerBound + part.lowerBound..<all.lowerBound + part.upperBound
        let scratch = Storage(count: depth * range.count * 16)
        for block in 0..<depth {
          write(block: block, range, strip, to: scratch.base + block * range.count * 16)
        }
        var operands = semblance_panel_operands(
          a: scratch.base, a_block_stride: Int64(range.count * 16), b: panels.base,
          b_block_stride: Int64(depth * 256), out: target.pointer + range.lowerBound * 16,
          out_block_stride: Int64(pixels * 16), rows: Int64(range.count),
          depth_blocks: Int64(depth), out_blocks: Int64(outputs), accumulate: 1)
        semblance_panel_product(&operands)
        if slope == 1 { return }
        withUnsafePointer(to: epilogue) { epilogue in
          for block in 0..<outputs {
            let values = target.pointer + (block * pixels + range.lowerBound) * 16
            semblance_epilogue_apply(
              values, epilogue, nil, Int64(block), Int64(range.lowerBound),
              Int64(range.upperBound), values, nil)
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Adds a blocked image `[1, b, h, w, 16]` to this one in place, enlarged by nearest neighbours
  /// when this one is twice its size. Nothing is differentiated.
  public func addInPlace(enlarging image: Tensor) {
    check(
      shape.rank == 5 && shape[0] == 1 && image.shape.rank == 5 && image.shape[1] == shape[1]
        && (image.shape == shape
          || 2 * image.shape[2] == shape[2] && 2 * image.shape[3] == shape[3]),
      "add enlarged: \(image.shape) to \(shape)")
    let (target, source) = (shape[2] * shape[3], image.shape[2] * image.shape[3])
    Parallel.forEach(shape[1]) { block in
      semblance_add_enlarged(
        image.pointer + block * source * 16, Int64(shape[3]), Int64(shape[3] / image.shape[3]), 0,
        Int64(target), pointer + block * target * 16)
    }
  }
}
