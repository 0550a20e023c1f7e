import CKernels

// Convolutions of blocked tensors whose weights are learned: those of constant weights, prepared
// anew at every call, and the gradient with respect to the weights.

extension Tensor {
  /// `convolved(withFrozen:)` with a 3x3 or 1x1 weight `[K, C, k, k]` that has a gradient, too, of
  /// the first order. Scales must not be 0 where their gradients are asked for.
  ///
  /// - Parameter noiseStrength: a scalar with the value of the epilogue's, which learns, too.
  public func convolved(
    withLearned weight: Tensor, inputScale: Tensor? = nil, outputScale: Tensor? = nil,
    epilogue: ConvolutionEpilogue = ConvolutionEpilogue(), noiseStrength: Tensor? = nil
  ) -> Tensor {
    let result = convolved(
      withFrozen: FrozenWeights(weight), inputScale: inputScale, outputScale: outputScale,
      epilogue: epilogue)
    return WeightGradient(
      weight: weight, input: self, inputScale: inputScale?.detached(),
      outputScale: outputScale?.detached(), epilogue: epilogue, upsamplingTaps: nil
    ).recorded(result, noiseStrength: noiseStrength)
  }

  /// `upsamplingConvolved(withFrozen:)` with a 3x3 weight `[K, C, 3, 3]` that has a gradient, too.
  public func upsamplingConvolved(
    withLearned weight: Tensor, blurTaps: [Float], inputScale: Tensor? = nil,
    outputScale: Tensor? = nil, epilogue: ConvolutionEpilogue = ConvolutionEpilogue(),
    noiseStrength: Tensor? = nil
  ) -> Tensor {
    let result = upsamplingConvolved(
      withFrozen: FrozenWeights(weight), blurTaps: blurTaps, inputScale: inputScale,
      outputScale: outputScale, epilogue: epilogue)
    return WeightGradient(
      weight: weight, input: self, inputScale: inputScale?.detached(),
      outputScale: outputScale?.detached(), epilogue: epilogue, upsamplingTaps: blurTaps
    ).recorded(result, noiseStrength: noiseStrength)
  }

  /// `projectedToPlanes(withFrozen:)` without clamp, with a weight `[K, C, 1, 1]` that has a
  /// gradient, too.
  public func projectedToPlanes(
    withLearned weight: Tensor, inputScale: Tensor? = nil, bias: Tensor? = nil
  ) -> Tensor {
    let result = projectedToPlanes(
      withFrozen: FrozenWeights(weight), inputScale: inputScale, bias: bias)
    let input = detached()
    let scale = inputScale?.detached()
    let shape = weight.shape
    return Tensor(shape: result.shape, storage: result.storage)
      .recorded(
        "projectedToPlanes(learned)", inputs: [result, weight], isTwiceDifferentiable: false
      ) { gradient, wanted in
        [
          wanted[0] ? gradient : nil,
          wanted[1] ? planeWeightGradient(gradient, input, scale, shape) : nil,
        ]
      }
  }
}

/// The gradient of 1x1 weights `[K, C, 1, 1]` from that of planes `[N, K, H, W]`.
private func planeWeightGradient(
  _ gradient: Tensor, _ input: Tensor, _ scale: Tensor?, _ shape: Shape
) -> Tensor {
  let (outputs, channels) = (shape[0], shape[1])
  let (batch, blocks) = (input.shape[0], input.shape[1])
  let pixels = input.shape[2] * input.shape[3]
  let span = OperationTrace.begin(
    "projection to planes \(input.shape), weights",
    multiplications: batch * outputs * channels * pixels)
  defer { span?.end() }
  let result = Tensor.zeros(shape)
  Parallel.forEach(blocks) { block in
    let sums = Storage(count: outputs * 16)
    for image in 0..<batch {
      sums.base.update(repeating: 0, count: sums.count)
      semblance_plane_products(
        gradient.pointer + image * outputs * pixels, Int64(outputs), Int64(pixels),
        input.pointer + (image * blocks + block) * pixels * 16, 0, Int64(pixels), sums.base)
      for output in 0..<outputs {
        for lane in 0..<min(16, channels - block * 16) {
          let channel = block * 16 + lane
          let style = scale.map { $0.pointer[image * channels + channel] } ?? 1
          result.pointer[output * channels + channel] += style * sums.base[output * 16 + lane]
        }
      }
    }
  }
  return result
}

