/// Where an affine resampling reads: output pixel (x, y) reads the input at
/// `(a x + b y + c, d x + e y + f)`, both counted in pixels from the first pixel's centre.
public struct AffineMap: Sendable, Equatable {
  /// `[a, b, c, d, e, f]`.
  public let coefficients: [Double]

  /// A map with the coefficients `[a, b, c, d, e, f]`.
  public init(_ coefficients: [Double]) {
    check(coefficients.count == 6, "affine map: \(coefficients.count) coefficients, expected 6")
    self.coefficients = coefficients
  }
}

extension Tensor {
  /// Every picture of `[N, C, H, W]` read bilinearly where its map says; zeros lie outside.
  ///
  /// - Parameters:
  ///   - maps: one for each of the N pictures.
  ///   - height: rows of the result.
  ///   - width: columns of the result.
  public func sampled(by maps: [AffineMap], height: Int, width: Int) -> Tensor {
    check(
      shape.rank == 4 && maps.count == shape[0], "sampled: \(shape) with \(maps.count) affine maps")
    let (rows, columns, channels) = (shape[2], shape[3], shape[1])
    let result = Storage(count: shape[0] * channels * height * width)
    Parallel.forRanges(shape[0], grain: 1) { range in
      for image in range {
        forEachTap(maps[image], height: height, width: width, rows: rows, columns: columns) {
          output, taps in
          for channel in image * channels..<(image + 1) * channels {
            var sum: Float = 0
            for (index, weight) in taps {
              sum += weight * pointer[channel * rows * columns + index]
            }
            result.base[channel * height * width + output] = sum
          }
        }
      }
    }
    return Tensor(shape: [shape[0], channels, height, width], storage: result)
      .recorded("sampled", self) { $0.spread(by: maps, height: rows, width: columns) }
  }

  /// The transpose of `sampled`: adds every pixel to the pixels of `height` x `width` that it was
  /// read from.
  func spread(by maps: [AffineMap], height: Int, width: Int) -> Tensor {
    let (rows, columns, channels) = (shape[2], shape[3], shape[1])
    let result = Tensor.zeros([shape[0], channels, height, width])
    Parallel.forRanges(shape[0], grain: 1) { range in
      for image in range {
        forEachTap(maps[image], height: rows, width: columns, rows: height, columns: width) {
          output, taps in
          for channel in image * channels..<(image + 1) * channels {
            let value = pointer[channel * rows * columns + output]
            for (index, weight) in taps {
              result.pointer[channel * height * width + index] += weight * value
            }
          }
        }
      }
    }
    return result.recorded("spread", self) { $0.sampled(by: maps, height: rows, width: columns) }
  }
}

/// The pixels, and their bilinear weights, that each output pixel reads in a picture of
/// `rows` x `columns`.
private func forEachTap(
  _ map: AffineMap, height: Int, width: Int, rows: Int, columns: Int,
  _ body: (_ output: Int, _ taps: [(index: Int, weight: Float)]) -> Void
) {
  let m = map.coefficients
  var taps: [(index: Int, weight: Float)] = []
  taps.reserveCapacity(4)
  for y in 0..<height {
    for x in 0..<width {
      let column = m[0] * Double(x) + m[1] * Double(y) + m[2]
      let row = m[3] * Double(x) + m[4] * Double(y) + m[5]
      taps.removeAll(keepingCapacity: true)
      // Also refuses what is not finite, which has no integer part.
      if column > -1 && column < Double(columns) && row > -1 && row < Double(rows) {
        let left = Int(column.rounded(.down))
        let top = Int(row.rounded(.down))
        let (right, bottom) = (column - Double(left), row - Double(top))
        for (dy, vertical) in [(0, 1 - bottom), (1, bottom)] {
          for (dx, horizontal) in [(0, 1 - right), (1, right)]
          where (0..<rows).contains(top + dy) && (0..<columns).contains(left + dx) {
            taps.append(((top + dy) * columns + left + dx, Float(vertical * horizontal)))
          }
        }
      }
      body(y * width + x, taps)
    }
  }
}
