import CKernels

/// Constant convolution weights, prepared once per algorithm and direction.
///
/// Preparation happens at the first use; the prepared copies live as long as this object.
public final class FrozenWeights {
  /// The lengths of the axes `[K, C, kh, kw]`.
  public let shape: Shape
  private var original: Tensor?
  /// Factor of every weight (StyleGAN2's run-time `1 / sqrt(C kh kw)`).
  public let gain: Float
  /// How the kernel looks at its input.
  public let window: ConvolutionWindow

  /// What prepared weights are for.
  enum Purpose: Hashable {
    /// The convolution.
    case forward(ConvolutionAlgorithm)
    /// The gradient of the convolution with respect to its input.
    case inputGradient(ConvolutionAlgorithm)
    /// The transposed convolution with stride 2: C channels spread out to K.
    case spread(ConvolutionAlgorithm)
    /// The gradient of the transposed convolution: K channels gathered to C.
    case spreadGradient(ConvolutionAlgorithm)
    /// The convolution of planes.
    case planes
    /// The convolution of planes by minimal filtering.
    case filteredPlanes
    /// The gradient of the convolution of planes.
    case planesGradient
  }
  private var prepared: [Purpose: Storage] = [:]
  private let readsTaps: Bool?

  /// Wraps `weight` `[K, C, kh, kw]`.
  /// - Parameters:
  ///   - padding: nil keeps the size of the image (odd kernels).
  ///   - readingTaps: whether minimal filtering transforms the kernels while it runs and keeps no
  ///     copy of them, for either direction. nil takes that for weights that would not stay in a
  ///     cache when transformed: their nine taps are read faster than the 36 values that they
  ///     become, for little arithmetic.
  public init(
    _ weight: Tensor, gain: Float = 1, stride: Int = 1, padding: Int? = nil,
    readingTaps: Bool? = nil
  ) {
    check(weight.shape.rank == 4, "frozen weights: \(weight.shape)")
    shape = weight.shape
    original = weight.detached()
    readsTaps = readingTaps
    self.gain = gain
    window = ConvolutionWindow(
      kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], stride: stride,
      padding: padding ?? weight.shape[2] / 2)
  }

  /// Output channels K.
  public var outputs: Int { shape[0] }
  /// Input channels C.
  public var inputs: Int { shape[1] }

  /// The weights `[K, C, kh, kw]`, without `gain`. After `seal` they are made anew from the copy
  /// for `.patches`, which must be among those that were kept.
  public var weight: Tensor {
    if let original { return original }
    guard let panels = prepared[.forward(.patches)] else {
      fatalError("frozen weights \(shape): sealed without the copy for patches")
    }
    return Tensor(shape: shape) { target in
      let taps = shape[2] * shape[3]
      let depth = blockCount(inputs) * 16
      for output in 0..<outputs {
        let block = panels.base + output / 16 * taps * depth * 16 + output % 16
        for input in 0..<inputs {
          for tap in 0..<taps {
            target[(output * inputs + input) * taps + tap] =
              block[(tap * depth + input) * 16] / gain
          }
        }
      }
    }
  }

  /// Prepares the weights for convolutions by `algorithm` and lets the weights themselves go, unless
  /// it reads their taps: so a network that only runs forward is in memory once. Other algorithms
  /// and gradients can be prepared later only if `algorithm` is `.patches` or reads the taps.
  public func seal(for algorithm: ConvolutionAlgorithm) {
    check(algorithm.isUsable(for: window), "seal: \(algorithm) for \(shape)")
    if readsTaps(algorithm) { return }
    _ = panels(for: .forward(algorithm))
    original = nil
  }

  /// Floats held by prepared copies.
  public var preparedCount: Int { prepared.values.reduce(0) { $0 + $1.count } }

  private func readsTaps(_ algorithm: ConvolutionAlgorithm) -> Bool {
    let bytes = algorithm.matrices * blockCount(inputs) * blockCount(outputs) * 1024
    return algorithm != .patches && readsTaps ?? (bytes > 10 << 20)
  }

  /// The matrices of a convolution by minimal filtering; `purpose` is not for patches or planes.
  func productPanels(for purpose: Purpose) -> ProductPanels {
    let (algorithm, isSwapped, filter): (ConvolutionAlgorithm, Bool, ProductPanels.Filter)
    switch purpose {
    case .forward(let chosen):
      (algorithm, isSwapped) = (chosen, false)
      filter = chosen.isStrided ? .strided(direction: Int32(SEMBLANCE_GATHER)) : .winograd
    case .inputGradient(let chosen):
      (algorithm, isSwapped) = (chosen, true)
      filter = chosen.isStrided ? .strided(direction: Int32(SEMBLANCE_SPREAD)) : .winograd
    case .spread(let chosen):
      (algorithm, isSwapped) = (chosen, false)
      filter = .strided(direction: Int32(SEMBLANCE_SPREAD))
    case .spreadGradient(let chosen):
      (algorithm, isSwapped) = (chosen, true)
      filter = .strided(direction: Int32(SEMBLANCE_GATHER))
    case .planes, .filteredPlanes, .planesGradient:
      fatalError("product panels for \(purpose)")
    }
    check(algorithm != .patches, "product panels for \(purpose)")
    let source: ProductPanels.Source =
      readsTaps(algorithm)
      ? .weights(weight, gain: gain, isSwapped: isSwapped)
      : .prepared(panels(for: purpose).base)
    return ProductPanels(
      source: source, algorithm: algorithm, filter: filter,
      inputBlocks: blockCount(isSwapped ? outputs : inputs),
      outputBlocks: blockCount(isSwapped ? inputs : outputs))
  }

  /// The right side of the panel products.
  func panels(for purpose: Purpose) -> Storage {
    if let existing = prepared[purpose] { return existing }
    let result =
      switch purpose {
      case .forward(let algorithm):
        prepare(algorithm, isSwapped: false, direction: SEMBLANCE_GATHER)
      case .inputGradient(.patches) where window.isPointwise:
        transposedPanels(panels(for: .forward(.patches)))
      case .inputGradient(let algorithm):
        prepare(algorithm, isSwapped: true, direction: SEMBLANCE_SPREAD)
      case .spread(let algorithm):
        prepare(algorithm, isSwapped: false, direction: SEMBLANCE_SPREAD)
      case .spreadGradient(let algorithm):
        prepare(algorithm, isSwapped: true, direction: SEMBLANCE_GATHER)
      case .planes: preparePlanes(isGradient: false)
      case .filteredPlanes: prepareFilteredPlanes()
      case .planesGradient: preparePlanes(isGradient: true)
      }
    prepared[purpose] = result
    return result
  }

  /// The copy for gradients of pointwise weights, from the one for products.
  private func transposedPanels(_ panels: Storage) -> Storage {
    let (depth, blocks) = (blockCount(inputs), blockCount(outputs))
    let result = Storage(count: panels.count)
    Parallel.forRanges(depth, grain: 8) { range in
      semblance_transposed_panels(
        panels.base, Int64(depth), Int64(blocks), Int64(range.lowerBound), Int64(range.upperBound),
        result.base)
    }
    return result
  }

  /// Lets the copy for the gradient of pointwise products go. It is made again, in about the time of
  /// reading the weights once, when it is next needed.
  public func releaseGradientCopy() { prepared[.inputGradient(.patches)] = nil }

  private func preparePlanes(isGradient: Bool) -> Storage {
    let taps = window.kernelHeight * window.kernelWidth
    let blocks = blockCount(outputs)
    let weight = weight
    let result = Storage(
      count: isGradient
        ? Int(semblance_plane_gradient_blocks(Int64(inputs), Int64(taps))) * blocks * 256
        : blocks * inputs * taps * 16)
    let pack = isGradient ? semblance_plane_gradient_weights : semblance_plane_weights
    pack(weight.pointer, Int64(outputs), Int64(inputs), Int64(taps), gain, result.base)
    return result
  }

  private func prepareFilteredPlanes() -> Storage {
    let weight = weight
    let result = Storage(
      count: blockCount(outputs) * ConvolutionAlgorithm.winograd4.matrices * inputs * 16)
    semblance_plane_winograd_weights(
      weight.pointer, Int64(outputs), Int64(inputs), gain, result.base)
    return result
  }

  private func prepare(
    _ algorithm: ConvolutionAlgorithm, isSwapped: Bool, direction: Int
  ) -> Storage {
    let (outputs, inputs) = (Int64(self.outputs), Int64(self.inputs))
    let swapped: Int32 = isSwapped ? 1 : 0
    let blocks = blockCount(isSwapped ? self.inputs : self.outputs)
    let depth = blockCount(isSwapped ? self.outputs : self.inputs) * 16
    let taps = window.kernelHeight * window.kernelWidth
    let matrices = algorithm == .patches ? taps : algorithm.matrices
    let result = Storage(count: matrices * blocks * depth * 16)
    let weight = weight
    Parallel.forEach(blocks) { block in
      let (begin, end) = (Int64(block), Int64(block + 1))
      switch algorithm {
      case .patches:
        semblance_patch_weights(
          weight.pointer, outputs, inputs, Int64(taps), swapped, gain, begin, end, result.base)
      case .winograd2, .winograd4:
        semblance_winograd_weights(
          Int32(algorithm.tileSize), weight.pointer, outputs, inputs, swapped, gain, begin, end,
          result.base)
      case .strided2, .strided4:
        semblance_strided_weights(
          Int32(algorithm.tileSize), Int32(direction), weight.pointer, outputs, inputs, swapped,
          gain, begin, end, result.base)
      }
    }
    return result
  }
}
