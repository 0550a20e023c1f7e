import CKernels

/// Some rows and columns of an enlargement: for each the two pixels of a smaller image it lies
/// between.
public struct GridAxis: Sendable, Equatable {
  /// The pixel before each place.
  public let low: [Int32]
  /// How far each place is from that pixel to the next, 0..<1.
  public let fraction: [Float]
  /// Pixels of the smaller image.
  public let length: Int

  /// Places of an axis of `side` pixels on one of `length`: bilinear enlargement with pixel centres
  /// at i + 0.5, or the pixels themselves when both are as long.
  public init(_ places: [Int], of side: Int, on length: Int) {
    check(
      places.allSatisfy { (0..<side).contains($0) } && length <= side && length > 0,
      "grid: places of \(side) on \(length)")
    self.length = length
    let positions = places.map { place -> Double in
      let scale = Double(length) / Double(side)
      return min(max(0, (Double(place) + 0.5) * scale - 0.5), Double(length - 1))
    }
    low = positions.map { Int32($0) }
    fraction = positions.map { Float($0 - $0.rounded(.down)) }
  }

  /// How many places there are.
  public var count: Int { low.count }
}

/// A grid of places on a blocked image.
public struct GridSource {
  /// `[N, blocks, H, W, 16]`.
  public let image: Tensor
  /// Places along the height.
  public let rows: GridAxis
  /// Places along the width.
  public let columns: GridAxis

  /// Joins an image with the places that are read.
  public init(_ image: Tensor, rows: GridAxis, columns: GridAxis) {
    check(
      image.shape.rank == 5 && image.shape[4] == 16 && image.shape[2] == rows.length
        && image.shape[3] == columns.length,
      "grid: \(image.shape) for \(rows.length)x\(columns.length)")
    self.image = image
    self.rows = rows
    self.columns = columns
  }

  fileprivate var blocks: Int { image.shape[1] }
  fileprivate var batch: Int { image.shape[0] }
  fileprivate var planeStride: Int { image.shape[2] * image.shape[3] * 16 }

  fileprivate func withGrid(_ body: (UnsafePointer<semblance_grid>) -> Void) {
    rows.low.withUnsafeBufferPointer { rowLow in
      rows.fraction.withUnsafeBufferPointer { rowFraction in
        columns.low.withUnsafeBufferPointer { columnLow in
          columns.fraction.withUnsafeBufferPointer { columnFraction in
            var grid = semblance_grid(
              height: Int64(rows.length), width: Int64(columns.length),
              rows: Int64(rows.count), columns: Int64(columns.count),
              row_low: rowLow.baseAddress, column_low: columnLow.baseAddress,
              row_fraction: rowFraction.baseAddress, column_fraction: columnFraction.baseAddress)
            body(&grid)
          }
        }
      }
    }
  }

  /// Adds the gradient of the places of one block to that of a plane.
  fileprivate func spread(
    _ gradient: UnsafePointer<Float>, to plane: UnsafeMutablePointer<Float>
  ) {
    withGrid { semblance_grid_spread($0, gradient, plane) }
  }
}

extension Tensor {
  /// The places of several images, whose blocks follow one another: `[N, blocks, rows, columns,
  /// 16]`. Gradients of the first order.
  public static func sampled(_ sources: [GridSource]) -> Tensor {
    let blocks = sources.reduce(0) { $0 + $1.blocks }
    let (batch, rows, columns) = shapeOfGrid(sources)
    let stride = rows * columns * 16
    let items = sources.flatMap { source in (0..<source.blocks).map { (source, $0) } }
    let result = Tensor(shape: [batch, blocks, rows, columns, 16]) { target in
      Parallel.forEach(batch * blocks) { index in
        let (image, place) = index.quotientAndRemainder(dividingBy: blocks)
        let (source, block) = items[place]
        source.withGrid {
          semblance_grid_gather(
            $0, source.image.pointer + (image * source.blocks + block) * source.planeStride, 0,
            target + index * stride)
        }
      }
    }
    let own = sources.map(\.detached)
    return result.recorded("grid", inputs: sources.map(\.image), isTwiceDifferentiable: false) {
      gradient, wanted in
      var first = 0
      return own.enumerated().map { index, source in
        defer { first += source.blocks }
        guard wanted[index] else { return nil }
        let slope = Tensor.zeros(source.image.shape)
        Parallel.forEach(batch * source.blocks) { place in
          let (image, block) = place.quotientAndRemainder(dividingBy: source.blocks)
          source.spread(
            gradient.pointer + (image * blocks + first + block) * stride,
            to: slope.pointer + place * source.planeStride)
        }
        return slope
      }
    }
  }

