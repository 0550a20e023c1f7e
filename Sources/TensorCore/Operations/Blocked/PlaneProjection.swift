import CKernels

extension Tensor {
  /// 1x1 convolution of a blocked tensor to at most four planes `[N, K, H, W]` with constant
  /// weights: StyleGAN2's picture layer, `y = clamp(W (x * inputScale) + bias)`.
  ///
  /// Gradients (first order): this tensor, `inputScale` and `bias`.
  /// - Parameters:
  ///   - weights: `[K, C, 1, 1]`.
  ///   - inputScale: factor per image and input channel `[N, C]` (a style).
  ///   - bias: `[K]`.
  ///   - clamp: largest magnitude of a result.
  public func projectedToPlanes(
    withFrozen weights: FrozenWeights, inputScale: Tensor? = nil, bias: Tensor? = nil,
    clamp: Float = .infinity
  ) -> Tensor {
    check(
      shape.rank == 5 && shape[4] == 16 && shape[1] == blockCount(weights.inputs)
        && weights.window.isPointwise && weights.outputs <= Int(SEMBLANCE_MOST_PLANES),
      "projectedToPlanes: \(shape), weight \(weights.shape)")
    check(
      inputScale.map { $0.shape == [shape[0], weights.inputs] } ?? true
        && bias.map { $0.count == weights.outputs } ?? true,
      "projectedToPlanes: scale \(String(describing: inputScale?.shape)), bias "
        + "\(String(describing: bias?.shape)), weight \(weights.shape)")
    let operation = PlaneProjection(
      weights: weights, input: self, inputScale: inputScale, bias: bias, clamp: clamp)
    let result = operation.forward()
    let storage = result.storage
    let inputs = [self] + [inputScale, bias].compactMap { $0 }
    return result.recorded("projectedToPlanes", inputs: inputs, isTwiceDifferentiable: false) {
      gradient, _ in
      operation.pullback(gradient, result: storage)
    }
  }
}

private struct PlaneProjection {
  let weights: FrozenWeights
  let input: Tensor
  let inputScale: Tensor?
  let bias: Tensor?
  let clamp: Float

  private var batch: Int { input.shape[0] }
  private var blocks: Int { input.shape[1] }
  private var pixels: Int { input.shape[2] * input.shape[3] }
  private var outputs: Int { weights.outputs }
  private static let grain = 4096

  func forward() -> Tensor {
    let span = OperationTrace.begin(
      "projection to planes \(input.shape)",
      multiplications: batch * outputs * weights.inputs * pixels)
    defer { span?.end() }
    return Tensor(shape: [batch, outputs, input.shape[2], input.shape[3]]) { target in
      for image in 0..<batch {
        let modulated = modulatedWeights(image)
        Parallel.forRanges(pixels, grain: Self.grain) { range in
          semblance_to_planes(
            input.pointer + image * blocks * pixels * 16, Int64(blocks), Int64(pixels),
            modulated.base, Int64(outputs), bias?.pointer, clamp, Int64(range.lowerBound),
            Int64(range.upperBound), target + image * outputs * pixels)
        }
      }
    }
  }

  /// The gradients of `[input, inputScale, bias]`, without those that are nil.
  func pullback(_ gradient: Tensor, result: Storage) -> [Tensor?] {
    let span = OperationTrace.begin(
      "projection to planes \(input.shape), gradient",
      multiplications: batch * outputs * weights.inputs * pixels)
    defer { span?.end() }
    let inputGradient = Tensor(shape: input.shape) { _ in }
    let scaleGradient = inputScale.map { Tensor.zeros($0.shape) }
    let biasGradient = bias.map { Tensor.zeros($0.shape) }
    let ranges = (pixels + Self.grain - 1) / Self.grain
    let width = outputs * blocks * 16
    let sums = Storage(count: width)
    for image in 0..<batch {
      let modulated = modulatedWeights(image)
      let partials = PartialSums(
        for: scaleGradient == nil ? nil : sums.base, ranges: ranges, width: width)
      let (planes, start) = (image * outputs * pixels, image * blocks * pixels * 16)
      Parallel.forEach(ranges * blocks) { item in
        let (block, index) = item.quotientAndRemainder(dividingBy: ranges)
        semblance_to_planes_gradient(
          gradient.pointer + planes, result.base + planes, clamp, input.pointer + start,
          Int64(blocks), Int64(pixels), modulated.base, Int64(outputs), Int64(block),
          Int64(index * Self.grain), Int64(min(pixels, (index + 1) * Self.grain)),
          inputGradient.pointer + start, partials.row(index).map { $0 + block * 16 },
          Int64(blocks * 16))
      }
      if let scaleGradient {
        partials.add(to: sums.base)
        let target = scaleGradient.pointer + image * weights.inputs
        for output in 0..<outputs {
          let row = weights.weight.pointer + output * weights.inputs
          for c in 0..<weights.inputs {
            target[c] += weights.gain * row[c] * sums.base[output * blocks * 16 + c]
          }
        }
      }
      if let biasGradient { addBiasGradient(gradient, result, image, biasGradient.pointer) }
    }
    var results: [Tensor?] = [inputGradient]
    if inputScale != nil { results.append(scaleGradient) }
    if bias != nil { results.append(biasGradient) }
    return results
  }

  private func addBiasGradient(
    _ gradient: Tensor, _ result: Storage, _ image: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    for output in 0..<outputs {
      let start = (image * outputs + output) * pixels
      if clamp == .infinity {
        target[output] += Float(semblance_sum(gradient.pointer + start, Int64(pixels)))
        continue
      }
      var sum = 0.0
      for pixel in start..<start + pixels where abs(result.base[pixel]) < clamp {
        sum += Double(gradient.pointer[pixel])
      }
      target[output] += Float(sum)
    }
  }

  /// `[K, blocks * 16]`: weight times gain times style.
  private func modulatedWeights(_ image: Int) -> Storage {
    let result = Storage(count: outputs * blocks * 16)
    for output in 0..<outputs {
      let row = result.base + output * blocks * 16
      for c in 0..<blocks * 16 {
        guard c < weights.inputs else {
          row[c] = 0
          continue
        }
        let scale = inputScale.map { $0.pointer[image * weights.inputs + c] } ?? 1
        row[c] = weights.weight.pointer[output * weights.inputs + c] * weights.gain * scale
      }
    }
    return result
  }
}
