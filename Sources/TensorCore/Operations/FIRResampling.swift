import CKernels

/// Zero insertion, FIR filtering and decimation, the resampling of StyleGAN2 (formats spec 1.3).
public struct FIRResampling: Sendable {
  /// The filter `[height, width]`, gain included, applied as a true convolution.
  public let filter: [Float]
  /// Rows of the filter.
  public let filterHeight: Int
  /// Columns of the filter.
  public let filterWidth: Int
  /// Zero-insertion factor.
  public let up: Int
  /// Decimation factor.
  public let down: Int
  /// Zeros (or, if negative, cropped pixels) at the left, right, top and bottom, counted after the
  /// zero insertion.
  public let padding: (left: Int, right: Int, top: Int, bottom: Int)

  /// A resampling with `filter` given row by row and multiplied by `gain`.
  public init(
    filter: [Float], filterHeight: Int, filterWidth: Int, up: Int = 1, down: Int = 1,
    padding: (left: Int, right: Int, top: Int, bottom: Int) = (0, 0, 0, 0), gain: Float = 1
  ) {
    check(
      filter.count == filterHeight * filterWidth && !filter.isEmpty && up > 0 && down > 0,
      "FIR resampling: \(filter.count) taps for \(filterHeight)x\(filterWidth), up \(up), down \(down)"
    )
    self.filter = filter.map { $0 * gain }
    self.filterHeight = filterHeight
    self.filterWidth = filterWidth
    self.up = up
    self.down = down
    self.padding = padding
  }

  /// `floor((size up + padding - filter) / down) + 1`.
  public func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
    let rows = height * up + padding.top + padding.bottom - filterHeight
    let columns = width * up + padding.left + padding.right - filterWidth
    check(rows >= 0 && columns >= 0, "FIR resampling: \(height)x\(width) is too small")
    return (rows / down + 1, columns / down + 1)
  }

  /// The linear map's transpose, for an input of this size: resampling back with the mirrored
  /// filter and `up` and `down` exchanged.
  func transposed(height: Int, width: Int) -> FIRResampling {
    let output = outputSize(height: height, width: width)
    let left = filterWidth - padding.left - 1
    let top = filterHeight - padding.top - 1
    let right = width * up - output.width * down + padding.left - up + 1
    let bottom = height * up - output.height * down + padding.top - up + 1
    return FIRResampling(
      filter: filter.reversed(), filterHeight: filterHeight, filterWidth: filterWidth, up: down,
      down: up, padding: (left, right, top, bottom))
  }
}

extension Tensor {
  /// Every plane of `[N, C, H, W]` resampled.
  public func resampled(by map: FIRResampling) -> Tensor {
    check(shape.rank == 4, "resampled: \(shape)")
    let (height, width) = (shape[2], shape[3])
    let output = map.outputSize(height: height, width: width)
    let planes = shape[0] * shape[1]
    let result = Storage(count: planes * output.height * output.width)
    var geometry = semblance_fir(
      height: Int64(height), width: Int64(width), output_height: Int64(output.height),
      output_width: Int64(output.width), filter_height: Int64(map.filterHeight),
      filter_width: Int64(map.filterWidth), up: Int64(map.up), down: Int64(map.down),
      pad_left: Int64(map.padding.left), pad_top: Int64(map.padding.top))
    let span = OperationTrace.begin("FIR resampling \(shape) to \(output.height)x\(output.width)")
    defer { span?.end() }
    map.filter.withUnsafeBufferPointer { filter in
      withUnsafePointer(to: &geometry) { geometry in
        Parallel.forRanges(
          planes, grain: max(1, (1 << 14) / max(1, output.height * output.width))
        ) { range in
          for plane in range {
            semblance_upfirdn(
              pointer + plane * height * width, filter.baseAddress, geometry,
              result.base + plane * output.height * output.width)
          }
        }
      }
    }
    return Tensor(shape: [shape[0], shape[1], output.height, output.width], storage: result)
      .recorded("resampled(FIR)", self) {
        $0.resampled(by: map.transposed(height: height, width: width))
      }
  }
}
