import CKernels

extension Tensor {
  /// Cross-correlation of a blocked tensor `[N, ceil(C / 16), H, W, 16]` with constant weights,
  /// modulation, demodulation, noise, bias and activation in one operation; the result is blocked.
  ///
  /// Gradients (first order): this tensor, `inputScale`, `outputScale` and the epilogue's bias. A
  /// planar tensor `[N, C, H, W]` of at most four channels may stand for the blocked one; then only
  /// it has a gradient, and there are neither scales nor noise.
  /// - Parameters:
  ///   - inputScale: factor per image and input channel `[N, C]` (a style).
  ///   - outputScale: factor per image and output channel `[N, K]` (demodulation), not 0 where its
  ///     gradient or that of the bias is asked for.
  ///   - algorithm: nil takes `ConvolutionAlgorithm.best`.
  public func convolved(
    withFrozen weights: FrozenWeights, inputScale: Tensor? = nil, outputScale: Tensor? = nil,
    epilogue: ConvolutionEpilogue = ConvolutionEpilogue(), algorithm: ConvolutionAlgorithm? = nil
  ) -> Tensor {
    if shape.rank == 4 {
      check(
        inputScale == nil && outputScale == nil, "convolved(frozen): scales for planes \(shape)")
      return planesConvolved(withFrozen: weights, epilogue: epilogue)
    }
    return FusedConvolution(
      weights: weights, input: self, inputScale: inputScale, outputScale: outputScale,
      epilogue: epilogue, algorithm: algorithm, upsamplingTaps: nil
    ).recorded()
  }

  /// StyleGAN2's up-sampling convolution of a blocked tensor: transposed 3x3 convolution with
  /// stride 2 and constant weights, a separable blur and the epilogue; the result
  /// `[N, ceil(K / 16), 2H, 2W, 16]` is blocked. Gradients and parameters as of
  /// `convolved(withFrozen:)`.
  ///
  /// - Parameter blurTaps: the four taps of the blur along each axis, applied as a true
  ///   convolution, gain included (`[1, 3, 3, 1] / 4` for the filter of StyleGAN2 with gain 4).
  public func upsamplingConvolved(
    withFrozen weights: FrozenWeights, blurTaps: [Float], inputScale: Tensor? = nil,
    outputScale: Tensor? = nil, epilogue: ConvolutionEpilogue = ConvolutionEpilogue(),
    algorithm: ConvolutionAlgorithm? = nil
  ) -> Tensor {
    FusedConvolution(
      weights: weights, input: self, inputScale: inputScale, outputScale: outputScale,
      epilogue: epilogue, algorithm: algorithm, upsamplingTaps: blurTaps
    ).recorded()
  }
}

/// A convolution with constant weights of one blocked tensor, and its vector-Jacobian product.
private struct FusedConvolution {
  let weights: FrozenWeights
  let input: Tensor
  let inputScale: Tensor?
  let outputScale: Tensor?
  let epilogue: ConvolutionEpilogue
  let algorithm: ConvolutionAlgorithm
  /// The blur of an up-sampling convolution.
  let upsamplingTaps: [Float]?
  let outputShape: Shape

  init(
    weights: FrozenWeights, input: Tensor, inputScale: Tensor?, outputScale: Tensor?,
    epilogue: ConvolutionEpilogue, algorithm: ConvolutionAlgorithm?, upsamplingTaps: [Float]?
  ) {
    let shape = input.shape
    check(
      shape.rank == 5 && shape[4] == 16 && shape[1] == blockCount(weights.inputs),
      "convolved(frozen): input \(shape), weight \(weights.shape)")
    check(
      upsamplingTaps.map { $0.count == 4 && weights.window.isPaddedThreeByThree } ?? true,
      "upsamplingConvolved: \(upsamplingTaps?.count ?? 0) taps, weight \(weights.shape)")
    let (batch, height, width) = (shape[0], shape[2], shape[3])
    let size: (height: Int, width: Int) =
      upsamplingTaps == nil
      ? weights.window.outputSize(height: height, width: width) : (2 * height, 2 * width)
    check(
      inputScale.map { $0.shape == [batch, weights.inputs] } ?? true
        && outputScale.map { $0.shape == [batch, weights.outputs] } ?? true,
      "convolved(frozen): scales \(String(describing: inputScale?.shape)) and "
        + "\(String(describing: outputScale?.shape)) for weight \(weights.shape), batch \(batch)"
    )
    check(
      epilogue.bias.map { $0.count == weights.outputs } ?? true
        && epilogue.noise.map {
          [1, batch].map { $0 * size.height * size.width }.contains($0.count)
        } ?? true,
      "convolved(frozen): bias \(String(describing: epilogue.bias?.shape)), noise "
        + "\(String(describing: epilogue.noise?.shape)) for \(size.height)x\(size.width)")
    self.weights = weights
    self.input = input
    self.inputScale = inputScale
    self.outputScale = outputScale
    self.epilogue = epilogue
    self.upsamplingTaps = upsamplingTaps
    if upsamplingTaps == nil {
      let best = ConvolutionAlgorithm.best(for: weights.window, height: height, width: width)
      let chosen = algorithm ?? best
      self.algorithm = chosen.isUsable(for: weights.window) ? chosen : best
    } else {
      let best = ConvolutionAlgorithm.bestForUpsampling(height: height, width: width)
      self.algorithm = [.strided2, .strided4].contains(algorithm) ? algorithm ?? best : best
    }
    outputShape = [batch, blockCount(weights.outputs), size.height, size.width, 16]
  }

