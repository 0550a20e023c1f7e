import TensorCore

/// How a rectangle of pixels is worked on: cut into patches, whose projections stay small, and these
/// into strips of whole rows, whose hidden layers stay in cache. Depends on sizes only.
struct EnsemblePlan {
  /// A part of the rectangle with everything that it reads.
  struct Patch {
    /// The pixels, at the working resolution.
    let area: PixelRectangle
    /// For each level the pixels that are read.
    let sources: [PixelRectangle]
    /// The strips, top to bottom.
    let strips: [Strip]
  }

  /// Some whole rows of a patch.
  struct Strip {
    /// The pixels, at the working resolution.
    let area: PixelRectangle
    /// For each level the interpolation from the patch's source; nil for the working resolution.
    let maps: [PlaneMap?]
  }

  /// The rectangle.
  let area: PixelRectangle
  /// Its patches.
  let patches: [Patch]

  private static let patchSide = 128

  /// A plan for levels of these sides.
  ///
  /// - Parameter stripPixels: about how many pixels a strip has.
  init(area: PixelRectangle, sides: [Int], resolution: Int, stripPixels: Int) {
    self.area = area
    let axes = sides.map {
      $0 == resolution ? nil : AxisMap.bilinear(from: $0, to: resolution)
    }
    patches = Self.parts(area.rows).flatMap { rows in
      Self.parts(area.columns).map { columns in
        let patch = PixelRectangle(rows: rows, columns: columns)
        let sources = sides.map { side in
          PixelRectangle(
            rows: Self.read(rows, side: side, resolution: resolution),
            columns: Self.read(columns, side: side, resolution: resolution))
        }
        let across = zip(axes, sources).map { axis, source in
          axis?.restricted(outputs: columns, inputs: source.columns)
        }
        let strips = patch.strips(pixels: stripPixels).map { strip in
          Strip(
            area: strip,
            maps: sources.indices.map { level in
              guard let axis = axes[level], let across = across[level] else { return nil }
              return PlaneMap(
                rows: axis.restricted(outputs: strip.rows, inputs: sources[level].rows),
                columns: across)
            })
        }
        return Patch(area: patch, sources: sources, strips: strips)
      }
    }
  }

  /// A range cut into equal parts.
  private static func parts(_ range: Range<Int>) -> [Range<Int>] {
    let count = (range.count + patchSide - 1) / patchSide
    return (0..<count).map {
      range.lowerBound + range.count * $0 / count..<range.lowerBound + range.count * ($0 + 1)
        / count
    }
  }

  /// The input rows (or columns) that bilinear interpolation reads for these output rows.
  private static func read(_ output: Range<Int>, side: Int, resolution: Int) -> Range<Int> {
    if side == resolution { return output }
    let scale = Double(side) / Double(resolution)
    func position(_ index: Int) -> Double { max(0, (Double(index) + 0.5) * scale - 0.5) }
    let first = min(Int(position(output.lowerBound)), side - 1)
    let last = min(Int(position(output.upperBound - 1)) + 1, side - 1)
    return first..<last + 1
  }
}