  /// `max(0, self + bias + sum of the places of all images)`: this tensor is `[N, blocks, rows,
  /// columns, 16]`, the images have as many blocks, `bias` a number for each channel. Gradients of
  /// the first order.
  public func rectifiedSum(_ sources: [GridSource], bias: Tensor) -> Tensor {
    let blocks = shape[1]
    let (batch, rows, columns) = (shape[0], shape[2], shape[3])
    check(
      blockCount(bias.count) == blocks
        && sources.allSatisfy {
          $0.blocks == blocks && $0.batch == batch && $0.rows.count == rows
            && $0.columns.count == columns
        }, "rectified sum: \(shape), bias \(bias.shape)")
    let stride = rows * columns * 16
    let padded = paddedChannels(bias.pointer, bias.count)
    let span = OperationTrace.begin("grid of \(sources.count) images \(shape)")
    let result = Tensor(shape: shape) { target in
      Parallel.forEach(batch * blocks) { index in
        let out = target + index * stride
        out.update(from: pointer + index * stride, count: stride)
        for source in sources {
          source.withGrid {
            semblance_grid_gather(
              $0, source.image.pointer + index * source.planeStride, 1, out)
          }
        }
        semblance_add_rectified(
          out, padded.base + index % blocks * 16, Int64(rows * columns))
      }
    }
    span?.end()
    let storage = result.storage
    let own = sources.map(\.detached)
    let channels = bias.count
    let biasShape = bias.shape
    return result.recorded(
      "rectified sum", inputs: [self, bias] + sources.map(\.image), isTwiceDifferentiable: false
    ) { gradient, wanted in
      let span = OperationTrace.begin("grid of \(own.count) images, gradient")
      defer { span?.end() }
      let masked = Tensor(shape: gradient.shape) { _ in }
      let sums = Storage(count: batch * blocks * 16)
      let slopes = own.enumerated().map { index, source in
        wanted[2 + index] ? Tensor.zeros(source.image.shape) : nil
      }
      Parallel.forEach(batch * blocks) { index in
        let part = masked.pointer + index * stride
        semblance_rectified_gradient(
          gradient.pointer + index * stride, storage.base + index * stride,
          Int64(rows * columns), part, sums.base + index * 16)
        for (source, slope) in zip(own, slopes) {
          guard let slope else { continue }
          source.spread(part, to: slope.pointer + index * source.planeStride)
        }
      }
      let biasGradient = Tensor.zeros(biasShape)
      for index in 0..<batch * channels {
        let (image, channel) = index.quotientAndRemainder(dividingBy: channels)
        biasGradient.pointer[channel] += sums.base[image * blocks * 16 + channel]
      }
      return [masked, biasGradient] + slopes
    }
  }

  private static func shapeOfGrid(_ sources: [GridSource]) -> (batch: Int, rows: Int, columns: Int)
  {
    let (batch, rows, columns) = (
      sources[0].batch, sources[0].rows.count, sources[0].columns.count
    )
    check(
      sources.allSatisfy {
        $0.batch == batch && $0.rows.count == rows && $0.columns.count == columns
      }, "grid: images of several grids")
    return (batch, rows, columns)
  }
}

extension GridSource {
  /// The same without history, so that a pullback holds no tape.
  fileprivate var detached: GridSource {
    GridSource(image.detached(), rows: rows, columns: columns)
  }
}
