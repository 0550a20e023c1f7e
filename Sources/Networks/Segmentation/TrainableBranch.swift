import TensorCore

/// Some rows and columns of a square picture, where a segmentation branch is trained: cheaper than
/// all pixels.
public struct PixelGrid: Sendable, Equatable {
  /// Side of the picture.
  public let side: Int
  /// The rows.
  public let rows: [Int]
  /// The columns.
  public let columns: [Int]

  /// A grid of a picture of `side` x `side` pixels.
  public init(side: Int, rows: [Int], columns: [Int]) {
    check(
      !rows.isEmpty && !columns.isEmpty && (rows + columns).allSatisfy { (0..<side).contains($0) },
      "pixel grid: rows \(rows), columns \(columns) of \(side)")
    self.side = side
    self.rows = rows
    self.columns = columns
  }

  /// How many pixels there are.
  public var count: Int { rows.count * columns.count }

  /// The bilinear enlargement (pixel centres at i + 0.5) of planes of `resolution` pixels to the
  /// picture's size, at the pixels of the grid alone.
  func map(from resolution: Int) -> PlaneMap {
    func axis(_ places: [Int]) -> AxisMap {
      AxisMap(
        inputCount: resolution,
        rows: places.map { place in
          if resolution == side { return [(place, 1)] }
          let scale = Double(resolution) / Double(side)
          let position = max(0, (Double(place) + 0.5) * scale - 0.5)
          let low = min(Int(position), resolution - 1)
          return [
            (low, 1 - (position - Double(low))),
            (min(low + 1, resolution - 1), position - Double(low)),
          ]
        })
    }
    return PlaneMap(rows: axis(rows), columns: axis(columns))
  }
}

extension PixelGrid {
  /// The places of the grid on a blocked image of `resolution` pixels.
  func source(_ image: Tensor, resolution: Int) -> GridSource {
    GridSource(
      image, rows: GridAxis(rows, of: side, on: resolution),
      columns: GridAxis(columns, of: side, on: resolution))
  }
}

/// A segmentation branch with one member whose weights are learned together with the generator.
public struct TrainableBranch {
  private let layers: [(weight: Tensor, bias: Tensor)]
  private let channels: [Int]
  /// What gradient descent learns, `segmentation.fc{0, 1, 2}.{weight, bias}`.
  public let parameters: [String: Tensor]

  /// Reads `segmentation.fc{0, 1, 2}.*`.
  ///
  /// - Parameter channels: channels of the synthesis layers, first to last.
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(_ weights: WeightTable, channels: [Int]) throws(ModelError) {
    var inputs = channels.reduce(0, +)
    var layers: [(weight: Tensor, bias: Tensor)] = []
    for index in 0..<3 {
      let name = "segmentation.fc\(index)"
      let weight = try weights.tensor("\(name).weight", shape: [nil, inputs])
      layers.append(
        (weight, try weights.tensor("\(name).bias", shape: [weight.shape[0]])))
      inputs = weight.shape[0]
    }
    self.layers = layers
    self.channels = channels
    parameters = weights.taken(under: "segmentation.", role: .parameter)
  }

  /// Number of classes.
  public var classCount: Int { layers[2].weight.shape[0] }

  /// Random weights to start from: uniform in `+-1 / sqrt(inputs)`, biases, too.
  public static func randomWeights(
    channels: [Int], hidden: [Int] = [128, 32], classCount: Int, seed: UInt64
  ) -> [String: Tensor] {
    var random = RandomSource(seed: seed)
    var weights: [String: Tensor] = [:]
    var inputs = channels.reduce(0, +)
    for (index, outputs) in (hidden + [classCount]).enumerated() {
      let bound = 1 / Float(inputs).squareRoot()
      weights["segmentation.fc\(index).weight"] = random.uniform(
        [outputs, inputs], from: -bound, to: bound)
      weights["segmentation.fc\(index).bias"] = random.uniform([outputs], from: -bound, to: bound)
      inputs = outputs
    }
    return weights
  }

  /// The branch as it is now, for pictures of one resolution with all their pixels: on the features
  /// of the first `count` layers. It keeps its weights when these go on learning.
  ///
  /// - Throws: `ModelError` when a weight is not finite.
  public func frozen(layers count: Int, resolution: Int) throws(ModelError) -> SegmentationBranch {
    let used = Array(channels.prefix(count))
    var weights = parameters.mapValues { $0.copied() }
    let first = layers[0].weight.detached().slice(0..<used.reduce(0, +), axis: 1)
    weights["segmentation.fc0.weight"] = first.copied()
    guard
      let branch = try SegmentationBranch(
        WeightTable(weights), featureChannels: used, constantChannels: used[0],
        resolution: resolution)
    else { fatalError("trainable branch: no weights") }
    return branch
  }