  private var batch: Int { input.shape[0] }
  private var inputStride: Int { input.count / batch }
  private var outputStride: Int { outputShape.count / batch }

  func recorded() -> Tensor {
    let result = forward()
    let storage = result.storage
    let inputs = [input] + [inputScale, outputScale, epilogue.bias].compactMap { $0 }
    return result.recorded("convolved(frozen)", inputs: inputs, isTwiceDifferentiable: false) {
      gradient, wanted in
      pullback(gradient, result: storage, wanted: wanted)
    }
  }

  private func forward() -> Tensor {
    let bias = epilogue.bias.map { paddedChannels($0.pointer, weights.outputs) }
    return Tensor(shape: outputShape) { target in
      for image in 0..<batch {
        let scale = paddedScale(inputScale, image, weights.inputs)
        let demodulation = paddedScale(outputScale, image, weights.outputs)
        let pass = ConvolutionPass(
          input: input.pointer + image * inputStride, inputBlocks: input.shape[1],
          height: input.shape[2], width: input.shape[3], inputScale: scale.map { $0.base },
          output: target + image * outputStride, outputBlocks: outputShape[1],
          outputHeight: outputShape[2], outputWidth: outputShape[3],
          epilogue: semblance_epilogue(
            scale: demodulation.map { UnsafePointer($0.base) },
            bias: bias.map { UnsafePointer($0.base) },
            noise: noise(image), noise_strength: epilogue.noiseStrength, slope: epilogue.slope,
            gain: epilogue.gain,
            clamp: epilogue.clamp))
        run(pass)
        withExtendedLifetime((scale, demodulation)) {}
      }
      withExtendedLifetime(bias) {}
    }
  }

  /// The gradients of `[input, inputScale, outputScale, bias]`, without those that are nil.
  private func pullback(_ gradient: Tensor, result: Storage, wanted: [Bool]) -> [Tensor?] {
    let channels = outputShape[1] * 16
    let inputGradient = Tensor(shape: input.shape) { _ in }
    let styleSums = Storage(count: input.shape[1] * 16)
    let epilogueSums = Storage(count: 3 * channels)
    var others = wanted.dropFirst()
    func zerosIfWanted(_ tensor: Tensor?) -> Tensor? {
      guard let tensor, others.popFirst() == true else { return nil }
      return .zeros(tensor.shape)
    }
    let scaleGradient = zerosIfWanted(inputScale)
    let demodulationGradient = zerosIfWanted(outputScale)
    let biasGradient = zerosIfWanted(epilogue.bias)
    let needsEpilogueSums = demodulationGradient != nil || biasGradient != nil
    for image in 0..<batch {
      let scale = paddedScale(inputScale, image, weights.inputs)
      let factor = Storage(count: channels)
      for channel in 0..<channels {
        let demodulation =
          channel < weights.outputs
          ? outputScale.map { $0.pointer[image * weights.outputs + channel] } ?? 1 : 0
        factor.base[channel] = demodulation * epilogue.gain
      }
      let pass = ConvolutionPass(
        input: gradient.pointer + image * outputStride, inputBlocks: outputShape[1],
        height: outputShape[2], width: outputShape[3],
        inputGradient: semblance_epilogue_gradient(
          y: result.base + image * outputStride, scale: factor.base,
          noise: needsEpilogueSums ? noise(image) : nil, slope: epilogue.slope,
          clamp: epilogue.clamp),
        inputSums: needsEpilogueSums ? epilogueSums.base : nil,
        output: inputGradient.pointer + image * inputStride,
        outputBlocks: input.shape[1], outputHeight: input.shape[2], outputWidth: input.shape[3],
        epilogue: semblance_epilogue(
          scale: scale.map { UnsafePointer($0.base) }, bias: nil, noise: nil, noise_strength: 0,
          slope: 1, gain: 1, clamp: .infinity),
        weighting: scaleGradient == nil ? nil : UnsafePointer(input.pointer + image * inputStride),
        outputSums: scaleGradient == nil ? nil : styleSums.base)
      runGradient(pass)
      if let scaleGradient {
        let target = scaleGradient.pointer + image * weights.inputs
        for channel in 0..<weights.inputs { target[channel] = styleSums.base[channel] }
      }
      if needsEpilogueSums {
        differentiateScaleAndBias(
          image, epilogueSums.base, channels, demodulationGradient?.pointer, biasGradient?.pointer)
      }
      withExtendedLifetime((scale, factor)) {}
    }
    var results: [Tensor?] = [inputGradient]
    if inputScale != nil { results.append(scaleGradient) }
    if outputScale != nil { results.append(demodulationGradient) }
    if epilogue.bias != nil { results.append(biasGradient) }
    return results
  }

