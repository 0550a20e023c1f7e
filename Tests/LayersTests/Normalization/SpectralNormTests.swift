import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Spectral norm")
struct SpectralNormTests {
  /// `U diag(values) V^T` for orthonormal columns made by Gram-Schmidt.
  private func matrix(_ values: [Double], rows: Int, columns: Int) -> Tensor {
    func orthonormal(_ length: Int, seed: UInt64) -> [[Double]] {
      var result: [[Double]] = []
      let source = randomTensor([values.count, length], seed: seed).values.map(Double.init)
      for index in values.indices {
        var vector = Array(source[index * length..<(index + 1) * length])
        for _ in 0..<2 {
          for other in result {
            let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
            for place in 0..<length { vector[place] -= product * other[place] }
          }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        result.append(vector.map { $0 / norm })
      }
      return result
    }
    let (left, right) = (orthonormal(rows, seed: 1), orthonormal(columns, seed: 2))
    var elements = [Double](repeating: 0, count: rows * columns)
    for (index, value) in values.enumerated() {
      for row in 0..<rows {
        for column in 0..<columns {
          elements[row * columns + column] += value * left[index][row] * right[index][column]
        }
      }
    }
    return Tensor(elements.map { Float($0) }, shape: [rows, columns])
  }

  @Test("sigma converges to the largest singular value")
  func convergence() {
    let w = matrix([3, 2, 1.5, 0.1], rows: 6, columns: 9)
    let norm = SpectralNorm(
      u: randomTensor([6], seed: 3), v: randomTensor([9], seed: 4))
    for _ in 0..<40 { norm.advance(w) }
    let sigma = w.values[0] / norm.normalized(w, mode: .evaluation).values[0]
    #expect(abs(sigma - 3) < 1e-4)
    #expect(abs(norm.u.squared().sum().item - 1) < 1e-5)
    #expect(abs(norm.v.squared().sum().item - 1) < 1e-5)
  }

  @Test("training advances the vectors by one iteration, evaluation leaves them alone")
  func modes() {
    let w = matrix([3, 2], rows: 4, columns: 5)
    let norm = SpectralNorm(u: randomTensor([4], seed: 3), v: randomTensor([5], seed: 4))
    let other = SpectralNorm(u: norm.u.copied(), v: norm.v.copied())
    _ = norm.normalized(w, mode: .evaluation)
    #expect(norm.u.values == other.u.values && norm.v.values == other.v.values)
    _ = norm.normalized(w, mode: .training)
    other.advance(w)
    #expect(norm.u.values == other.u.values && norm.v.values == other.v.values)
  }

  @Test("the gradient passes through sigma; the vectors are constants")
  func gradient() {
    let norm = SpectralNorm(u: randomTensor([4], seed: 3), v: randomTensor([5], seed: 4))
    finiteDifferenceCheck(
      of: { norm.normalized($0[0], mode: .evaluation) }, at: [matrix([3, 2], rows: 4, columns: 5)],
      step: 1e-3)
  }

  @Test("a transposed convolution is normalised over its outputs")
  func transposed() {
    let weight = randomTensor([3, 2, 3, 3], seed: 5)
    let norm = SpectralNorm(u: randomTensor([2], seed: 6), v: randomTensor([27], seed: 7))
    let matrix = weight.permuted([1, 0, 2, 3]).reshaped([2, 27])
    for _ in 0..<50 { norm.advance(matrix) }
    let layer = SpectralConvolution(
      weight: weight, bias: nil, norm: norm, stride: 2, padding: 1, isTransposed: true)
    let sigma = weight.values[0] / layer.kernel(mode: .evaluation).values[0]
    let gram = matrix.matrixProduct(matrix, transposingOther: true).values
    let half = (gram[0] + gram[3]) / 2
    let root = ((gram[0] - gram[3]) * (gram[0] - gram[3]) / 4 + gram[1] * gram[1]).squareRoot()
    #expect(abs(sigma - (half + root).squareRoot()) < 1e-4)
    #expect(layer(.ones([1, 3, 4, 5]), mode: .evaluation).shape == [1, 2, 8, 10])
  }
}
