import TensorCore

/// Linear regression with a penalty on the squared weights, in closed form (Hoerl and Kennard 1970).
public struct RidgeRegression: Equatable, Sendable {
  /// One row of weights for each target, as long as a feature vector.
  public let weights: [[Float]]
  /// One constant for each target.
  public let constants: [Float]

  /// The weights that minimise the mean squared error plus `penalty` times their squared length,
  /// the latter in units of the mean variance of a feature.
  ///
  /// - Parameters:
  ///   - features: `[N, F]`.
  ///   - targets: `[N, T]`.
  ///   - penalty: above 0.
  /// - Throws: `EvaluationError` for fewer than two samples or numbers that are not finite.
  public init(features: Tensor, targets: Tensor, penalty: Double) throws(EvaluationError) {
    check(
      features.shape.rank == 2 && targets.shape.rank == 2 && features.shape[0] == targets.shape[0]
        && penalty > 0, "ridge: features \(features.shape), targets \(targets.shape)")
    let (samples, length) = (features.shape[0], features.shape[1])
    guard samples > 1 else {
      throw .tooFewSamples(measure: "linear regression", minimum: 2, actual: samples)
    }
    let (featureMeans, targetMeans) = (columnMeans(features), columnMeans(targets))
    let centred = features - Tensor(featureMeans.map(Float.init), shape: [1, length])
    let aims = targets - Tensor(targetMeans.map(Float.init), shape: [1, targets.shape[1]])
    let variance =
      centred.values.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples * length)
    guard variance.isFinite, aims.values.allSatisfy(\.isFinite) else {
      throw .notFinite(measure: "linear regression")
    }
    let ridge = max(penalty * variance * Double(samples), .leastNormalMagnitude)
    // The smaller of both systems: over the features, or over the samples.
    let isPrimal = length <= samples
    let gram =
      isPrimal
      ? centred.transposed().matrixProduct(centred)
      : centred.matrixProduct(centred, transposingOther: true)
    let right = isPrimal ? centred.transposed().matrixProduct(aims) : aims
    guard
      let solution = positiveDefiniteSolution(
        gram.values.map(Double.init), addingToDiagonal: ridge, right.values.map(Double.init),
        columns: targets.shape[1])
    else { throw .notFinite(measure: "linear regression") }
    let solved = Tensor(solution.map(Float.init), shape: right.shape)
    let matrix = (isPrimal ? solved : centred.transposed().matrixProduct(solved)).transposed()
    let rows = matrix.values
    weights = (0..<targets.shape[1]).map { Array(rows[$0 * length..<($0 + 1) * length]) }
    constants = zip(weights, targetMeans).map { row, mean in
      Float(mean - zip(row, featureMeans).reduce(0) { $0 + Double($1.0) * $1.1 })
    }
  }
}

private func columnMeans(_ matrix: Tensor) -> [Double] {
  var sums = [Double](repeating: 0, count: matrix.shape[1])
  for row in 0..<matrix.shape[0] {
    for column in sums.indices { sums[column] += Double(matrix.pointer[row * sums.count + column]) }
  }
  return sums.map { $0 / Double(matrix.shape[0]) }
}

/// Solves `(matrix + shift I) X = right` by Cholesky's method; nil when that is not positive definite.
func positiveDefiniteSolution(
  _ matrix: [Double], addingToDiagonal shift: Double, _ right: [Double], columns: Int
) -> [Double]? {
  let order = right.count / max(columns, 1)
  var factor = matrix
  for row in 0..<order {
    for column in 0...row {
      var sum = factor[row * order + column] + (row == column ? shift : 0)
      factor.withUnsafeBufferPointer { values in
        for k in 0..<column { sum -= values[row * order + k] * values[column * order + k] }
      }
      if row == column {
        guard sum > 0, sum.isFinite else { return nil }
        factor[row * order + row] = sum.squareRoot()
      } else {
        factor[row * order + column] = sum / factor[column * order + column]
      }
    }
  }
  var solution = right
  for column in 0..<columns {
    for row in 0..<order {
      var sum = solution[row * columns + column]
      for k in 0..<row { sum -= factor[row * order + k] * solution[k * columns + column] }
      solution[row * columns + column] = sum / factor[row * order + row]
    }
    for row in stride(from: order - 1, through: 0, by: -1) {
      var sum = solution[row * columns + column]
      for k in row + 1..<order { sum -= factor[k * order + row] * solution[k * columns + column] }
      solution[row * columns + column] = sum / factor[row * order + row]
    }
  }
  return solution
}