  /// From the sums of h y, dz and dz noise (see `semblance_epilogue_gradient`).
  private func differentiateScaleAndBias(
    _ image: Int, _ sums: UnsafePointer<Float>, _ channels: Int,
    _ demodulationGradient: UnsafeMutablePointer<Float>?,
    _ biasGradient: UnsafeMutablePointer<Float>?
  ) {
    for channel in 0..<weights.outputs {
      let scale = outputScale.map { $0.pointer[image * weights.outputs + channel] } ?? 1
      let (product, total, noisy) = (
        sums[channel], sums[channels + channel], sums[2 * channels + channel]
      )
      biasGradient?[channel] += total / scale
      let bias = epilogue.bias?.pointer[channel] ?? 0
      demodulationGradient?[image * weights.outputs + channel] =
        (product - (epilogue.noiseStrength * noisy + bias * total) / scale) / scale
    }
  }

  private func run(_ pass: ConvolutionPass) {
    let span = OperationTrace.begin(name, multiplications: multiplications)
    defer { span?.end() }
    if let upsamplingTaps {
      return pass.runUpsampling(
        blurTaps: upsamplingTaps, weights.productPanels(for: .spread(algorithm)))
    }
    switch algorithm {
    case .patches:
      pass.runPatches(weights.window, panels: weights.panels(for: .forward(.patches)).base)
    case .winograd2, .winograd4:
      pass.runWinograd(weights.productPanels(for: .forward(algorithm)))
    case .strided2, .strided4:
      pass.runHalving(
        padding: weights.window.padding, weights.productPanels(for: .forward(algorithm)))
    }
  }

  private func runGradient(_ pass: ConvolutionPass) {
    let span = OperationTrace.begin("\(name), gradient", multiplications: multiplications)
    defer { span?.end() }
    if let upsamplingTaps {
      return pass.runUpsamplingGradient(
        blurTaps: upsamplingTaps, weights.productPanels(for: .spreadGradient(algorithm)))
    }
    let window = weights.window
    switch algorithm {
    case .patches:
      let transposed = ConvolutionWindow(
        kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
        padding: window.kernelHeight - 1 - window.padding)
      pass.runPatches(
        transposed, dilation: window.stride,
        panels: weights.panels(for: .inputGradient(.patches)).base)
    case .winograd2, .winograd4:
      pass.runWinograd(weights.productPanels(for: .inputGradient(algorithm)))
    case .strided2, .strided4:
      pass.runHalvingGradient(
        padding: window.padding, weights.productPanels(for: .inputGradient(algorithm)))
    }
  }

  private var name: String {
    let kind = upsamplingTaps == nil ? "convolution" : "up-sampling convolution"
    let side = weights.window.kernelHeight
    return "\(kind) \(side)x\(side) \(weights.inputs) to \(weights.outputs) at "
      + "\(input.shape[2])x\(input.shape[3]), \(algorithm)"
  }

  /// Of one image: every weight meets every pixel of the smaller image, or of both when the stride
  /// is 1.
  private var multiplications: Int {
    let window = weights.window
    let pixels = min(input.shape[2] * input.shape[3], outputShape[2] * outputShape[3])
    return weights.outputs * weights.inputs * window.kernelHeight * window.kernelWidth * pixels
  }

  /// The plane of one image, or the one that all share.
  private func noise(_ image: Int) -> UnsafePointer<Float>? {
    let pixels = outputShape[2] * outputShape[3]
    return epilogue.noise.map {
      UnsafePointer($0.pointer + ($0.count == pixels ? 0 : image * pixels))
    }
  }

  private func paddedScale(_ scale: Tensor?, _ image: Int, _ channels: Int) -> Storage? {
    scale.map { paddedChannels($0.pointer + image * channels, channels) }
  }
}
