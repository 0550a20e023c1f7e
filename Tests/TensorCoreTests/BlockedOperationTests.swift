import TensorCore
import TestSupport
import Testing

private func random(_ shape: Shape, seed: UInt64) -> Tensor {
  var source = RandomSource(seed: seed)
  return source.normal(shape)
}

private func deviation(_ a: Tensor, _ b: Tensor) -> Double {
  var (error, size) = (0.0, 0.0)
  for (x, y) in zip(a.values, b.values) {
    error += Double(x - y) * Double(x - y)
    size += Double(y) * Double(y)
  }
  return (error / size).squareRoot()
}

/// Compares results and gradients of two ways to compute the same.
private func expectSame(
  _ inputs: [Tensor], _ bound: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation,
  _ plain: ([Tensor]) -> Tensor, _ blocked: ([Tensor]) -> Tensor
) {
  let leaves = inputs.map { $0.copied(requiresGradient: true) }
  let expected = plain(leaves)
  let seed = random(expected.shape, seed: 99)
  let expectedGradients = gradients(of: expected, withRespectTo: leaves, seed: seed)
  for set in InstructionSet.allCases {
    withSettings(instructionSet: set) {
      let result = blocked(leaves)
      #expect(deviation(result, expected) < bound, "\(set)", sourceLocation: sourceLocation)
      let found = gradients(of: result, withRespectTo: leaves, seed: seed)
      for (index, (gradient, expected)) in zip(found, expectedGradients).enumerated() {
        #expect(
          deviation(gradient, expected) < bound, "input \(index), \(set)",
          sourceLocation: sourceLocation)
      }
    }
  }
}

@Suite("Blocked operations agree with plain ones")
struct BlockedOperationTests {
  @Test(arguments: [(8, 8), (7, 9), (1, 6), (40, 33)])
  func maxPooling(height: Int, width: Int) {
    guard height > 1 else { return }
    expectSame([random([2, 20, height, width], seed: 1)]) {
      $0[0].maxPooled(kernel: 2, stride: 2)
    } _: {
      $0[0].blocked().blockedMaxPooled().unblocked(channels: 20)
    }
  }

  @Test func theFirstOfEqualPixelsWins() {
    let x = Tensor(repeating: 1, shape: [1, 16, 2, 2]).copied(requiresGradient: true)
    let y = x.blocked().blockedMaxPooled().unblocked(channels: 16)
    let gradient = gradients(of: y, withRespectTo: [x])[0]
    #expect(Array(gradient.values.prefix(4)) == [1, 0, 0, 0])
  }

  @Test func unitDistance() {
    let target = random([1, 40, 5, 7], seed: 2).unitNormalized()
    let weights = random([40], seed: 3).absolute()
    expectSame([random([2, 40, 5, 7], seed: 1)]) {
      $0[0].unitDistance(to: target, weights: weights)
    } _: {
      $0[0].blocked().blockedUnitDistance(to: target.blocked(), weights: weights)
    }
    let zeros = Tensor.zeros([1, 16, 1, 1]).copied(requiresGradient: true)
    let distance = zeros.blocked().blockedUnitDistance(
      to: random([1, 16, 1, 1], seed: 4).blocked(), weights: .ones([16]))
    #expect(gradients(of: distance, withRespectTo: [zeros])[0].values.allSatisfy { $0 == 0 })
  }

  @Test func unitNormalization() {
    let x = random([2, 20, 3, 4], seed: 1)
    let expected = x.unitNormalized()
    #expect(deviation(x.blocked().blockedUnitNormalized().unblocked(channels: 20), expected) < 1e-6)
  }

  @Test func resampling() {
    let maps = [
      PlaneMap(rows: .bilinear(from: 5, to: 12), columns: .bilinear(from: 7, to: 9)),
      PlaneMap(rows: .area(from: 5, to: 2), columns: .area(from: 7, to: 3)),
    ]
    for map in maps {
      expectSame([random([2, 20, 5, 7], seed: 1)]) {
        $0[0].resampled(by: map)
      } _: {
        $0[0].blocked().blockedResampled(by: map).unblocked(channels: 20)
      }
    }
  }

  @Test(arguments: [
    (3, 3, 1, 1), (1, 3, 1, 1), (2, 3, 1, 1), (4, 3, 1, 1), (3, 5, 1, 2), (3, 3, 2, 1),
    (1, 5, 2, 2), (4, 7, 3, 0), (3, 1, 1, 0), (3, 11, 4, 2),
  ])
  func convolutionOfPlanes(planes: Int, kernel: Int, stride: Int, padding: Int) {
    let weight = random([36, planes, kernel, kernel], seed: 2) * 0.3
    let bias = random([36], seed: 3)
    let frozen = FrozenWeights(weight, stride: stride, padding: padding)
    expectSame([random([2, planes, 37, 30], seed: 1)]) {
      ($0[0].convolved(with: weight, stride: stride, padding: padding)
        + bias.reshaped([36, 1, 1])).leakyReLU(slope: 0.2)
    } _: {
      $0[0].convolved(
        withFrozen: frozen, epilogue: ConvolutionEpilogue(bias: bias, slope: 0.2)
      ).unblocked(channels: 36)
    }
  }

  @Test func convolutionOfPlanesWithoutEpilogue() {
    let weight = random([20, 3, 3, 3], seed: 2)
    let frozen = FrozenWeights(weight)
    expectSame([random([1, 3, 21, 18], seed: 1)]) {
      $0[0].convolved(with: weight, padding: 1)
    } _: {
      $0[0].convolved(withFrozen: frozen).unblocked(channels: 20)
    }
  }

  @Test(arguments: [(1, Float.infinity), (3, 1.2), (4, Float.infinity)])
  func projectionToPlanes(outputs: Int, clamp: Float) {
    let weight = random([outputs, 36, 1, 1], seed: 2) * 0.3
    let inputs = [
      random([2, 36, 9, 7], seed: 1), random([2, 36], seed: 3), random([outputs], seed: 4),
    ]
    expectSame(inputs, 2e-6) {
      let y = ($0[0] * $0[1].reshaped([2, 36, 1, 1])).convolved(with: weight)
      let z = y + $0[2].reshaped([outputs, 1, 1])
      return clamp == .infinity ? z : z.clamped(to: -clamp...clamp)
    } _: {
      $0[0].blocked().projectedToPlanes(
        withFrozen: FrozenWeights(weight), inputScale: $0[1], bias: $0[2], clamp: clamp)
    }
  }

  @Test func pictureLayerGradientsAgreeWithFiniteDifferences() {
    let weights = FrozenWeights(random([3, 5, 1, 1], seed: 2))
    expectGradients(
      of: {
        ($0[0].blocked().projectedToPlanes(withFrozen: weights, inputScale: $0[1], bias: $0[2])
          * random([1, 3, 2, 3], seed: 9)).sum()
      },
      at: [random([1, 5, 2, 3], seed: 1), random([1, 5], seed: 3), random([3], seed: 4)])
  }
}
