import CKernels

extension Tensor {
  /// `resampled(by:)` of a blocked tensor `[N, ceil(C / 16), H, W, 16]`: bilinear, nearest and area
  /// resampling and their transposes, rows by strips that stay in cache.
  public func blockedResampled(by map: PlaneMap) -> Tensor {
    check(
      shape.rank == 5 && shape[4] == 16 && shape[2] == map.rows.inputCount
        && shape[3] == map.columns.inputCount,
      "blockedResampled: \(shape) by a map of \(map.rows.inputCount)x\(map.columns.inputCount)")
    let (height, width) = (shape[2], shape[3])
    let (rows, columns) = (map.rows.outputCount, map.columns.outputCount)
    let planes = shape[0] * shape[1]
    let span = OperationTrace.begin("resampling, blocked, \(shape) to \(rows)x\(columns)")
    defer { span?.end() }
    let result = Tensor(shape: [shape[0], shape[1], rows, columns, 16]) { target in
      Parallel.forEach(planes) { plane in
        // Pixels are rows of 16 floats, so the map along the width is a map of rows too.
        let narrow = Storage(count: height * columns * 16)
        for row in 0..<height {
          semblance_resample_rows(
            pointer + (plane * height + row) * width * 16, 16, Int64(columns), map.columns.start,
            map.columns.weights, Int64(map.columns.taps), narrow.base + row * columns * 16)
        }
        semblance_resample_rows(
          narrow.base, Int64(columns * 16), Int64(rows), map.rows.start, map.rows.weights,
          Int64(map.rows.taps), target + plane * rows * columns * 16)
      }
    }
    return result.recorded("blockedResampled", self) { $0.blockedResampled(by: map.transposed) }
  }
}
