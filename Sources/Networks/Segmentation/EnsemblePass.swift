import TensorCore

/// One patch of pixels on its way through an ensemble of pixel classifiers, and back.
///
/// Bilinear interpolation commutes with the first linear layer, so maps of a lower resolution are
/// projected first and their projections interpolated. Work is shared out by members, pixels and
/// channels in parts that depend on sizes only.
final class EnsemblePass {
  private let ensemble: EnsembleWeights
  private let patch: EnsemblePlan.Patch
  private let resolution: Int
  /// For each level the channels of its pixels.
  private let inputs: [BlockedPixels]
  /// For each level below the working resolution the projection of its pixels.
  private let projections: [BlockedPixels?]
  /// Gradients of `projections`.
  private var projectionSlopes: [BlockedPixels?] = []
  /// For each level the gradient of its pixels.
  private var inputSlopes: [BlockedPixels] = []

  /// Reads a patch from feature maps in the blocked layout and projects it.
  init(
    _ ensemble: EnsembleWeights, _ patch: EnsemblePlan.Patch, features: [Tensor], resolution: Int
  ) {
    self.ensemble = ensemble
    self.patch = patch
    self.resolution = resolution
    let inputs = zip(ensemble.levels, patch.sources).map { level, source in
      let pixels = BlockedPixels(
        blocks: level.blocks, rows: source.rows.count, columns: source.columns.count)
      for map in level.maps {
        pixels.copy(
          from: features[map.index], rows: source.rows, columns: source.columns,
          toBlock: map.firstBlock)
      }
      return pixels
    }
    self.inputs = inputs
    projections = zip(ensemble.levels, inputs).map { level, input in
      if level.side == resolution { return nil }
      let result = BlockedPixels(
        blocks: ensemble.hiddenBlocks, rows: input.rows, columns: input.columns)
      Self.forParts(blocks: result.blocks, pixels: input.count) { blocks, pixels in
        result.setProduct(
          of: input, blocks: 0..<level.blocks, with: level.weights, results: blocks,
          at: blocks.lowerBound, pixels: pixels, from: pixels.lowerBound)
      }
      return result
    }
  }

  /// The hidden layers of one strip.
  struct Hidden {
    let first: BlockedPixels
    let second: BlockedPixels
  }

  /// The hidden layers and class scores `[K, pixels]` of a strip.
  func scores(of strip: EnsemblePlan.Strip) -> (scores: Tensor, hidden: Hidden) {
    let (rows, columns) = (strip.area.rows.count, strip.area.columns.count)
    let first = BlockedPixels(blocks: ensemble.hiddenBlocks, rows: rows, columns: columns)
    let second = BlockedPixels(
      blocks: ensemble.memberCount * ensemble.secondBlocks, rows: rows, columns: columns)
    forMembers(rows: rows) { member, rows in
      let blocks = self.blocks(of: member, ensemble.firstBlocks)
      let pixels = rows.lowerBound * columns..<rows.upperBound * columns
      self.setFirst(first, strip, blocks, rows, pixels)
      let results = self.blocks(of: member, self.ensemble.secondBlocks)
      second.setProduct(
        of: first, blocks: blocks, with: self.ensemble.second[member],
        results: 0..<self.ensemble.secondBlocks, at: results.lowerBound, pixels: pixels,
        from: pixels.lowerBound)
      second.rectify(bias: self.ensemble.secondBias, blocks: results, pixels: pixels)
    }
    let classes = ensemble.third.outputs
    let scores = BlockedPixels(blocks: (classes + 15) / 16, rows: rows, columns: columns)
    Self.forParts(blocks: scores.blocks, pixels: scores.count) { blocks, pixels in
      scores.setProduct(
        of: second, blocks: 0..<second.blocks, with: self.ensemble.third, results: blocks,
        at: blocks.lowerBound, pixels: pixels, from: pixels.lowerBound)
    }
    return (
      scores.tensor.unblocked(channels: classes).reshaped([classes, rows * columns])
        + ensemble.thirdBias, Hidden(first: first, second: second)
    )
  }

  private func setFirst(
    _ first: BlockedPixels, _ strip: EnsemblePlan.Strip, _ blocks: Range<Int>, _ rows: Range<Int>,
    _ pixels: Range<Int>
  ) {
    if let own = ensemble.levels.firstIndex(where: { $0.side == resolution }) {
      first.setProduct(
        of: inputs[own], blocks: 0..<ensemble.levels[own].blocks,
        with: ensemble.levels[own].weights, results: blocks, at: blocks.lowerBound,
        pixels: pixels, from: start(of: strip) + pixels.lowerBound)
    } else {
      first.clear(blocks: blocks, pixels: pixels)
    }
    for (projection, map) in zip(projections, strip.maps) {
      guard let projection, let map else { continue }
      first.addInterpolated(projection, by: map, blocks: blocks, rows: rows)
    }
    first.rectify(bias: ensemble.firstBias, blocks: blocks, pixels: pixels)
  }

