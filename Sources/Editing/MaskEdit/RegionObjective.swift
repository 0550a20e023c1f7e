import Networks
import Pictures
import TensorCore

/// What mask edits and refinements minimise: the cross-entropy of the segmentation branch with a
/// target mask inside a region, the change of the picture outside of it and, for faces, the change
/// of the person (EditGAN section 4; factors in the editgan spec section 5.2).
struct RegionObjective {
  private let model: JointModel
  private let branch: SegmentationBranch
  private let targets: [UInt8]
  private let weights: [Float]
  private let outside: ReconstructionLoss
  private let crossEntropyWeight: Float
  private let outsideWeight: Float
  /// Keeps a face the same person, when it is asked for.
  private let identity: (distance: IdentityDistance, target: Tensor, weight: Float)?

  init(
    model: JointModel, edit: MaskEdit, reference: Tensor, options: MaskEditOptions,
    perceptual: (any PerceptualDistance)?, identity: IdentityDistance? = nil
  ) throws(EditingError) {
    guard let branch = model.branch else {
      throw .modelLacks(model.path, part: "segmentation branch")
    }
    self.model = model
    self.branch = branch
    targets = edit.target.labels
    weights = edit.pixelWeights
    let kept = edit.region.complement.bits.map { $0 ? Float(1) : 0 }
    let mask = model.validMask * Tensor(kept, shape: [1, 1, model.resolution, model.resolution])
    outside = ReconstructionLoss(
      target: reference, mask: mask, weights: options.outside,
      perceptual: perceptual)
    crossEntropyWeight = options.crossEntropyWeight
    outsideWeight = options.outsideWeight
    let identityWeight = options.identityWeight
    self.identity = identity.map { distance in
      (distance, withoutRecording { distance.embedding(of: reference) }, identityWeight)
    }
  }

  func callAsFunction(_ wPlus: Tensor) -> Tensor {
    let output = model.synthesize(wPlus)
    let inside = branch.crossEntropy(output.features, targets: targets, weights: weights)
    let loss = inside * crossEntropyWeight + outside(output.image) * outsideWeight
    guard let identity else { return loss }
    return loss + identity.distance(output.image, to: identity.target).sum() * identity.weight
  }
}

extension MaskEdit {
  /// Weights with sum 1 in which a small class (teeth, a brow) is not drowned by a large one: each
  /// class of the region counts with the square root of its size.
  var pixelWeights: [Float] {
    var counts = [Int](repeating: 0, count: 256)
    for (index, label) in target.labels.enumerated() where region.bits[index] {
      counts[Int(label)] += 1
    }
    let factors = counts.map { $0 > 0 ? 1 / Float($0).squareRoot() : 0 }
    var weights = target.labels.enumerated().map { index, label in
      region.bits[index] ? factors[Int(label)] : 0
    }
    let total = weights.reduce(0, +)
    if total > 0 { for index in weights.indices { weights[index] /= total } }
    return weights
  }
}