/// The gradient of a blocked convolution with respect to its weight:
/// `dW[o, i, a, b] = sum over images and pixels of h[o, p] x[i, p + (a, b)]`, where x is the scaled
/// input and h what the epilogue (and the blur) let through of the result's gradient.
///
/// Tiles of a few hundred pixels are copied, padded and scaled, into a cache and multiplied there.
/// The tiles fall into groups whose number does not depend on the number of threads, so sums do not
/// either.
private struct WeightGradient {
  let weight: Tensor
  let input: Tensor
  let inputScale: Tensor?
  let outputScale: Tensor?
  let epilogue: ConvolutionEpilogue
  let upsamplingTaps: [Float]?

  private var kernel: Int { weight.shape[2] }
  private var inputBlocks: Int { input.shape[1] }
  private var outputBlocks: Int { blockCount(weight.shape[0]) }
  private var height: Int { input.shape[2] }
  private var width: Int { input.shape[3] }
  private var margin: Int { upsamplingTaps == nil ? kernel / 2 : 0 }
  private static let pixelsPerTile = 256

  /// The result of the convolution, with the weight among what it was computed from.
  func recorded(_ result: Tensor, noiseStrength: Tensor?) -> Tensor {
    let storage = result.storage
    let source = WeightGradient(
      weight: weight.detached(), input: input.detached(), inputScale: inputScale,
      outputScale: outputScale, epilogue: epilogue, upsamplingTaps: upsamplingTaps)
    let inputs = [result, weight] + [noiseStrength].compactMap { $0 }
    return Tensor(shape: result.shape, storage: storage)
      .recorded("convolved(learned)", inputs: inputs, isTwiceDifferentiable: false) {
        gradient, wanted in
        var results = [
          wanted[0] ? gradient : nil, wanted[1] ? source.gradient(gradient, storage) : nil,
        ]
        if wanted.count > 2 {
          results.append(wanted[2] ? source.strengthGradient(gradient, storage) : nil)
        }
        return results
      }
  }

  /// The gradient of the noise's strength, a scalar: what the activation lets through, times the
  /// noise.
  private func strengthGradient(_ gradient: Tensor, _ result: Storage) -> Tensor {
    guard let noise = epilogue.noise else { return Tensor(0) }
    let pixels = gradient.shape[2] * gradient.shape[3]
    let count = gradient.shape[0] * outputBlocks
    let sums = Storage(count: count * 48)
    sums.base.update(repeating: 0, count: sums.count)
    Parallel.forEach(count) { index in
      let (image, block) = index.quotientAndRemainder(dividingBy: outputBlocks)
      let factor = Storage(count: 16)
      for lane in 0..<16 {
        factor.base[lane] = block * 16 + lane < weight.shape[0] ? epilogue.gain : 0
      }
      let plane = noise.pointer + (noise.count == pixels ? 0 : image * pixels)
      var slope = semblance_epilogue_gradient(
        y: nil, scale: factor.base, noise: plane, slope: epilogue.slope, clamp: epilogue.clamp)
      let scratch = Storage(count: pixels * 16)
      semblance_epilogue_gradient_apply(
        gradient.pointer + index * pixels * 16, result.base + index * pixels * 16, &slope, 0, 0,
        Int64(pixels), scratch.base, sums.base + index * 48, 16)
    }
    var total = 0.0
    for index in 0..<count {
      for lane in 0..<16 { total += Double(sums.base[index * 48 + 32 + lane]) }
    }
    return Tensor(Float(total))
  }