  /// The scores `[classes, N rows columns]` of the pixels of a grid, picture by picture.
  ///
  /// Features are those of the synthesis layers, first to last; a network that was limited to a lower
  /// resolution gives fewer.
  public func scores(_ features: [FeatureMap], at grid: PixelGrid) -> Tensor {
    if features[0].layout == .blocked { return blockedScores(features, at: grid) }
    var sums: [Tensor] = []
    var first = 0
    var index = 0
    while index < features.count {
      let resolution = features[index].resolution
      let group = features[index...].prefix { $0.resolution == resolution }
      var parts: [(features: FeatureMap, weight: Tensor)] = []
      for (map, count) in zip(group, channels[index...]) {
        check(map.channels == count, "trainable branch: \(map.name) has \(map.channels) channels")
        let weight = layers[0].weight.slice(first..<first + count, axis: 1)
        parts.append((map, weight.reshaped([weight.shape[0], count, 1, 1])))
        first += count
      }
      index += group.count
      sums.append(Self.projected(parts, resolution: resolution, at: grid))
    }
    var h = sums.dropFirst().reduce(sums[0], +)
    h = (h + layers[0].bias.alongChannels(rank: 4)).rectified()
    h = Self.pointwise(h, layers[1]).rectified()
    h = Self.pointwise(h, layers[2])
    return h.permuted([1, 0, 2, 3]).reshaped([classCount, h.count / classCount])
  }

  /// The same in the blocked layout, with gradients of the first order.
  private func blockedScores(_ features: [FeatureMap], at grid: PixelGrid) -> Tensor {
    var projected: [GridSource] = []
    var read: [(source: GridSource, weight: Tensor)] = []
    var first = 0
    var sums: [Int: Tensor] = [:]
    for (map, count) in zip(features, channels) {
      check(map.channels == count, "trainable branch: \(map.name) has \(map.channels) channels")
      let weight = layers[0].weight.slice(first..<first + count, axis: 1)
      first += count
      // Enlarging is linear: whichever comes first, the product or the enlargement of fewer pixels.
      if map.resolution * map.resolution < grid.count {
        let part = map.tensor.convolved(
          withLearned: weight.reshaped([weight.shape[0], count, 1, 1]))
        sums[map.resolution] = sums[map.resolution].map { $0 + part } ?? part
      } else {
        let filled = weight.padded(before: 0, after: (16 - count % 16) % 16, axis: 1)
        read.append((grid.source(map.tensor, resolution: map.resolution), filled))
      }
    }
    for (resolution, sum) in sums.sorted(by: { $0.key < $1.key }) {
      projected.append(grid.source(sum, resolution: resolution))
    }
    let weight = Tensor.concatenated(read.map(\.weight), axis: 1)
    var h = Tensor.sampled(read.map(\.source)).convolved(withLearned: Self.kernel(weight))
      .rectifiedSum(projected, bias: layers[0].bias)
    h = h.convolved(
      withLearned: Self.kernel(layers[1].weight), epilogue: .relu(bias: layers[1].bias))
    h = h.convolved(
      withLearned: Self.kernel(layers[2].weight),
      epilogue: ConvolutionEpilogue(bias: layers[2].bias)
    ).unblocked(channels: classCount)
    return h.permuted([1, 0, 2, 3]).reshaped([classCount, h.count / classCount])
  }

  private static func kernel(_ weight: Tensor) -> Tensor {
    weight.reshaped([weight.shape[0], weight.shape[1], 1, 1])
  }

  private static func projected(
    _ parts: [(features: FeatureMap, weight: Tensor)], resolution: Int, at grid: PixelGrid
  ) -> Tensor {
    let map = grid.map(from: resolution)
    func sum(_ tensors: [Tensor]) -> Tensor { tensors.dropFirst().reduce(tensors[0], +) }
    // Enlarging is linear: whichever comes first, the product or the enlargement of fewer pixels.
    if resolution * resolution < grid.count {
      return sum(parts.map { $0.features.tensor.convolved(with: $0.weight) }).resampled(by: map)
    }
    return sum(parts.map { $0.features.tensor.resampled(by: map).convolved(with: $0.weight) })
  }

  private static func pointwise(_ x: Tensor, _ layer: (weight: Tensor, bias: Tensor)) -> Tensor {
    x.convolved(with: kernel(layer.weight)) + layer.bias.alongChannels(rank: 4)
  }
}
