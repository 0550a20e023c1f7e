extension Tensor {
  /// The largest element of every window of `[N, C, H, W]`, without padding. With `ceiling` a last
  /// window that starts inside but ends outside counts too.
  public func maxPooled(kernel: Int, stride: Int, ceiling: Bool = false) -> Tensor {
    check(shape.rank == 4 && kernel > 0 && stride > 0, "maxPooled: \(shape), kernel \(kernel)")
    let (height, width) = (shape[2], shape[3])
    func length(_ input: Int) -> Int {
      check(input >= kernel, "maxPooled: \(shape) is smaller than kernel \(kernel)")
      return (input - kernel + (ceiling ? stride - 1 : 0)) / stride + 1
    }
    let (rows, columns) = (length(height), length(width))
    let planes = shape[0] * shape[1]
    let result = Storage(count: planes * rows * columns)
    let winners = PixelIndices(count: planes * rows * columns)
    let span = OperationTrace.begin("max pooling \(shape)")
    defer { span?.end() }
    Parallel.forRanges(planes, grain: max(1, (1 << 14) / (rows * columns))) { range in
      for plane in range {
        let source = pointer + plane * height * width
        for row in 0..<rows {
          for column in 0..<columns {
            var best = -Float.infinity
            var winner = row * stride * width + column * stride
            for y in row * stride..<min(row * stride + kernel, height) {
              for x in column * stride..<min(column * stride + kernel, width)
              where source[y * width + x] > best {
                best = source[y * width + x]
                winner = y * width + x
              }
            }
            let index = (plane * rows + row) * columns + column
            result.base[index] = source[winner]
            winners.base[index] = Int32(winner)
          }
        }
      }
    }
    let pooled: Shape = [shape[0], shape[1], rows, columns]
    return Tensor(shape: pooled, storage: result)
      .recorded("maxPooled", self) { [shape] in $0.scattered(to: shape, winners) }
  }

  /// Adds each pixel of `[N, C, h, w]` to pixel `indices` of its plane in zeros of `shape`.
  func scattered(to shape: Shape, _ indices: PixelIndices) -> Tensor {
    let result = Tensor.zeros(shape)
    let planes = shape[0] * shape[1]
    let (from, to) = (count / max(planes, 1), shape[2] * shape[3])
    Parallel.forRanges(planes, grain: max(1, (1 << 14) / max(from, 1))) { range in
      for plane in range {
        for index in plane * from..<(plane + 1) * from {
          result.pointer[plane * to + Int(indices.base[index])] += pointer[index]
        }
      }
    }
    return result.recorded("scattered", self) { [own = self.shape] in
      $0.gathered(to: own, indices)
    }
  }

  /// Reads pixel `indices` of each plane of `[N, C, H, W]`.
  func gathered(to shape: Shape, _ indices: PixelIndices) -> Tensor {
    let planes = shape[0] * shape[1]
    let (from, to) = (count / max(planes, 1), shape[2] * shape[3])
    let result = Tensor(shape: shape) { base in
      for index in 0..<planes * to {
        base[index] = pointer[index / to * from + Int(indices.base[index])]
      }
    }
    return result.recorded("gathered", self) { [own = self.shape] in
      $0.scattered(to: own, indices)
    }
  }
}

/// Positions inside planes, one for each pixel of a smaller or larger tensor.
final class PixelIndices {
  private let storage: Storage
  let base: UnsafeMutablePointer<Int32>

  init(count: Int) {
    storage = Storage(count: count)
    base = UnsafeMutableRawPointer(storage.base).bindMemory(to: Int32.self, capacity: count)
  }
}
