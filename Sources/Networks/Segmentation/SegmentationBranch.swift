import Layers
import TensorCore

/// The segmentation branch: an ensemble of per-pixel MLPs on the hypercolumn (all features of the
/// generator, brought to one size by bilinear interpolation).
///
/// Each member is Linear, ReLU, Linear, ReLU, Linear; the ensemble's answer is the mean of the
/// class scores (EditGAN section 3, facts in the editgan spec section 2). The hypercolumn is never
/// built: the first linear layer commutes with interpolation, so it is applied to each feature map
/// at its own resolution.
public final class SegmentationBranch {
  /// One MLP of the ensemble; weights are `[out, in]`, biases `[out]`.
  public struct Member {
    /// First layer `[H1, C]` over the hypercolumn's C channels, with bias `[H1]`.
    public var first: (weight: Tensor, bias: Tensor)
    /// Second layer `[H2, H1]`, with bias `[H2]`.
    public var second: (weight: Tensor, bias: Tensor)
    /// Third layer `[K, H2]` for K classes, with bias `[K]`.
    public var third: (weight: Tensor, bias: Tensor)

    /// A member made of three layers whose sizes meet.
    public init(
      first: (weight: Tensor, bias: Tensor), second: (weight: Tensor, bias: Tensor),
      third: (weight: Tensor, bias: Tensor)
    ) {
      self.first = first
      self.second = second
      self.third = third
    }
  }

  /// The ensemble.
  public let members: [Member]
  /// How many classes there are.
  public let classCount: Int
  /// Side of the square of pixels that is segmented.
  public let resolution: Int
  /// Channels of each feature map, in the order of the hypercolumn.
  public let featureChannels: [Int]
  /// Whether the generator's constant is the first feature map.
  public let includesConstant: Bool

  let hidden: Int
  /// First layers of all members on one feature map: `[M H1, C_i]`.
  private let projections: [Tensor]
  private let firstBias: Tensor
  private let second: (weight: Tensor, bias: Tensor)
  private let third: (weight: Tensor, bias: Tensor)

  /// An ensemble whose members have layers of the same sizes.
  ///
  /// - Parameters:
  ///   - featureChannels: channels of each feature map; their sum is the hypercolumn's C.
  ///   - resolution: side of the segmented square.
  public init(
    members: [Member], featureChannels: [Int], resolution: Int, includesConstant: Bool = false
  ) {
    check(!members.isEmpty, "segmentation branch: no members")
    let total = featureChannels.reduce(0, +)
    hidden = members[0].first.weight.shape[0]
    classCount = members[0].third.weight.shape[0]
    for member in members {
      check(
        member.first.weight.shape == [hidden, total]
          && member.third.weight.shape[0] == classCount
          && member.second.weight.shape == members[0].second.weight.shape,
        "segmentation branch: layers \(member.first.weight.shape), \(member.third.weight.shape)")
    }
    self.members = members
    self.featureChannels = featureChannels
    self.resolution = resolution
    self.includesConstant = includesConstant
    let stacked = Tensor.concatenated(members.map(\.first.weight), axis: 0)
    var start = 0
    projections = featureChannels.map { channels in
      defer { start += channels }
      return stacked.slice(start..<start + channels, axis: 1)
    }
    firstBias = Tensor.concatenated(members.map(\.first.bias), axis: 0).reshaped([
      members.count * hidden, 1,
    ])
    func stack(_ tensors: [Tensor]) -> Tensor {
      .concatenated(tensors.map { $0.reshaped(Shape([1] + $0.shape.dimensions)) }, axis: 0)
    }
    second = (
      stack(members.map(\.second.weight)),
      stack(members.map { $0.second.bias.reshaped([$0.second.bias.count, 1]) })
    )
    third = (
      stack(members.map(\.third.weight)),
      stack(members.map { $0.third.bias.reshaped([$0.third.bias.count, 1]) })
    )
  }

  /// Class scores of the pixels in a rectangle: `[K, rows * columns]`, mean over the members.
  ///
  /// Evaluated in strips, so that memory does not grow with the picture. Not differentiable; see
  /// `crossEntropy` for optimisation.
  public func scores(_ features: [FeatureMap], in rectangle: PixelRectangle? = nil) -> Tensor {
    let area = rectangle ?? .init(rows: 0..<resolution, columns: 0..<resolution)
    return withoutRecording {
      let sources = stripSources(features)
      let result = Storage(count: classCount * area.count)
      for strip in area.strips(pixels: stripPixels) {
        let part = scores(of: strip, sources.map { $0.leaf(for: strip, tracking: false) })
        let offset = (strip.rows.lowerBound - area.rows.lowerBound) * area.columns.count
        for k in 0..<classCount {
          (result.base + k * area.count + offset).update(
            from: part.pointer + k * strip.count, count: strip.count)
        }
      }
      return Tensor(shape: [classCount, area.count], storage: result)
    }
  }

