import TensorCore
import TestSupport
import Testing

private func random(_ shape: Shape, seed: UInt64 = 1) -> Tensor {
  var source = RandomSource(seed: seed)
  return source.normal(shape)
}

/// A scalar that weights every element of `tensor` differently.
private func projected(_ tensor: Tensor) -> Tensor {
  (tensor * random(tensor.shape, seed: 77)).sum()
}

@Suite("Gradients agree with finite differences")
struct GradientTests {
  @Test func elementwise() {
    let a = random([2, 3, 4], seed: 1)
    let b = random([3, 1], seed: 2).affine(scale: 0.2, shift: 2)
    expectGradients(of: { projected($0[0] + $0[1]) }, at: [a, b])
    expectGradients(of: { projected($0[0] - $0[1]) }, at: [a, b])
    expectGradients(of: { projected($0[0] * $0[1]) }, at: [a, b])
    expectGradients(of: { projected($0[0] / $0[1]) }, at: [a, b])
  }

  @Test func functionsOfOneElement() {
    let x = random([40], seed: 3)
    let positive = x.absolute().affine(scale: 1, shift: 0.5)
    let functions: [(Tensor) -> Tensor] = [
      { $0.squared() }, { $0.exponential() }, { $0.sigmoid() }, { $0.hyperbolicTangent() },
      { $0.softplus() }, { $0.affine(scale: -3, shift: 1) },
    ]
    for function in functions { expectGradients(of: { projected(function($0[0])) }, at: [x]) }
    let ofPositive: [(Tensor) -> Tensor] = [
      { $0.squareRoot() }, { $0.reciprocalSquareRoot() }, { $0.reciprocal() },
      { $0.logarithm() },
    ]
    for function in ofPositive {
      expectGradients(of: { projected(function($0[0])) }, at: [positive])
      expectSecondOrderGradients(of: { projected(function($0[0])) }, at: [positive])
    }
    for function in functions {
      expectSecondOrderGradients(of: { projected(function($0[0]).squared()) }, at: [x])
    }
  }

  @Test func kinks() {
    // No element lies within a step of a kink.
    let x = Tensor([-2.5, -1.2, -0.4, 0.3, 0.8, 1.7, 2.6])
    expectGradients(of: { projected($0[0].leakyReLU(slope: 0.2, gain: 1.4)) }, at: [x])
    expectGradients(of: { projected($0[0].rectified()) }, at: [x])
    expectGradients(of: { projected($0[0].absolute()) }, at: [x])
    expectGradients(of: { projected($0[0].clamped(to: -1...1)) }, at: [x])
    expectSecondOrderGradients(of: { projected($0[0].leakyReLU().squared()) }, at: [x])
  }

  @Test func reductionsAndShapes() {
    let x = random([2, 3, 4, 5], seed: 5)
    expectGradients(of: { projected($0[0].sum(axes: [1])) }, at: [x])
    expectGradients(of: { projected($0[0].sum(axes: [0, 2, 3], keepingAxes: true)) }, at: [x])
    expectGradients(of: { $0[0].squared().mean() }, at: [x])
    expectGradients(of: { projected($0[0].permuted([2, 0, 3, 1])) }, at: [x])
    expectGradients(of: { projected($0[0].slice(1..<3, axis: 2)) }, at: [x])
    expectGradients(of: { projected($0[0].padded(before: 1, after: 2, axis: 1)) }, at: [x])
    expectGradients(of: { projected($0[0].flipped(axes: [2, 3])) }, at: [x])
    expectGradients(
      of: { projected(.concatenated([$0[0], $0[1]], axis: 1)) },
      at: [x, random([2, 1, 4, 5], seed: 6)])
    expectGradients(of: { projected($0[0].broadcast(to: [3, 4])) }, at: [random([3, 1])])
  }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func matrixProduct(transposingFirst: Bool, transposingSecond: Bool) {
    let a = random(transposingFirst ? [4, 3] : [3, 4], seed: 1)
    let b = random(transposingSecond ? [5, 4] : [4, 5], seed: 2)
    func product(_ x: [Tensor]) -> Tensor {
      projected(
        x[0].matrixProduct(
          x[1], transposingSelf: transposingFirst, transposingOther: transposingSecond))
    }
    expectGradients(of: product, at: [a, b])
    expectSecondOrderGradients(of: product, at: [a, b])
    let batchA = Tensor.concatenated([a, a * 2], axis: 0)
      .reshaped([2, a.shape[0], a.shape[1]])
    let batchB = Tensor.concatenated([b, b * -1], axis: 0)
      .reshaped([2, b.shape[0], b.shape[1]])
    expectGradients(of: product, at: [batchA, batchB])
  }

  @Test(arguments: [(1, 1), (2, 1), (2, 0), (1, 0), (1, 2)])
  func convolution(stride: Int, padding: Int) {
    let x = random([2, 3, 6, 5], seed: 1)
    let w = random([4, 3, 3, 3], seed: 2)
    func value(_ t: [Tensor]) -> Tensor {
      projected(t[0].convolved(with: t[1], stride: stride, padding: padding))
    }
    expectGradients(of: value, at: [x, w])
    expectSecondOrderGradients(of: value, at: [x, w])
    let y = random([1, 4, 3, 3], seed: 3)
    func transposed(_ t: [Tensor]) -> Tensor {
      projected(t[0].transposeConvolved(with: t[1], stride: stride, padding: min(padding, 1)))
    }
    expectGradients(of: transposed, at: [y, w])
    expectSecondOrderGradients(of: transposed, at: [y, w])
  }

