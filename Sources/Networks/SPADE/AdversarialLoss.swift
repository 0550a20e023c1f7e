import TensorCore

/// What a discriminator and a generator want of the judgements (SPADE spec 6). All are averaged
/// over the scales.
public enum AdversarialLoss: String, Sendable, CaseIterable {
  /// Hinge loss.
  case hinge
  /// Least squares against 1 and 0.
  case leastSquares = "ls"
  /// Cross-entropy of the judgements as logits.
  case original
  /// Wasserstein distance.
  case wasserstein = "w"

  /// The discriminator's loss for pictures that are real or made; a scalar.
  public func discriminator(_ output: PatchDiscriminator.Output, isReal: Bool) -> Tensor {
    averaged(output) { judgement in
      switch self {
      case .hinge: (1 - (isReal ? judgement : -judgement)).rectified().mean()
      case .leastSquares: (judgement - (isReal ? 1 : 0)).squared().mean()
      case .original: (isReal ? -judgement : judgement).softplus().mean()
      case .wasserstein: (isReal ? -judgement : judgement).mean()
      }
    }
  }

  /// The generator's loss for the pictures it made; a scalar.
  public func generator(_ output: PatchDiscriminator.Output) -> Tensor {
    averaged(output) { judgement in
      switch self {
      case .hinge, .wasserstein: -judgement.mean()
      case .leastSquares: (judgement - 1).squared().mean()
      case .original: (-judgement).softplus().mean()
      }
    }
  }

  private func averaged(_ output: PatchDiscriminator.Output, _ loss: (Tensor) -> Tensor) -> Tensor {
    output.compactMap(\.last).map(loss).reduce(Tensor(0), +) / Float(max(output.count, 1))
  }
}

extension PatchDiscriminator {
  /// How far the features of made pictures are from those of real ones: mean absolute differences,
  /// summed over layers and averaged over scales; the judgements do not count, the real side is a
  /// constant. A scalar.
  public static func featureDistance(_ made: Output, _ real: Output) -> Tensor {
    zip(made, real).flatMap { made, real in zip(made.dropLast(), real.dropLast()) }
      .map { ($0 - $1.detached()).absolute().mean() }
      .reduce(Tensor(0), +) / Float(max(made.count, 1))
  }
}
