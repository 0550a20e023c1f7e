import TensorCore
import TestSupport
import Testing

private func random(_ shape: Shape, seed: UInt64 = 1) -> Tensor {
  var source = RandomSource(seed: seed)
  return source.normal(shape)
}

private func expectClose(
  _ tensor: Tensor, _ expected: [Double], relativeToMax tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(tensor.count == expected.count, sourceLocation: sourceLocation)
  let largest = expected.map(abs).max() ?? 0
  let worst = zip(tensor.values, expected).map { abs(Double($0) - $1) }.max() ?? 0
  #expect(worst <= tolerance * max(largest, 1e-6), sourceLocation: sourceLocation)
}

@Suite("Operations agree with float64 references")
struct OperationTests {
  @Test(arguments: InstructionSet.allCases)
  func convolution(instructionSet: InstructionSet) {
    let x = random([2, 5, 9, 7], seed: 1)
    let w = random([3, 5, 3, 2], seed: 2)
    for (stride, padding) in [(1, 0), (1, 1), (2, 1), (3, 2)] {
      let computed = withSettings(instructionSet: instructionSet) {
        x.convolved(with: w, stride: stride, padding: padding)
      }
      guard let y = computed else { return }
      var expected: [Double] = []
      for n in 0..<2 {
        for k in 0..<3 {
          for row in 0..<y.shape[2] {
            for column in 0..<y.shape[3] {
              var sum = 0.0
              for c in 0..<5 {
                for i in 0..<3 {
                  for j in 0..<2 {
                    let (r, s) = (row * stride + i - padding, column * stride + j - padding)
                    guard r >= 0, r < 9, s >= 0, s < 7 else { continue }
                    sum +=
                      Double(x.pointer[((n * 5 + c) * 9 + r) * 7 + s])
                      * Double(w.pointer[((k * 5 + c) * 3 + i) * 2 + j])
                  }
                }
              }
              expected.append(sum)
            }
          }
        }
      }
      expectClose(y, expected)
    }
  }

  @Test func broadcastingMeetsAtTheLastAxis() {
    let a = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    let b = Tensor([10, 20, 30], shape: [3, 1])
    let sum = a + b
    #expect(sum.shape == [2, 3, 4])
    #expect(sum.values[0] == 10 && sum.values[5] == 25 && sum.values[23] == 53)
    #expect((Tensor(2) * a).values == a.values.map { $0 * 2 })
    #expect((b - a).values[1] == 9)
    #expect((a / Tensor([1, 2, 4, 8])).values[3] == 0.375)
  }

  @Test func sumsKeepTheirPrecision() {
    let many = Tensor(repeating: 0.1, shape: [1 << 20])
    #expect(abs(Double(many.sum().item) - Double(Float(0.1)) * Double(1 << 20)) < 0.05)
    let x = random([3, 1000, 4], seed: 3)
    var expected = [Double](repeating: 0, count: 12)
    for i in 0..<3 {
      for j in 0..<1000 {
        for k in 0..<4 { expected[i * 4 + k] += Double(x.pointer[(i * 1000 + j) * 4 + k]) }
      }
    }
    expectClose(x.sum(axes: [1]), expected, relativeToMax: 1e-5)
    #expect(x.sum(axes: [0, 2]).shape == [1000])
    #expect(x.sum(axes: [0, 2], keepingAxes: true).shape == [1, 1000, 1])
  }

  @Test func exponentialIsAccurateOverItsRange() {
    let x = (-870...880).map { Float($0) / 10 }
    let y = Tensor(x).exponential().values
    for (argument, value) in zip(x, y) {
      let exact = exponentialReference(Double(argument))
      #expect(abs(Double(value) - exact) <= 3e-7 * exact)
    }
  }

  private func exponentialReference(_ x: Double) -> Double {
    // e^x = (e^(x / 1024))^1024 with a Taylor series: far below float precision.
    let r = x / 1024
    var term = 1.0
    var sum = 1.0
    for k in 1..<12 {
      term *= r / Double(k)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  @Test func matrixProductOfBatches() {
    let a = random([2, 3, 4], seed: 1)
    let b = random([2, 4, 5], seed: 2)
    let c = a.matrixProduct(b)
    var expected: [Double] = []
    for n in 0..<2 {
      for i in 0..<3 {
        for j in 0..<5 {
          expected.append(
            (0..<4).reduce(0.0) {
              $0 + Double(a.pointer[(n * 3 + i) * 4 + $1]) * Double(b.pointer[(n * 4 + $1) * 5 + j])
            })
        }
      }
    }
    expectClose(c, expected)
  }

  @Test func resamplingConventions() {
    let x = Tensor([0, 1, 2, 3], shape: [1, 1, 1, 4])
    // Half-pixel centres: 4 -> 8 reads at -0.25, 0.25, 0.75, ...
    #expect(
      x.resizedBilinear(height: 1, width: 8).values == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])
    #expect(
      x.resizedBilinear(height: 1, width: 7, aligningCorners: true).values
        == [0, 0.5, 1, 1.5, 2, 2.5, 3])
    #expect(x.resizedArea(height: 1, width: 2).values == [0.5, 2.5])
    #expect(x.resizedNearest(height: 1, width: 2).values == [0, 2])
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() {
    let x = random([1, 32, 64, 64], seed: 1)
    let w = random([32, 32, 3, 3], seed: 2)
    let results = [1, 2, 3].map { count in
      withSettings(threads: count) {
        x.convolved(with: w, padding: 1).leakyReLU().sum(axes: [1]).values
      }
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  @Test func adamFollowsItsFormula() {
    let parameter = Tensor([1, -2])
    let moments = AdamMoments(shape: [2])
    var (value, m, v) = (1.0, 0.0, 0.0)
    for step in 1...5 {
      let gradient = 2 * value
      m = 0.9 * m + 0.1 * gradient
      v = 0.99 * v + 0.01 * gradient * gradient
      value -=
        0.1 * (m / (1 - pow(0.9, step))) / ((v / (1 - pow(0.99, step))).squareRoot() + 1e-8)
      moments.update(
        parameter, gradient: parameter * 2, rate: 0.1, beta1: 0.9, beta2: 0.99, step: step)
    }
    #expect(abs(Double(parameter.values[0]) - value) < 1e-5)
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { value, _ in value * base }
  }
}

@Suite("Random numbers")
struct RandomTests {
  @Test func sameSeedSameNumbers() {
    var a = RandomSource(seed: 7)
    var b = RandomSource(seed: 7)
    var c = RandomSource(seed: 7, stream: 1)
    let first = a.normals(100)
    #expect(first == b.normals(100))
    #expect(first != c.normals(100))
  }

  @Test func philoxMatchesThePublishedVector() {
    // Salmon et al., known answer for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    var zero = RandomSource(seed: 0)
    #expect(zero.next() == 0xe169_c58d_6627_e8d5)
    #expect(zero.next() == 0x9b00_dbd8_bc57_ac4c)
  }

  @Test func normalsHaveUnitVariance() {
    var source = RandomSource(seed: 3)
    let values = source.normals(40_000).map(Double.init)
    let mean = values.reduce(0, +) / 40_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03)
  }
}
