import TensorCore

/// A tensor `[1, C, side, side]` that contributes to the first hidden layer of the segmentation
/// branch: a feature map of the working resolution (with its weight), or the finished projection of
/// maps of another resolution.
struct StripSource {
  let tensor: Tensor
  let side: Int
  /// The working resolution.
  let target: Int
  /// `[H, C]` when the projection is still to be done.
  let weight: Tensor?

  /// The part of the tensor that a strip needs.
  func leaf(for strip: PixelRectangle, tracking: Bool) -> StripLeaf {
    let rows = range(strip.rows)
    let columns = range(strip.columns)
    let channels = tensor.shape[1]
    let part = Tensor(shape: [1, channels, rows.count, columns.count]) { to in
      for c in 0..<channels {
        for (index, row) in rows.enumerated() {
          (to + (c * rows.count + index) * columns.count).update(
            from: tensor.pointer + (c * side + row) * side + columns.lowerBound,
            count: columns.count)
        }
      }
    }
    return StripLeaf(
      source: self, tensor: part.detached(requiresGradient: tracking), rows: rows,
      columns: columns)
  }

  /// The input rows (or columns) that bilinear interpolation reads for these output rows.
  private func range(_ output: Range<Int>) -> Range<Int> {
    if side == target { return output }
    let scale = Double(side) / Double(target)
    func position(_ index: Int) -> Double { max(0, (Double(index) + 0.5) * scale - 0.5) }
    let first = min(Int(position(output.lowerBound)), side - 1)
    let last = min(Int(position(output.upperBound - 1)) + 1, side - 1)
    return first..<last + 1
  }
}

/// The part of a source that one strip reads, as a leaf of that strip's own tape.
struct StripLeaf {
  let source: StripSource
  let tensor: Tensor
  let rows: Range<Int>
  let columns: Range<Int>

  /// The contribution to the hidden layer: `[H, pixels of the strip]`.
  func projected(to strip: PixelRectangle) -> Tensor {
    if let weight = source.weight {
      return weight.matrixProduct(tensor.reshaped([tensor.shape[1], strip.count]))
    }
    let map = PlaneMap(
      rows: axis(strip.rows, reading: rows), columns: axis(strip.columns, reading: columns))
    return tensor.resampled(by: map).reshaped([tensor.shape[1], strip.count])
  }

  /// Adds a gradient of this part where the part was cut from.
  func addBack(_ gradient: Tensor, to whole: Tensor) {
    let (side, width) = (source.side, columns.count)
    Parallel.forRanges(tensor.shape[1], grain: 8) { channels in
      for c in channels {
        for (index, row) in rows.enumerated() {
          let from = gradient.pointer + (c * rows.count + index) * width
          let to = whole.pointer + (c * side + row) * side + columns.lowerBound
          for column in 0..<width { to[column] += from[column] }
        }
      }
    }
  }

  private func axis(_ output: Range<Int>, reading input: Range<Int>) -> AxisMap {
    AxisMap.bilinear(from: source.side, to: source.target)
      .restricted(outputs: output, inputs: input)
  }
}
