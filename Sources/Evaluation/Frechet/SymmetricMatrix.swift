import TensorCore

/// Decompositions of symmetric matrices of doubles, stored in full, row by row.
enum SymmetricMatrix {
  /// Rows `l` with `matrix = sum of l^T l`: a Cholesky factor with pivoting, as many rows as the
  /// matrix has rank. `matrix` must not have negative eigenvalues beyond rounding.
  static func choleskyRows(_ matrix: [Double], _ n: Int) -> [Double] {
    var rest = matrix
    var rows: [Double] = []
    let largest = (0..<n).reduce(0.0) { max($0, matrix[$1 * (n + 1)]) }
    let threshold = largest * Double(n) * 0x1p-52
    var used = [Bool](repeating: false, count: n)
    for _ in 0..<n {
      var pivot = -1
      for i in 0..<n where !used[i] && (pivot < 0 || rest[i * (n + 1)] > rest[pivot * (n + 1)]) {
        pivot = i
      }
      guard pivot >= 0, rest[pivot * (n + 1)] > threshold else { break }
      used[pivot] = true
      let scale = 1 / rest[pivot * (n + 1)].squareRoot()
      // Columns of earlier pivots are zero but for rounding.
      let row = (0..<n).map {
        $0 != pivot && used[$0] ? 0 : rest[pivot * n + $0] * scale
      }
      rows += row
      rest.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let target = base
        row.withUnsafeBufferPointer { row in
          Parallel.forRanges(n, grain: max(1, (1 << 15) / n)) { range in
            for i in range where row[i] != 0 {
              for j in 0..<n { target[i * n + j] -= row[i] * row[j] }
            }
          }
        }
      }
    }
    return rows
  }

  /// `R matrix R^T` for the `r` rows `R` of length `n`: `r` rows of `r`, exactly symmetric.
  static func congruence(_ matrix: [Double], _ n: Int, rows: [Double]) -> [Double] {
    let r = rows.count / max(n, 1)
    let middle = rowProducts(rows, r, matrix, n, length: n)
    var result = rowProducts(middle, r, rows, r, length: n)
    for i in 0..<r {
      for j in 0..<i {
        let value = (result[i * r + j] + result[j * r + i]) / 2
        result[i * r + j] = value
        result[j * r + i] = value
      }
    }
    return result
  }

  /// All eigenvalues in ascending order: Householder's tridiagonal form, then bisection with
  /// Sturm's count (Golub and Van Loan, chapter 8), which always converges.
  static func eigenvalues(_ matrix: [Double], _ n: Int) -> [Double] {
    if n == 0 { return [] }
    return TridiagonalMatrix(matrix, n).eigenvalues()
  }

  /// The inner products of `count` rows with `otherCount` rows, all of `length`.
  private static func rowProducts(
    _ rows: [Double], _ count: Int, _ others: [Double], _ otherCount: Int, length: Int
  ) -> [Double] {
    // A block of rows stays in the cache while the others stream by.
    let block = 8
    return [Double](unsafeUninitializedCapacity: count * otherCount) { buffer, initialized in
      initialized = count * otherCount
      guard let target = buffer.baseAddress else { return }
      rows.withUnsafeBufferPointer { rows in
        others.withUnsafeBufferPointer { others in
          guard let x = rows.baseAddress, let y = others.baseAddress else { return }
          Parallel.forRanges(count, grain: block) { range in
            for j in 0..<otherCount {
              for i in range {
                target[i * otherCount + j] = dotProduct(x + i * length, y + j * length, length)
              }
            }
          }
        }
      }
    }
  }
}

/// The inner product in eight partial sums, which the compiler can keep in vector registers.
func dotProduct(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  var index = 0
  while index + 8 <= count {
    let a = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD8<Double>.self)
    let b = UnsafeRawPointer(y + index).loadUnaligned(as: SIMD8<Double>.self)
    sums += a * b
    index += 8
  }
  var total = sums.sum()
  while index < count {
    total += x[index] * y[index]
    index += 1
  }
  return total
}
