import TensorCore
import TestSupport
import Testing

private func random(_ shape: Shape, seed: UInt64) -> Tensor {
  var source = RandomSource(seed: seed)
  return source.normal(shape)
}

/// Cross-correlation of one image in float64.
private func reference(_ x: Tensor, _ weight: Tensor, stride: Int, padding: Int) -> [Double] {
  let (inputs, height, width) = (x.shape[1], x.shape[2], x.shape[3])
  let (outputs, side) = (weight.shape[0], weight.shape[2])
  let pixels = x.values.map(Double.init)
  let weights = weight.values.map(Double.init)
  let (rows, columns) = (
    (height + 2 * padding - side) / stride + 1, (width + 2 * padding - side) / stride + 1
  )
  var result = [Double](repeating: 0, count: outputs * rows * columns)
  for k in 0..<outputs {
    for c in 0..<inputs {
      for tap in 0..<side * side {
        let factor = weights[(k * inputs + c) * side * side + tap]
        for row in 0..<rows {
          let y = row * stride + tap / side - padding
          guard y >= 0, y < height else { continue }
          for column in 0..<columns {
            let x = column * stride + tap % side - padding
            guard x >= 0, x < width else { continue }
            result[(k * rows + row) * columns + column] +=
              factor * pixels[(c * height + y) * width + x]
          }
        }
      }
    }
  }
  return result
}

private func relativeError(_ tensor: Tensor, _ expected: [Double]) -> Double {
  var (error, size) = (0.0, 0.0)
  for (value, exact) in zip(tensor.values, expected) {
    error += (Double(value) - exact) * (Double(value) - exact)
    size += exact * exact
  }
  return (error / size).squareRoot()
}

private func deviation(_ a: Tensor, _ b: Tensor) -> Double {
  relativeError(a, b.values.map(Double.init))
}

@Suite("Blocked convolution with constant weights")
struct BlockedConvolutionTests {
  @Test func layoutHoldsSixteenChannelsOfAPixelTogether() {
    let x = random([2, 20, 3, 5], seed: 1)
    let blocked = x.blocked()
    #expect(blocked.shape == [2, 2, 3, 5, 16])
    #expect(blocked.pointer[(15 + 3) * 16 + 2] == x.pointer[18 * 15 + 3])
    #expect(blocked.pointer[15 * 16 + 4] == 0)
    #expect(blocked.unblocked(channels: 20).values == x.values)
    expectGradients(
      of: { ($0[0].blocked() * random([1, 2, 2, 3, 16], seed: 2)).sum() },
      at: [random([1, 18, 2, 3], seed: 3)])
  }

  /// The errors that `ConvolutionAlgorithm` states, with 512 input channels.
  @Test(arguments: [
    (ConvolutionAlgorithm.patches, 1.3e-6), (.winograd2, 8e-7), (.winograd4, 2.2e-6),
  ])
  func errorAgainstFloat64(algorithm: ConvolutionAlgorithm, bound: Double) {
    let x = random([1, 512, 18, 16], seed: 1)
    let weight = random([16, 512, 3, 3], seed: 2)
    let expected = reference(x, weight, stride: 1, padding: 1)
    for set in InstructionSet.allCases {
      withSettings(instructionSet: set) {
        for readingTaps in [false, true] {
          let frozen = FrozenWeights(weight, readingTaps: readingTaps)
          let y = x.blocked().convolved(withFrozen: frozen, algorithm: algorithm)
          let error = relativeError(y.unblocked(channels: 16), expected)
          #expect(error < bound, "\(set), reading taps: \(readingTaps)")
        }
      }
    }
  }

  @Test(arguments: InstructionSet.allCases)
  func anySizeAndNumberOfChannels(instructionSet: InstructionSet) {
    let cases = [
      (20, 24, 1, 1), (3, 40, 5, 2), (33, 17, 13, 9), (16, 16, 4, 30), (48, 100, 43, 45),
    ]
    for (inputs, outputs, height, width) in cases {
      let x = random([1, inputs, height, width], seed: 1)
      let weight = random([outputs, inputs, 3, 3], seed: 2)
      let expected = reference(x, weight, stride: 1, padding: 1)
      withSettings(instructionSet: instructionSet) {
        for algorithm in [ConvolutionAlgorithm.patches, .winograd2, .winograd4] {
          let y = x.blocked().convolved(withFrozen: FrozenWeights(weight), algorithm: algorithm)
          #expect(relativeError(y.unblocked(channels: outputs), expected) < 1e-6)
          for lane in outputs % 16..<16 where outputs % 16 > 0 {
            #expect(y.pointer[y.count - 16 + lane] == 0, "channels beyond the last are zero")
          }
        }
      }
    }
  }

  @Test func stridesAndKernels() {
    for (side, stride) in [(1, 1), (1, 2), (5, 1), (7, 2)] {
      let x = random([1, 18, 11, 14], seed: 1)
      let weight = random([20, 18, side, side], seed: 2)
      let frozen = FrozenWeights(weight, gain: 0.5, stride: stride)
      let y = x.blocked().convolved(withFrozen: frozen).unblocked(channels: 20) * 2
      let expected = reference(x, weight, stride: stride, padding: side / 2)
      #expect(relativeError(y, expected) < 1e-6)
    }
  }