  /// Rows of images that are worked on together.
  private struct Tile {
    var images: Range<Int>
    var rows: Range<Int>
  }

  private var tiles: [Tile] {
    let batch = input.shape[0]
    let atOnce = max(1, Self.pixelsPerTile / (height * width))
    if atOnce > 1 {
      return stride(from: 0, to: batch, by: atOnce).map {
        Tile(images: $0..<min(batch, $0 + atOnce), rows: 0..<height)
      }
    }
    let rows = max(1, Self.pixelsPerTile / width)
    return (0..<batch).flatMap { image in
      stride(from: 0, to: height, by: rows).map {
        Tile(images: image..<image + 1, rows: $0..<min(height, $0 + rows))
      }
    }
  }

  private func gradient(_ gradient: Tensor, _ result: Storage) -> Tensor {
    let tiles = tiles
    let taps = kernel * kernel
    let length = outputBlocks * inputBlocks * taps * 256
    let span = OperationTrace.begin(
      "convolution \(kernel)x\(kernel) \(weight.shape[1]) to \(weight.shape[0]) at "
        + "\(height)x\(width), weights",
      multiplications: input.shape[0] * weight.count * height * width)
    defer { span?.end() }
    let groups = min(tiles.count, length > 1 << 18 ? 2 : 8)
    let splits = min(outputBlocks, max(1, (Parallel.threads + groups - 1) / groups))
    let sums = Storage(count: groups * length)
    Parallel.forEach(groups * splits) { item in
      let (group, split) = item.quotientAndRemainder(dividingBy: splits)
      let blocks = split * outputBlocks / splits..<(split + 1) * outputBlocks / splits
      let target = sums.base + group * length
      let part = inputBlocks * taps * 256
      (target + blocks.lowerBound * part).update(repeating: 0, count: blocks.count * part)
      for tile in tiles[group * tiles.count / groups..<(group + 1) * tiles.count / groups] {
        add(tile, blocks, gradient, result, to: target)
      }
    }
    return collected(sums, groups: groups, length: length)
  }

  /// Adds one tile to the sums of some output blocks.
  private func add(
    _ tile: Tile, _ blocks: Range<Int>, _ gradient: Tensor, _ result: Storage,
    to sums: UnsafeMutablePointer<Float>
  ) {
    let (rows, taps) = (tile.rows.count, kernel * kernel)
    let xRows = rows + 2 * margin
    let xWidth = width + 2 * margin
    let xSegment = xRows * xWidth
    let x = Storage(count: inputBlocks * tile.images.count * xSegment * 16)
    for (segment, image) in tile.images.enumerated() {
      for block in 0..<inputBlocks {
        let scale = scale(inputScale, image, block, weight.shape[1])
        semblance_padded_rows(
          input.pointer + (image * inputBlocks + block) * height * width * 16, Int64(height),
          Int64(width), scale?.base, Int64(tile.rows.lowerBound - margin), Int64(xRows),
          Int64(margin), x.base + (block * tile.images.count + segment) * xSegment * 16)
      }
    }
    let isSpread = upsamplingTaps != nil
    let hWidth = isSpread ? 2 * width + 1 : width
    let hSegment = (isSpread ? 2 * rows + 1 : rows) * hWidth
    let h = Storage(count: tile.images.count * hSegment * 16)
    var shape = semblance_weight_tile(
      segments: Int64(tile.images.count), rows: Int64(rows), columns: Int64(width),
      kernel: Int64(kernel), x_segment: Int64(xSegment), x_row: Int64(xWidth),
      x_tap: isSpread ? 0 : 1, h_segment: Int64(hSegment), h_row: Int64(hWidth),
      h_step: isSpread ? 2 : 1, h_tap: isSpread ? 1 : 0)
    for block in blocks {
      for (segment, image) in tile.images.enumerated() {
        fill(h.base + segment * hSegment * 16, block, image, tile.rows, gradient, result)
      }
      for inputBlock in 0..<inputBlocks {
        semblance_weight_gradient(
          &shape, x.base + inputBlock * tile.images.count * xSegment * 16, h.base,
          sums + (block * inputBlocks + inputBlock) * taps * 256)
      }
    }
  }

