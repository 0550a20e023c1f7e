import CKernels

/// A separable linear map of planes: rows first, then columns; with its transpose, made once.
public final class PlaneMap: Sendable {
  /// The map along the height.
  public let rows: AxisMap
  /// The map along the width.
  public let columns: AxisMap
  private let transposedRows: AxisMap
  private let transposedColumns: AxisMap

  /// Joins a map of the height and one of the width.
  public convenience init(rows: AxisMap, columns: AxisMap) {
    self.init(
      rows: rows, columns: columns, transposedRows: rows.transposed(),
      transposedColumns: columns.transposed())
  }

  private init(
    rows: AxisMap, columns: AxisMap, transposedRows: AxisMap, transposedColumns: AxisMap
  ) {
    self.rows = rows
    self.columns = columns
    self.transposedRows = transposedRows
    self.transposedColumns = transposedColumns
  }

  /// The transposed map.
  public var transposed: PlaneMap {
    PlaneMap(
      rows: transposedRows, columns: transposedColumns, transposedRows: rows,
      transposedColumns: columns)
  }
}

extension Tensor {
  /// Every plane of `[N, C, H, W]` mapped to `[N, C, H', W']`.
  public func resampled(by map: PlaneMap) -> Tensor {
    check(
      shape.rank == 4 && shape[2] == map.rows.inputCount && shape[3] == map.columns.inputCount,
      "resampled: \(shape) by a map of \(map.rows.inputCount)x\(map.columns.inputCount)")
    let planes = shape[0] * shape[1]
    let (height, width) = (shape[2], shape[3])
    let (newHeight, newWidth) = (map.rows.outputCount, map.columns.outputCount)
    let result = Storage(count: planes * newHeight * newWidth)
    // The cheaper of both orders: the smaller intermediate plane.
    let rowsFirst = newHeight * width <= height * newWidth
    let span = OperationTrace.begin("resampling \(shape) to \(newHeight)x\(newWidth)")
    defer { span?.end() }
    Parallel.forRanges(planes, grain: max(1, (1 << 14) / max(1, newHeight * newWidth))) { range in
      let middle = Storage(count: rowsFirst ? newHeight * width : height * newWidth)
      for plane in range {
        let source = pointer + plane * height * width
        let target = result.base + plane * newHeight * newWidth
        if rowsFirst {
          mapRows(source, width: width, map.rows, middle.base)
          mapColumns(middle.base, height: newHeight, width: width, map.columns, target)
        } else {
          mapColumns(source, height: height, width: width, map.columns, middle.base)
          mapRows(middle.base, width: newWidth, map.rows, target)
        }
      }
    }
    return Tensor(shape: [shape[0], shape[1], newHeight, newWidth], storage: result)
      .recorded("resampled", self) { $0.resampled(by: map.transposed) }
  }

  /// Bilinear interpolation of `[N, C, H, W]` to another size.
  public func resizedBilinear(height: Int, width: Int, aligningCorners: Bool = false) -> Tensor {
    if shape[2] == height && shape[3] == width { return self }
    return resampled(
      by: PlaneMap(
        rows: .bilinear(from: shape[2], to: height, aligningCorners: aligningCorners),
        columns: .bilinear(from: shape[3], to: width, aligningCorners: aligningCorners)))
  }

  /// The nearest pixels of `[N, C, H, W]` at another size.
  public func resizedNearest(height: Int, width: Int) -> Tensor {
    if shape[2] == height && shape[3] == width { return self }
    return resampled(
      by: PlaneMap(
        rows: .nearest(from: shape[2], to: height), columns: .nearest(from: shape[3], to: width)))
  }

  /// Means of `[N, C, H, W]` over the area that each pixel of the new size covers.
  public func resizedArea(height: Int, width: Int) -> Tensor {
    if shape[2] == height && shape[3] == width { return self }
    return resampled(
      by: PlaneMap(
        rows: .area(from: shape[2], to: height), columns: .area(from: shape[3], to: width)))
  }
}

private func mapRows(
  _ source: UnsafePointer<Float>, width: Int, _ map: AxisMap, _ target: UnsafeMutablePointer<Float>
) {
  semblance_resample_rows(
    source, Int64(width), Int64(map.outputCount), map.start, map.weights, Int64(map.taps), target)
}

private func mapColumns(
  _ source: UnsafePointer<Float>, height: Int, width: Int, _ map: AxisMap,
  _ target: UnsafeMutablePointer<Float>
) {
  semblance_resample_columns(
    source, Int64(height), Int64(width), Int64(map.outputCount), map.start, map.weights,
    Int64(map.taps), target)
}
