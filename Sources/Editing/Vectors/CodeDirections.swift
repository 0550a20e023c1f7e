import Evaluation
import TensorCore

/// Directions in W+ that are found from codes alone, without masks.
public enum CodeDirections {
  /// The mean change of codes between before and after.
  ///
  /// - Throws: `EditingError.nothingToLearn` without codes.
  public static func meanDifference(_ pairs: [(before: WPlus, after: WPlus)])
    throws(EditingError) -> WPlus
  {
    guard let first = pairs.first else { throw .nothingToLearn }
    var sum = WPlus.zero(rowCount: first.before.rowCount, width: first.before.width)
    for pair in pairs { sum = sum + (pair.after - pair.before) }
    return sum * (1 / Float(pairs.count))
  }

  /// The normal of the linear boundary between codes with and without an attribute (Shen et al.
  /// 2020, "Interpreting the Latent Space of GANs for Semantic Face Editing"), found by ridge
  /// regression of the labels +1 and -1. Strength 1 goes as far as lies between the mean of the one
  /// and that of the other set along the normal.
  ///
  /// - Throws: `EditingError.nothingToLearn` when a set is empty, or when both lie in one place.
  public static func linearBoundary(positive: [WPlus], negative: [WPlus], penalty: Double = 1)
    throws(EditingError) -> WPlus
  {
    guard let first = positive.first, !negative.isEmpty else { throw .nothingToLearn }
    let codes = positive + negative
    let length = first.values.count
    let features = Tensor(codes.flatMap(\.values), shape: [codes.count, length])
    let labels = Tensor(
      codes.indices.map { $0 < positive.count ? 1 : -1 }, shape: [codes.count, 1])
    guard
      let regression = try? RidgeRegression(features: features, targets: labels, penalty: penalty)
    else { throw .nothingToLearn }
    let normal = WPlus(
      rowCount: first.rowCount, width: first.width, values: regression.weights[0])
    let squaredLength = normal.dot(normal)
    guard squaredLength > 0 else { throw .nothingToLearn }
    func mean(_ set: [WPlus]) -> Double {
      set.reduce(0) { $0 + $1.dot(normal) } / Double(set.count)
    }
    return normal * Float((mean(positive) - mean(negative)) / squaredLength)
  }

  /// The part of a direction that is orthogonal to all of some others, so that moving along it
  /// leaves what they change as it is, to first order.
  public static func orthogonalized(_ direction: WPlus, against others: [WPlus]) -> WPlus {
    var basis: [WPlus] = []
    func rest(_ vector: WPlus) -> WPlus {
      basis.reduce(vector) { $0 - $1 * Float($0.dot($1) / $1.dot($1)) }
    }
    for other in others {
      let part = rest(other)
      if part.dot(part) > 1e-12 * other.dot(other) { basis.append(part) }
    }
    return rest(direction)
  }
}

extension WPlus {
  /// The inner product with another code.
  func dot(_ other: WPlus) -> Double {
    zip(values, other.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}
