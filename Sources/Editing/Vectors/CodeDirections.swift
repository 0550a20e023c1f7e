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

  /// The vectors whose sums, each vector times its strength, come closest to given differences of
  /// codes: the least-squares solution. With one vector of strength 1 it is the mean difference. A
  /// ridge of a thousandth chooses the shortest where several solutions are equal, as with vectors
  /// of which each edit takes one away and adds another.
  ///
  /// - Throws: `EditingError.nothingToLearn` without differences, or when their strengths do not
  ///   determine every vector.
  public static func leastSquares(_ edits: [(strengths: [Float], difference: WPlus)])
    throws(EditingError) -> [WPlus]
  {
    guard let first = edits.first, !first.strengths.isEmpty else { throw .nothingToLearn }
    let count = first.strengths.count
    // Rows of the normal equations: products of strengths, then the difference they belong to.
    var products = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var sums = [WPlus](
      repeating: .zero(rowCount: first.difference.rowCount, width: first.difference.width),
      count: count)
    for edit in edits {
      check(edit.strengths.count == count, "leastSquares: strengths of different lengths")
      for row in 0..<count where edit.strengths[row] != 0 {
        sums[row] = sums[row] + edit.difference * edit.strengths[row]
        for column in 0..<count {
          products[row][column] += Double(edit.strengths[row]) * Double(edit.strengths[column])
        }
      }
    }
    let scale = (0..<count).reduce(0) { max($0, products[$1][$1]) }
    if count > 1 {
      for index in 0..<count where products[index][index] > 0 {
        products[index][index] += 1e-3 * scale
      }
    }
    // Elimination in symmetric order is stable for these matrices: they are never indefinite.
    for pivot in 0..<count {
      guard products[pivot][pivot] > 1e-9 * scale else { throw .nothingToLearn }
      for row in pivot + 1..<count {
        let factor = products[row][pivot] / products[pivot][pivot]
        if factor == 0 { continue }
        for column in pivot..<count { products[row][column] -= factor * products[pivot][column] }
        sums[row] = sums[row] - sums[pivot] * Float(factor)
      }
    }
    var vectors = sums
    for row in (0..<count).reversed() {
      for column in row + 1..<count where products[row][column] != 0 {
        vectors[row] = vectors[row] - vectors[column] * Float(products[row][column])
      }
      vectors[row] = vectors[row] * Float(1 / products[row][row])
    }
    return vectors
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