  /// What arrives at the convolution of the gradient of one block of the result.
  private func fill(
    _ target: UnsafeMutablePointer<Float>, _ block: Int, _ image: Int, _ rows: Range<Int>,
    _ gradient: Tensor, _ result: Storage
  ) {
    let (outputHeight, outputWidth) = (gradient.shape[2], gradient.shape[3])
    let start = (image * outputBlocks + block) * outputHeight * outputWidth * 16
    let factor = Storage(count: 16)
    for lane in 0..<16 {
      let channel = block * 16 + lane
      let scale =
        channel < weight.shape[0]
        ? outputScale.map { $0.pointer[image * weight.shape[0] + channel] } ?? 1 : 0
      factor.base[lane] = scale * epilogue.gain
    }
    func mask(_ rows: Range<Int>, to out: UnsafeMutablePointer<Float>) {
      let offset = start + rows.lowerBound * outputWidth * 16
      var slope = semblance_epilogue_gradient(
        y: nil, scale: factor.base, noise: nil, slope: epilogue.slope, clamp: epilogue.clamp)
      semblance_epilogue_gradient_apply(
        gradient.pointer + offset, result.base + offset, &slope, 0, 0,
        Int64(rows.count * outputWidth), out, nil, 0)
    }
    guard let upsamplingTaps else {
      mask(rows, to: target)
      return
    }
    // Row 2 r of the transposed convolution reaches rows 2 r - 2 ... 2 r + 1 of the result.
    let first = 2 * rows.lowerBound - 2
    let count = 2 * rows.count + 4
    let inside = max(0, first)..<min(outputHeight, first + count)
    let masked = Storage(count: inside.count * outputWidth * 16)
    mask(inside, to: masked.base)
    let paddedWidth = outputWidth + 4
    let padded = Storage(count: count * paddedWidth * 16)
    semblance_padded_rows(
      masked.base, Int64(inside.count), Int64(outputWidth), nil,
      Int64(first - inside.lowerBound), Int64(count), 2, padded.base)
    let scratch = Storage(count: paddedWidth * 16)
    semblance_spread_blur(
      padded.base, Int64(2 * rows.count + 1), Int64(outputWidth + 1), upsamplingTaps,
      scratch.base, target)
  }

  private func scale(_ scale: Tensor?, _ image: Int, _ block: Int, _ channels: Int) -> Storage? {
    guard let scale else { return nil }
    let result = Storage(count: 16)
    for lane in 0..<16 {
      let channel = block * 16 + lane
      result.base[lane] = channel < channels ? scale.pointer[image * channels + channel] : 0
    }
    return result
  }

  /// The sums of all groups in the order of the weight.
  private func collected(_ sums: Storage, groups: Int, length: Int) -> Tensor {
    let (outputs, inputs, taps) = (weight.shape[0], weight.shape[1], kernel * kernel)
    return Tensor(shape: weight.shape) { target in
      Parallel.forRanges(outputs, grain: max(1, (1 << 15) / (inputs * taps))) { range in
        for output in range {
          for input in 0..<inputs {
            for tap in 0..<taps {
              let place =
                (((output / 16) * inputBlocks + input / 16) * taps + tap) * 256 + output % 16 * 16
                + input % 16
              var sum: Float = 0
              for group in 0..<groups { sum += sums.base[group * length + place] }
              target[(output * inputs + input) * taps + tap] = sum
            }
          }
        }
      }
    }
  }
}