  @Test(arguments: InstructionSet.allCases)
  func halving(instructionSet: InstructionSet) {
    for (height, width) in [(3, 4), (8, 8), (9, 7), (33, 50), (96, 100)] {
      for padding in [0, 1] {
        let x = random([1, 33, height, width], seed: 1).copied(requiresGradient: true)
        let weight = random([20, 33, 3, 3], seed: 2)
        let expected = x.convolved(with: weight, stride: 2, padding: padding)
        let seed = random(expected.shape, seed: 3)
        let expectedGradient = gradients(of: expected, withRespectTo: [x], seed: seed)[0]
        let exact = reference(x, weight, stride: 2, padding: padding)
        withSettings(instructionSet: instructionSet) {
          for (algorithm, readingTaps) in [
            (ConvolutionAlgorithm.patches, false), (.strided2, false), (.strided4, false),
            (.strided2, true), (.strided4, true),
          ] {
            let frozen = FrozenWeights(
              weight, stride: 2, padding: padding, readingTaps: readingTaps)
            let y = x.blocked().convolved(withFrozen: frozen, algorithm: algorithm)
              .unblocked(channels: 20)
            #expect(relativeError(y, exact) < 1e-6)
            let gradient = gradients(of: y, withRespectTo: [x], seed: seed)[0]
            #expect(deviation(gradient, expectedGradient) < 1e-6)
          }
        }
      }
    }
  }

  @Test func errorOfUpsamplingAgainstFloat64() {
    let x = random([1, 512, 16, 16], seed: 1)
    let weight = random([16, 512, 3, 3], seed: 2)
    // The transposed convolution is a convolution of the image with zeros between its pixels.
    let spread = x.resampled(
      by: FIRResampling(
        filter: [1], filterHeight: 1, filterWidth: 1, up: 2, padding: (0, -1, 0, -1)))
    let wide = reference(spread, weight.flipped(axes: [2, 3]), stride: 1, padding: 2)
    let blur = FIRResampling(
      filter: [1, 3, 3, 1].flatMap { row in [1, 3, 3, 1].map { $0 * row / 16 } }, filterHeight: 4,
      filterWidth: 4, padding: (1, 1, 1, 1))
    let expected = Tensor(wide.map(Float.init), shape: [1, 16, 33, 33]).resampled(by: blur)
    for (algorithm, bound) in [(ConvolutionAlgorithm.strided2, 8e-7), (.strided4, 1.1e-6)] {
      for readingTaps in [false, true] {
        let y = x.blocked().upsamplingConvolved(
          withFrozen: FrozenWeights(weight, readingTaps: readingTaps),
          blurTaps: [0.25, 0.75, 0.75, 0.25], algorithm: algorithm)
        #expect(deviation(y.unblocked(channels: 16), expected) < bound)
      }
    }
  }

  @Test(arguments: InstructionSet.allCases, [false, true])
  func upsamplingLayerAndItsGradients(instructionSet: InstructionSet, readingTaps: Bool) {
    let taps: [Float] = [0.2, 0.7, 0.9, 0.3]
    let blur = FIRResampling(
      filter: taps.flatMap { row in taps.map { $0 * row } }, filterHeight: 4, filterWidth: 4,
      padding: (1, 1, 1, 1))
    for (height, width) in [(1, 1), (4, 4), (5, 9), (8, 6), (48, 52)] {
      let leaves = [
        random([2, 18, height, width], seed: 1), random([2, 18], seed: 2),
        random([2, 20], seed: 3).affine(scale: 0.2, shift: 1), random([20], seed: 4),
      ].map { $0.copied(requiresGradient: true) }
      let weight = random([20, 18, 3, 3], seed: 5) * 0.08
      let noise = random([2, 1, 2 * height, 2 * width], seed: 6)
      let seed = random([2, 20, 2 * height, 2 * width], seed: 7)
      let z = (leaves[0] * leaves[1].reshaped([2, 18, 1, 1]))
        .transposeConvolved(with: weight.permuted([1, 0, 2, 3]), stride: 2).resampled(by: blur)
      let expected =
        (z * leaves[2].reshaped([2, 20, 1, 1]) + noise * 0.3 + leaves[3].reshaped([20, 1, 1]))
        .leakyReLU(slope: 0.2, gain: 1.4).clamped(to: -1.5...1.5)
      let expectedGradients = gradients(of: expected, withRespectTo: leaves, seed: seed)
      withSettings(instructionSet: instructionSet) {
        for algorithm in [ConvolutionAlgorithm.strided2, .strided4] {
          let result = leaves[0].blocked().upsamplingConvolved(
            withFrozen: FrozenWeights(weight, readingTaps: readingTaps), blurTaps: taps,
            inputScale: leaves[1],
            outputScale: leaves[2],
            epilogue: ConvolutionEpilogue(
              bias: leaves[3], noise: noise, noiseStrength: 0.3, slope: 0.2, gain: 1.4,
              clamp: 1.5), algorithm: algorithm
          ).unblocked(channels: 20)
          #expect(deviation(result, expected) < 1e-6)
          let found = gradients(of: result, withRespectTo: leaves, seed: seed)
          for (index, (gradient, expected)) in zip(found, expectedGradients).enumerated() {
            #expect(deviation(gradient, expected) < 5e-6, "input \(index), \(algorithm)")
          }
        }
      }
    }
  }

