import TensorCore

/// A per-pixel MLP on hypercolumn features: Linear, ReLU, Linear, ReLU, Linear.
public struct PixelClassifier {
  /// A linear layer: weight `[out, in]` and bias `[out]`.
  public typealias Linear = (weight: Tensor, bias: Tensor)

  /// First layer `[H1, C]` on the features' C channels.
  public let first: Linear
  /// Second layer `[H2, H1]`.
  public let second: Linear
  /// Third layer `[K, H2]` for K classes.
  public let third: Linear

  /// A classifier made of three layers whose sizes meet.
  public init(first: Linear, second: Linear, third: Linear) {
    check(
      first.weight.shape[0] == second.weight.shape[1]
        && second.weight.shape[0] == third.weight.shape[1],
      "pixel classifier: layers \(first.weight.shape), \(second.weight.shape), "
        + "\(third.weight.shape)")
    self.first = first
    self.second = second
    self.third = third
  }

  /// Channels of the features.
  public var featureCount: Int { first.weight.shape[1] }
  /// How many classes there are.
  public var classCount: Int { third.weight.shape[0] }

  /// Class scores `[K, P]` of features `[C, P]`, one column for each pixel.
  public func callAsFunction(_ features: Tensor) -> Tensor {
    check(
      features.shape.rank == 2 && features.shape[0] == featureCount,
      "pixel classifier: features \(features.shape), expected \(featureCount) channels")
    return scores(projected: first.weight.matrixProduct(features))
  }

  /// Class scores `[K, P]` of features `[P, C]`, one row for each pixel.
  public func scores(ofRows features: Tensor) -> Tensor {
    check(
      features.shape.rank == 2 && features.shape[1] == featureCount,
      "pixel classifier: rows \(features.shape), expected \(featureCount) channels")
    return scores(projected: first.weight.matrixProduct(features, transposingOther: true))
  }

  /// The scores behind the product of the first layer's weight with the features.
  private func scores(projected: Tensor) -> Tensor {
    let h = (projected + column(first.bias)).rectified()
    let g = (second.weight.matrixProduct(h) + column(second.bias)).rectified()
    return third.weight.matrixProduct(g) + column(third.bias)
  }

  private func column(_ bias: Tensor) -> Tensor { bias.reshaped([bias.count, 1]) }
}
