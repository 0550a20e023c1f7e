import TensorCore

/// A symmetric tridiagonal matrix of doubles.
struct TridiagonalMatrix {
  /// The diagonal.
  private(set) var diagonal: [Double]
  /// The elements beside the diagonal, one fewer.
  private(set) var neighbours: [Double]

  /// The tridiagonal form of a symmetric matrix (Householder), which has the same eigenvalues.
  init(_ matrix: [Double], _ n: Int) {
    check(matrix.count == n * n && n > 0, "tridiagonal: \(matrix.count) numbers for \(n) rows")
    var a = matrix
    var neighbours = [Double](repeating: 0, count: n - 1)
    var v = [Double](repeating: 0, count: n)
    var w = v
    a.withUnsafeMutableBufferPointer { a in
      v.withUnsafeMutableBufferPointer { v in
        w.withUnsafeMutableBufferPointer { w in
          guard let a = a.baseAddress, let v = v.baseAddress, let w = w.baseAddress else { return }
          for k in 0..<n - 1 { neighbours[k] = Self.eliminate(column: k, a, n, v, w) }
        }
      }
    }
    diagonal = (0..<n).map { a[$0 * (n + 1)] }
    self.neighbours = neighbours
  }

  /// Reflects the block behind row `k` so that only the first element right of the diagonal remains
  /// in row `k`; returns that element.
  private static func eliminate(
    column k: Int, _ a: UnsafeMutablePointer<Double>, _ n: Int, _ v: UnsafeMutablePointer<Double>,
    _ w: UnsafeMutablePointer<Double>
  ) -> Double {
    let (first, length) = (k + 1, n - k - 1)
    let row = a + k * n + first
    if length == 1 { return row[0] }
    // Scaled, so that squares neither overflow nor vanish.
    let largest = (0..<length).reduce(0.0) { max($0, abs(row[$1])) }
    if largest == 0 { return 0 }
    for i in 0..<length { v[i] = row[i] / largest }
    let norm = dotProduct(v, v, length).squareRoot()
    let reflected = v[0] > 0 ? -norm : norm
    v[0] -= reflected
    let beta = 2 / dotProduct(v, v, length)
    let block = a + first * n + first
    let grain = max(1, (1 << 14) / length)
    // The block becomes A - v w^T - w v^T with p = beta A v, w = p - (beta / 2) (p . v) v.
    Parallel.forRanges(length, grain: grain) { range in
      for i in range { w[i] = beta * dotProduct(block + i * n, v, length) }
    }
    let half = dotProduct(w, v, length) * beta / 2
    for i in 0..<length { w[i] -= half * v[i] }
    Parallel.forRanges(length, grain: grain) { range in
      for i in range {
        let (x, y) = (v[i], w[i])
        let target = block + i * n
        for j in 0..<length { target[j] -= x * w[j] + y * v[j] }
      }
    }
    return reflected * largest
  }

  /// All eigenvalues in ascending order, each by bisection on how many lie below.
  func eigenvalues() -> [Double] {
    let n = diagonal.count
    let squares = neighbours.map { $0 * $0 }
    // Gershgorin's discs hold all eigenvalues.
    var (low, high) = (Double.infinity, -Double.infinity)
    for i in 0..<n {
      let radius = (i > 0 ? abs(neighbours[i - 1]) : 0) + (i < n - 1 ? abs(neighbours[i]) : 0)
      low = min(low, diagonal[i] - radius)
      high = max(high, diagonal[i] + radius)
    }
    let size = max(abs(low), abs(high))
    if size == 0 { return [Double](repeating: 0, count: n) }
    low -= size * 0x1p-50
    high += size * 0x1p-50
    return [Double](unsafeUninitializedCapacity: n) { buffer, initialized in
      initialized = n
      guard let base = buffer.baseAddress else { return }
      let result = base
      Parallel.forRanges(n, grain: max(1, (1 << 14) / n)) { range in
        for index in range {
          var (from, to) = (low, high)
          while to - from > size * 0x1p-54 {
            let middle = from + (to - from) / 2
            if middle <= from || middle >= to { break }
            if countBelow(middle, squares, size) > index { to = middle } else { from = middle }
          }
          result[index] = from + (to - from) / 2
        }
      }
    }
  }

  /// How many eigenvalues are less than `x`: the negative pivots of the matrix minus `x`.
  private func countBelow(_ x: Double, _ squares: [Double], _ size: Double) -> Int {
    let smallest = size * 0x1p-100
    var count = 0
    var pivot = 1.0
    for i in diagonal.indices {
      pivot = diagonal[i] - x - (i > 0 ? squares[i - 1] / pivot : 0)
      if abs(pivot) < smallest { pivot = -smallest }
      if pivot < 0 { count += 1 }
    }
    return count
  }
}
