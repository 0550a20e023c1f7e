import CKernels

extension BlockedPixels {
  /// Adds rows of an interpolated source to the same rows of this rectangle, in some blocks.
  public func addInterpolated(
    _ source: BlockedPixels, by map: PlaneMap, blocks range: Range<Int>, rows: Range<Int>
  ) {
    withInterpolation(source, map) { map, workspace in
      for block in range {
        semblance_add_interpolated(
          source.pointer(block: block, pixel: 0), map, Int64(rows.lowerBound),
          Int64(rows.upperBound), pointer(block: block, pixel: rows.lowerBound * columns),
          workspace)
      }
    }
  }

  /// The transpose of `addInterpolated`: adds to `source` what the values of this rectangle, taken
  /// as a gradient, mean for it.
  public func addInterpolatedGradient(
    to source: BlockedPixels, by map: PlaneMap, blocks range: Range<Int>
  ) {
    withInterpolation(source, map) { map, workspace in
      for block in range {
        semblance_add_interpolated_gradient(
          pointer(block: block, pixel: 0), map, 0, Int64(rows),
          source.pointer(block: block, pixel: 0), workspace)
      }
    }
  }

  private func withInterpolation(
    _ source: BlockedPixels, _ map: PlaneMap,
    _ body: (UnsafePointer<semblance_interpolation>, UnsafeMutablePointer<Float>) -> Void
  ) {
    check(
      map.rows.inputCount == source.rows && map.columns.inputCount == source.columns
        && map.rows.outputCount == rows && map.columns.outputCount == columns
        && source.blocks == blocks,
      "blocked pixels: \(source.rows)x\(source.columns) interpolated to \(rows)x\(columns)")
    let workspace = Storage(count: max(source.columns, map.rows.taps * columns) * 16)
    map.rows.start.withUnsafeBufferPointer { rowStart in
      map.rows.weights.withUnsafeBufferPointer { rowWeights in
        map.columns.start.withUnsafeBufferPointer { columnStart in
          map.columns.weights.withUnsafeBufferPointer { columnWeights in
            var geometry = semblance_interpolation(
              row_start: rowStart.baseAddress, column_start: columnStart.baseAddress,
              row_weights: rowWeights.baseAddress, column_weights: columnWeights.baseAddress,
              row_taps: Int64(map.rows.taps), column_taps: Int64(map.columns.taps),
              source_width: Int64(source.columns), width: Int64(columns))
            body(&geometry, workspace.base)
          }
        }
      }
    }
  }
}
