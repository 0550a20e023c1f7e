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

  private let hidden: Int
  private var ensemble: (sides: [Int], weights: EnsembleWeights)?
  private var plan: EnsemblePlan?

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
  }

  /// Class scores of the pixels in a rectangle: `[K, rows * columns]`, mean over the members.
  ///
  /// Evaluated patch by patch, so that memory does not grow with the picture. Not differentiable;
  /// see `crossEntropy` for optimisation.
  public func scores(_ features: [FeatureMap], in rectangle: PixelRectangle? = nil) -> Tensor {
    let area = rectangle ?? .init(rows: 0..<resolution, columns: 0..<resolution)
    let result = Storage(count: classCount * area.count)
    withoutRecording {
      let (inputs, weights, plan) = prepared(used(features), area)
      for patch in plan.patches {
        let pass = EnsemblePass(weights, patch, features: inputs, resolution: resolution)
        for strip in patch.strips {
          let part = pass.scores(of: strip).scores
          for k in 0..<classCount {
            for (index, row) in strip.area.rows.enumerated() {
              let start =
                (k * area.rows.count + row - area.rows.lowerBound) * area.columns.count
                + strip.area.columns.lowerBound - area.columns.lowerBound
              (result.base + start).update(
                from: part.pointer + k * strip.area.count + index * strip.area.columns.count,
                count: strip.area.columns.count)
            }
          }
        }
      }
    }
    return Tensor(shape: [classCount, area.count], storage: result)
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
  /// Only the bounding rectangle of the weighted pixels is evaluated, patch by patch; the gradient
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
    let used = self.used(features)
    let tracking = used.contains { $0.tensor.tracksGradient }
    let (inputs, ensemble, plan) = prepared(used, area)
    var total: Float = 0
    var slopes: [[BlockedPixels]] = []
    Recording.whileOn {
      for patch in plan.patches {
        let pass = EnsemblePass(ensemble, patch, features: inputs, resolution: side)
        for strip in patch.strips {
          let (scores, hidden) = pass.scores(of: strip)
          let leaf = scores.detached(requiresGradient: tracking)
          let pixels = strip.area.pixels(side: side)
          let loss = leaf.crossEntropy(
            targets: pixels.map { Int32(targets[$0]) }, weights: pixels.map { weights[$0] })
          total += loss.item
          guard tracking else { continue }
          pass.addGradient(
            gradients(of: loss, withRespectTo: [leaf])[0], of: strip, hidden)
        }
        if tracking { slopes.append(pass.finishedGradient()) }
      }
    }
    return Tensor(total).recorded("segmentation cross-entropy", inputs: used.map(\.tensor)) {
      seed, wanted in
      var results = [((Tensor) -> Void)?](repeating: nil, count: used.count)
      for (level, maps) in ensemble.levels.map(\.maps).enumerated() {
        let sources = plan.patches.map { $0.sources[level] }
        let parts = zip(sources, slopes).map { (area: $0, slope: $1[level]) }
        for map in maps where wanted[map.index] {
          // Not the feature maps themselves, whose memory is released one by one.
          let (shape, layout) = (inputs[map.index].shape, used[map.index].layout)
          let channels = used[map.index].channels
          results[map.index] = { gradient in
            let whole = layout == .blocked ? gradient : .zeros(shape)
            for part in parts {
              part.slope.add(
                to: whole, rows: part.area.rows, columns: part.area.columns,
                fromBlock: map.firstBlock, times: seed.item)
            }
            if layout == .planar { gradient.addInPlace(whole.unblocked(channels: channels)) }
          }
        }
      }
      return results
    }
  }

  /// Pixels of a strip: hidden activations of all members stay within the reach of a second- or
  /// third-level cache.
  private var stripPixels: Int { max(1024, (1 << 21) / (members.count * hidden)) }

  private func used(_ features: [FeatureMap]) -> [FeatureMap] {
    let used = includesConstant ? features : features.filter { !$0.isConstant }
    check(
      used.map(\.channels) == featureChannels && used.allSatisfy { $0.tensor.shape[0] == 1 },
      "segmentation branch: feature channels \(used.map(\.channels)), expected \(featureChannels)")
    return used
  }

  /// The feature maps in the blocked layout, and what is made once for their sizes and the area.
  private func prepared(_ used: [FeatureMap], _ area: PixelRectangle)
    -> (inputs: [Tensor], weights: EnsembleWeights, plan: EnsemblePlan)
  {
    let sides = used.map(\.resolution)
    let weights: EnsembleWeights
    if let ensemble, ensemble.sides == sides {
      weights = ensemble.weights
    } else {
      weights = EnsembleWeights(members, channels: featureChannels, sides: sides)
      ensemble = (sides, weights)
      plan = nil
    }
    let plan: EnsemblePlan
    if let existing = self.plan, existing.area == area {
      plan = existing
    } else {
      plan = EnsemblePlan(
        area: area, sides: weights.levels.map(\.side), resolution: resolution,
        stripPixels: stripPixels)
      self.plan = plan
    }
    let inputs = withoutRecording {
      used.map { $0.layout == .blocked ? $0.tensor : $0.tensor.blocked() }
    }
    return (inputs, weights, plan)
  }
}