  /// Takes the gradient `[K, pixels]` of a strip's scores back to the levels' pixels.
  func addGradient(_ slope: Tensor, of strip: EnsemblePlan.Strip, _ hidden: Hidden) {
    if projectionSlopes.isEmpty { makeSlopes() }
    let (rows, columns) = (strip.area.rows.count, strip.area.columns.count)
    let scores = BlockedPixels(slope.reshaped([1, slope.shape[0], rows, columns]).blocked())
    let second = BlockedPixels(blocks: hidden.second.blocks, rows: rows, columns: columns)
    let first = BlockedPixels(blocks: hidden.first.blocks, rows: rows, columns: columns)
    forMembers(rows: rows) { member, rows in
      let pixels = rows.lowerBound * columns..<rows.upperBound * columns
      let middle = self.blocks(of: member, self.ensemble.secondBlocks)
      second.setProduct(
        of: scores, blocks: 0..<scores.blocks, with: self.ensemble.third, transposed: true,
        results: middle, at: middle.lowerBound, pixels: pixels, from: pixels.lowerBound)
      second.clear(whereZero: hidden.second, blocks: middle, pixels: pixels)
      let blocks = self.blocks(of: member, self.ensemble.firstBlocks)
      first.setProduct(
        of: second, blocks: middle, with: self.ensemble.second[member], transposed: true,
        results: 0..<self.ensemble.firstBlocks, at: blocks.lowerBound, pixels: pixels,
        from: pixels.lowerBound)
      first.clear(whereZero: hidden.first, blocks: blocks, pixels: pixels)
    }
    Parallel.forEach(first.blocks) { block in
      for (slope, map) in zip(self.projectionSlopes, strip.maps) {
        guard let slope, let map else { continue }
        first.addInterpolatedGradient(to: slope, by: map, blocks: block..<block + 1)
      }
    }
    guard let own = ensemble.levels.firstIndex(where: { $0.side == resolution }) else { return }
    let level = ensemble.levels[own]
    level.weights.prepareForPixels(transposed: true)
    let start = start(of: strip)
    Self.forParts(blocks: level.blocks, pixels: first.count) { blocks, pixels in
      self.inputSlopes[own].setProduct(
        of: first, blocks: 0..<first.blocks, with: level.weights, transposed: true,
        results: blocks, at: blocks.lowerBound,
        pixels: start + pixels.lowerBound..<start + pixels.upperBound, from: pixels.lowerBound)
    }
  }

  /// The gradient of each level's pixels, when the gradients of all strips were added.
  func finishedGradient() -> [BlockedPixels] {
    for (index, level) in ensemble.levels.enumerated() {
      guard let slope = projectionSlopes[index] else { continue }
      let result = inputSlopes[index]
      level.weights.prepareForPixels(transposed: true)
      // One level's copy at a time is in memory.
      defer { level.weights.releaseGradientCopy() }
      Self.forParts(blocks: level.blocks, pixels: result.count) { blocks, pixels in
        result.setProduct(
          of: slope, blocks: 0..<slope.blocks, with: level.weights, transposed: true,
          results: blocks, at: blocks.lowerBound, pixels: pixels, from: pixels.lowerBound)
      }
    }
    return inputSlopes
  }

  private func makeSlopes() {
    inputSlopes = inputs.map {
      BlockedPixels(blocks: $0.blocks, rows: $0.rows, columns: $0.columns)
    }
    projectionSlopes = projections.map { projection in
      guard let projection else { return nil }
      let slope = BlockedPixels(
        blocks: projection.blocks, rows: projection.rows, columns: projection.columns)
      slope.clear()
      return slope
    }
  }

  /// The pixel of the patch where a strip begins.
  private func start(of strip: EnsemblePlan.Strip) -> Int {
    (strip.area.rows.lowerBound - patch.area.rows.lowerBound) * patch.area.columns.count
  }

  private func blocks(of member: Int, _ count: Int) -> Range<Int> {
    member * count..<(member + 1) * count
  }

  /// Calls `body` for every member, few members for several ranges of rows each.
  private func forMembers(rows: Int, _ body: (Int, Range<Int>) -> Void) {
    let parts = min(rows, max(1, 8 / ensemble.memberCount))
    Parallel.forEach(ensemble.memberCount * parts) { item in
      let (member, part) = item.quotientAndRemainder(dividingBy: parts)
      body(member, rows * part / parts..<rows * (part + 1) / parts)
    }
  }

  /// Calls `body` for parts of blocks and pixels that fit into a cache.
  private static func forParts(
    blocks: Int, pixels: Int, _ body: (Range<Int>, Range<Int>) -> Void
  ) {
    let (blockGrain, pixelGrain) = (8, 168)
    let columns = (blocks + blockGrain - 1) / blockGrain
    let rows = (pixels + pixelGrain - 1) / pixelGrain
    Parallel.forEach(rows * columns) { item in
      let (row, column) = item.quotientAndRemainder(dividingBy: columns)
      body(
        column * blockGrain..<min(blocks, (column + 1) * blockGrain),
        row * pixelGrain..<min(pixels, (row + 1) * pixelGrain))
    }
  }
}
