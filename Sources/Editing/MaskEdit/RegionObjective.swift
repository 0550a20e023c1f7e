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
  private let inside: ReconstructionLoss?
  private let crossEntropyWeight: Float
  private let outsideWeight: Float
  private let insideWeight: Float
  /// Keeps a face the same person, when it is asked for.
  private let identity: (distance: IdentityDistance, target: Tensor, weight: Float)?

  init(
    model: JointModel, edit: MaskEdit, reference: Tensor, options: MaskEditOptions,
    perceptual: (any PerceptualDistance)?, identity: IdentityDistance? = nil,
    insideReference: Tensor? = nil
  ) throws(EditingError) {
    guard let branch = model.branch else {
      throw .modelLacks(model.path, part: "segmentation branch")
    }
    self.model = model
    self.branch = branch
    targets = edit.target.labels
    weights = edit.pixelWeights
    outside = ReconstructionLoss(
      target: reference, mask: model.mask(of: edit.region.complement), weights: options.outside,
      perceptual: perceptual)
    inside = insideReference.map { reference in
      ReconstructionLoss(
        target: reference, mask: model.mask(of: edit.region), weights: options.outside)
    }
    crossEntropyWeight = options.crossEntropyWeight
    outsideWeight = options.outsideWeight
    insideWeight = options.insideWeight
    let identityWeight = options.identityWeight
    self.identity = identity.map { distance in
      (distance, withoutRecording { distance.embedding(of: reference) }, identityWeight)
    }
  }

  func callAsFunction(_ wPlus: Tensor) -> Tensor {
    let output = model.synthesize(wPlus)
    let disagreement = branch.crossEntropy(output.features, targets: targets, weights: weights)
    var loss = disagreement * crossEntropyWeight + outside(output.image) * outsideWeight
    if let inside { loss = loss + inside(output.image) * insideWeight }
    guard let identity else { return loss }
    return loss + identity.distance(output.image, to: identity.target).sum() * identity.weight
  }
}

extension JointModel {
  /// The pixels of a region that belong to the photo as `[1, 1, H, W]`: 1 inside, else 0.
  func mask(of region: Region) -> Tensor {
    validMask
      * Tensor(region.bits.map { $0 ? 1 : 0 }, shape: [1, 1, resolution, resolution])
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