  /// The plain operations on [N, C, H, W] that the fused one stands for.
  private func plainLayer(
    _ x: Tensor, _ weight: Tensor, _ style: Tensor, _ demodulation: Tensor, _ bias: Tensor,
    noise: Tensor, stride: Int = 1, clamp: Float = 1.5
  ) -> Tensor {
    let (batch, inputs, outputs) = (x.shape[0], weight.shape[1], weight.shape[0])
    let modulated = x * style.reshaped([batch, inputs, 1, 1])
    let z = modulated.convolved(with: weight, stride: stride, padding: weight.shape[2] / 2)
    let a =
      z * demodulation.reshaped([batch, outputs, 1, 1]) + noise * 0.3
      + bias.reshaped([outputs, 1, 1])
    return a.leakyReLU(slope: 0.2, gain: 1.4).clamped(to: -clamp...clamp)
  }

  @Test(arguments: InstructionSet.allCases, [false, true])
  func fusedLayerAndItsGradients(instructionSet: InstructionSet, readingTaps: Bool) {
    for (height, width, stride, algorithm) in [
      (6, 5, 1, ConvolutionAlgorithm.patches), (7, 7, 2, .patches), (8, 6, 2, .patches),
      (6, 7, 1, .winograd2), (9, 11, 1, .winograd4), (45, 44, 1, .winograd4),
    ] {
      let leaves = [
        random([2, 18, height, width], seed: 1), random([2, 18], seed: 2),
        random([2, 20], seed: 3).affine(scale: 0.2, shift: 1), random([20], seed: 4),
      ].map { $0.copied(requiresGradient: true) }
      let weight = random([20, 18, 3, 3], seed: 5) * 0.08
      let (rows, columns) = ((height - 1) / stride + 1, (width - 1) / stride + 1)
      let noise = random([rows, columns], seed: 6)
      let seed = random([2, 20, rows, columns], seed: 7)
      let expected = plainLayer(
        leaves[0], weight, leaves[1], leaves[2], leaves[3], noise: noise, stride: stride)
      let expectedGradients = gradients(of: expected, withRespectTo: leaves, seed: seed)
      withSettings(instructionSet: instructionSet) {
        let result = leaves[0].blocked().convolved(
          withFrozen: FrozenWeights(weight, stride: stride, readingTaps: readingTaps),
          inputScale: leaves[1], outputScale: leaves[2],
          epilogue: ConvolutionEpilogue(
            bias: leaves[3], noise: noise, noiseStrength: 0.3, slope: 0.2, gain: 1.4, clamp: 1.5),
          algorithm: algorithm
        ).unblocked(channels: 20)
        #expect(deviation(result, expected) < 1e-6)
        let found = gradients(of: result, withRespectTo: leaves, seed: seed)
        for (index, (gradient, expected)) in zip(found, expectedGradients).enumerated() {
          #expect(deviation(gradient, expected) < 5e-6, "input \(index), \(algorithm)")
        }
      }
    }
  }

  @Test func gradientsAgreeWithFiniteDifferences() {
    let weights = FrozenWeights(random([4, 5, 3, 3], seed: 5) * 0.2)
    for algorithm in [ConvolutionAlgorithm.patches, .winograd2, .winograd4] {
      expectGradients(
        of: { inputs in
          let y = inputs[0].blocked().convolved(
            withFrozen: weights, inputScale: inputs[1], outputScale: inputs[2],
            epilogue: ConvolutionEpilogue(bias: inputs[3]), algorithm: algorithm)
          return (y.unblocked(channels: 4) * random([1, 4, 5, 6], seed: 8)).sum()
        },
        at: [
          random([1, 5, 5, 6], seed: 1), random([1, 5], seed: 2), random([1, 4], seed: 3),
          random([4], seed: 4),
        ])
    }
  }

  @Test func sameBytesForAnyNumberOfThreads() {
    let x = random([1, 32, 48, 40], seed: 1).copied(requiresGradient: true)
    let style = random([1, 32], seed: 2).copied(requiresGradient: true)
    let weights = FrozenWeights(random([48, 32, 3, 3], seed: 3))
    for algorithm in [ConvolutionAlgorithm.patches, .winograd2, .winograd4] {
      func run(threads: Int) -> [[Float]] {
        withSettings(threads: threads) {
          let y = x.blocked().convolved(
            withFrozen: weights, inputScale: style, epilogue: .relu(bias: nil),
            algorithm: algorithm)
          return [y.values] + gradients(of: y, withRespectTo: [x, style]).map(\.values)
        } ?? []
      }
      let alone = run(threads: 1)
      #expect(run(threads: 2) == alone)
      #expect(run(threads: 5) == alone)
    }
  }
}