  @Test func resampling() {
    let x = random([1, 2, 5, 4], seed: 1)
    for (up, down, pad) in [(1, 1, 1), (2, 1, 2), (1, 2, 1), (2, 3, 2)] {
      let map = FIRResampling(
        filter: (0..<12).map { Float($0) * 0.1 }, filterHeight: 3, filterWidth: 4, up: up,
        down: down, padding: (pad, pad - 1, pad, pad + 1))
      expectGradients(of: { projected($0[0].resampled(by: map)) }, at: [x])
      expectSecondOrderGradients(of: { projected($0[0].resampled(by: map).squared()) }, at: [x])
    }
    expectGradients(of: { projected($0[0].resizedBilinear(height: 9, width: 3)) }, at: [x])
    expectGradients(of: { projected($0[0].resizedArea(height: 2, width: 3)) }, at: [x])
    expectGradients(of: { projected($0[0].resizedNearest(height: 7, width: 8)) }, at: [x])
    expectGradients(
      of: { projected($0[0].maxPooled(kernel: 3, stride: 2, ceiling: true)) }, at: [x], step: 1e-3,
      tolerance: 2e-2)
  }

  @Test(arguments: [Float(1), 0.2])
  func spatialModulation(slope: Float) {
    let x = random([2, 3, 4, 5], seed: 1)
    let parameters = random([2, 6, 4, 5], seed: 2)
    expectGradients(
      of: { projected($0[0].modulated(by: $0[1], slope: slope)) }, at: [x, parameters],
      step: 1e-4, tolerance: 2e-2)
  }

  @Test func standardization() {
    let x = random([2, 3, 4, 5], seed: 1).affine(scale: 3, shift: 10)
    expectGradients(of: { projected($0[0].standardized(epsilon: 1e-5).result) }, at: [x])
  }

  @Test func crossEntropy() {
    let scores = random([5, 7], seed: 4)
    expectGradients(
      of: {
        $0[0].crossEntropy(
          targets: [0, 1, 2, 3, 4, 0, 1], weights: [0.1, 0.2, 0, 0.3, 0.1, 0.1, 0.2])
      }, at: [scores])
  }
}

@Suite("The tape")
struct TapeTests {
  @Test func thirdDerivativeOfACube() {
    let x = Tensor([2], shape: [1], requiresGradient: true)
    let first = gradients(of: (x * x * x).sum(), withRespectTo: [x], recording: true)[0]
    let second = gradients(of: first.sum(), withRespectTo: [x], recording: true)[0]
    let third = gradients(of: second.sum(), withRespectTo: [x])[0]
    #expect(first.values == [12] && second.values == [12] && third.values == [6])
  }

  @Test func inputsThatDoNotMatterHaveZeroGradients() {
    let x = Tensor([1, 2], shape: [2], requiresGradient: true)
    let y = Tensor([3, 4], shape: [2], requiresGradient: true)
    let result = gradients(of: x.squared().sum(), withRespectTo: [x, y])
    #expect(result[0].values == [2, 4] && result[1].values == [0, 0])
  }

  @Test func nothingIsRecordedWithoutNeed() {
    let frozen = Tensor([1, 2])
    let leaf = Tensor([1, 2], shape: [2], requiresGradient: true)
    #expect(!(frozen + frozen).tracksGradient)
    #expect((frozen + leaf).tracksGradient)
    #expect(!withoutRecording { frozen + leaf }.tracksGradient)
  }

  @Test func longChainsAreReleasedWithoutOverflow() {
    var value = Tensor([1], shape: [1], requiresGradient: true)
    for _ in 0..<200_000 { value = value + 1 }
    #expect(value.item == 200_001)
  }

  /// An operation that adds twice its gradient to the first element of its input.
  private func picked(_ x: Tensor) -> Tensor {
    Tensor([2 * x.pointer[0]], shape: [1]).recorded("picked", inputs: [x]) { gradient, _ in
      [{ sum in sum.pointer[0] += 2 * gradient.item }]
    }
  }

  @Test func gradientsThatAddMeetThoseThatAreTensors() {
    let x = Tensor([3, 4], shape: [2], requiresGradient: true)
    let alone = gradients(of: picked(x), withRespectTo: [x])[0]
    #expect(alone.values == [2, 0])
    // The sum has the memory of the first gradient, which the second operand's gradient shares.
    let y = Tensor([5, 6], shape: [2], requiresGradient: true)
    let both = gradients(
      of: (x + y).sum() + picked(x).sum() + picked(x).sum(), withRespectTo: [x, y, x])
    #expect(both.map(\.values) == [[5, 1], [1, 1], [5, 1]])
    let h = x * 10
    let behind = gradients(of: h.sum() + picked(h).sum(), withRespectTo: [x, h])
    #expect(behind.map(\.values) == [[30, 10], [3, 1]])
  }

  @Test func sharedGradientsAreNotChangedBySums() {
    let x = Tensor(
      (0..<64).map { Float($0 % 7) }, shape: [1, 1, 2, 2, 16], requiresGradient: true)
    let y = Tensor.zeros(x.shape).detached(requiresGradient: true)
    // Max pooling gives memory of its own, the sum of x and y one tensor for both.
    let found = gradients(
      of: x.blockedMaxPooled().sum() + (x + y).sum() + x.blockedMaxPooled().sum(),
      withRespectTo: [x, y])
    #expect(found[1].values == [Float](repeating: 1, count: 64))
    #expect(found[0].sum().item == 64 + 2 * 16)
  }
}