  /// The most probable class of each pixel of a rectangle, row by row.
  public func labels(_ features: [FeatureMap], in rectangle: PixelRectangle? = nil) -> [UInt8] {
    let scores = scores(features, in: rectangle)
    let pixels = scores.shape[1]
    var labels = [UInt8](repeating: 0, count: pixels)
    var best = Array(UnsafeBufferPointer(start: scores.pointer, count: pixels))
    for k in 1..<max(classCount, 1) {
      let row = scores.pointer + k * pixels
      for pixel in 0..<pixels where row[pixel] > best[pixel] {
        best[pixel] = row[pixel]
        labels[pixel] = UInt8(k)
      }
    }
    return labels
  }

  /// The weighted cross-entropy `sum of weights[p] * -log softmax(scores)[targets[p]]`, a scalar
  /// differentiable (once) with respect to the features.
  ///
  /// Only the bounding rectangle of the weighted pixels is evaluated, strip by strip; the gradient
  /// is computed in the same pass, so memory stays small.
  ///
  /// - Parameters:
  ///   - targets: a class for each pixel of the square, row by row.
  ///   - weights: a weight for each pixel; 0 leaves it out.
  public func crossEntropy(_ features: [FeatureMap], targets: [UInt8], weights: [Float]) -> Tensor {
    let side = resolution
    check(
      targets.count == side * side && weights.count == side * side,
      "segmentation cross-entropy: \(targets.count) targets, \(weights.count) weights for \(side)x\(side)"
    )
    guard let area = PixelRectangle.bounding(weights, side: side) else { return Tensor(0) }
    let sources = stripSources(features)
    let inputs = sources.map(\.tensor)
    let tracking = inputs.contains(where: \.tracksGradient)
    let slopes = inputs.map { tracking && $0.tracksGradient ? Tensor.zeros($0.shape) : nil }
    var total: Float = 0
    Recording.whileOn {
      for strip in area.strips(pixels: stripPixels) {
        let leaves = zip(sources, slopes).map { $0.leaf(for: strip, tracking: $1 != nil) }
        let loss = scores(of: strip, leaves).crossEntropy(
          targets: strip.pixels(side: side).map { Int32(targets[$0]) },
          weights: strip.pixels(side: side).map { weights[$0] })
        total += loss.item
        let wanted = leaves.indices.filter { slopes[$0] != nil }
        if wanted.isEmpty { continue }
        let results = gradients(of: loss, withRespectTo: wanted.map { leaves[$0].tensor })
        for (index, gradient) in zip(wanted, results) {
          if let slope = slopes[index] { leaves[index].addBack(gradient, to: slope) }
        }
      }
    }
    return Tensor(total).recorded(
      "segmentation cross-entropy", inputs: inputs, isTwiceDifferentiable: false
    ) { seed, wanted in
      zip(slopes, wanted).map { slope, wanted in wanted ? slope.map { $0 * seed } : nil }
    }
  }

  /// Pixels of a strip: hidden activations of all members stay within the second-level cache's
  /// reach.
  private var stripPixels: Int { max(1024, (1 << 21) / (members.count * hidden)) }

  /// What strips are cut from: maps below the working resolution are projected at once, maps of the
  /// working resolution strip by strip.
  private func stripSources(_ features: [FeatureMap]) -> [StripSource] {
    let used = includesConstant ? features : features.filter { !$0.isConstant }
    check(
      used.map(\.channels) == featureChannels,
      "segmentation branch: feature channels \(used.map(\.channels)), expected \(featureChannels)")
    var projected: [Int: Tensor] = [:]
    var sources: [StripSource] = []
    for (map, weight) in zip(used, projections) {
      let planar = map.planar()
      let side = map.resolution
      if side == resolution {
        sources.append(StripSource(tensor: planar, side: side, target: side, weight: weight))
        continue
      }
      let product = weight.matrixProduct(planar.reshaped([map.channels, side * side]))
      projected[side] = projected[side].map { $0 + product } ?? product
    }
    for (side, product) in projected.sorted(by: { $0.key < $1.key }) {
      sources.append(
        StripSource(
          tensor: product.reshaped([1, members.count * hidden, side, side]), side: side,
          target: resolution, weight: nil))
    }
    return sources
  }

  private func scores(of strip: PixelRectangle, _ leaves: [StripLeaf]) -> Tensor {
    var h = leaves[0].projected(to: strip)
    for leaf in leaves.dropFirst() { h = h + leaf.projected(to: strip) }
    h = (h + firstBias).rectified().reshaped([members.count, hidden, strip.count])
    h = (second.weight.matrixProduct(h) + second.bias).rectified()
    h = third.weight.matrixProduct(h) + third.bias
    return members.count == 1
      ? h.reshaped([classCount, strip.count]) : h.mean(axes: [0])
  }
}
