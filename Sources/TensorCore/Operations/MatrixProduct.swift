import COpenBLAS

/// `out = alpha op(a) op(b) + beta out` on row-major storage, split over threads in fixed blocks.
func multiplyMatrices(
  rows: Int, columns: Int, inner: Int, a: UnsafePointer<Float>, lda: Int, transposeA: Bool,
  b: UnsafePointer<Float>, ldb: Int, transposeB: Bool, beta: Float,
  out: UnsafeMutablePointer<Float>, ldc: Int, parallel: Bool = true
) {
  if rows == 0 || columns == 0 { return }
  _ = Parallel.singleThreadedBLAS
  func product(_ rowRange: Range<Int>, _ columnRange: Range<Int>) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans,
      blasint(rowRange.count), blasint(columnRange.count), blasint(inner), 1,
      a + (transposeA ? rowRange.lowerBound : rowRange.lowerBound * lda), blasint(lda),
      b + (transposeB ? columnRange.lowerBound * ldb : columnRange.lowerBound), blasint(ldb),
      beta, out + rowRange.lowerBound * ldc + columnRange.lowerBound, blasint(ldc))
  }
  if !parallel || rows * columns * inner < 1 << 18 {
    product(0..<rows, 0..<columns)
  } else if columns >= rows {
    let grain = max(64, (columns / 8 + 15) / 16 * 16)
    Parallel.forRanges(columns, grain: grain) { product(0..<rows, $0) }
  } else {
    let grain = max(64, (rows / 8 + 15) / 16 * 16)
    Parallel.forRanges(rows, grain: grain) { product($0, 0..<columns) }
  }
}

extension Tensor {
  /// The matrix product of `[M, K]` and `[K, N]`, or of batches `[B, M, K]` and `[B, K, N]`, each
  /// operand transposed in its last two axes first when asked.
  public func matrixProduct(
    _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Tensor {
    let rank = shape.rank
    check(
      rank == other.shape.rank && (rank == 2 || (rank == 3 && shape[0] == other.shape[0])),
      "matrixProduct: \(shape) and \(other.shape)")
    let m = shape[transposingSelf ? -1 : -2]
    let k = shape[transposingSelf ? -2 : -1]
    let n = other.shape[transposingOther ? -2 : -1]
    check(
      k == other.shape[transposingOther ? -1 : -2],
      "matrixProduct: \(shape) (transposed \(transposingSelf)) and \(other.shape) "
        + "(transposed \(transposingOther))")
    let batch = rank == 3 ? shape[0] : 1
    let result = Storage(count: batch * m * n)
    if k == 0 { result.base.update(repeating: 0, count: batch * m * n) }
    func product(_ index: Int, parallel: Bool) {
      multiplyMatrices(
        rows: m, columns: n, inner: k,
        a: pointer + index * m * k, lda: shape[-1], transposeA: transposingSelf,
        b: other.pointer + index * k * n, ldb: other.shape[-1], transposeB: transposingOther,
        beta: 0, out: result.base + index * m * n, ldc: n, parallel: parallel)
    }
    let span = OperationTrace.begin(
      "matrix product \(batch) x \(m) x \(k) x \(n)", multiplications: batch * m * k * n)
    defer { span?.end() }
    if k > 0 {
      if batch == 1 {
        product(0, parallel: true)
      } else {
        Parallel.forEach(batch) { product($0, parallel: false) }
      }
    }
    return Tensor(shape: rank == 3 ? [batch, m, n] : [m, n], storage: result)
      .recorded("matrixProduct", inputs: [self, other]) { [self] gradient, wanted in
        // With A' = op(A), B' = op(B): dA' = G B'^T, dB' = A'^T G, transposed back where needed.
        let first: Tensor? =
          !wanted[0]
          ? nil
          : transposingSelf
            ? other.matrixProduct(
              gradient, transposingSelf: transposingOther, transposingOther: true)
            : gradient.matrixProduct(other, transposingOther: !transposingOther)
        let second: Tensor? =
          !wanted[1]
          ? nil
          : transposingOther
            ? gradient.matrixProduct(
              self, transposingSelf: true, transposingOther: transposingSelf)
            : self.matrixProduct(gradient, transposingSelf: !transposingSelf)
        return [first, second]
      }
  }
}
