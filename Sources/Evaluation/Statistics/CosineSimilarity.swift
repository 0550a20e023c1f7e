import TensorCore

/// The cosine of the angle between feature vectors `[N, D]`, one per row: 1 for the same direction,
/// 0 for right angles (and for a vector of zeros).
///
/// With features of an identity network it is the preservation of identity of EditGAN's benchmark.
public func cosineSimilarity(_ first: Tensor, _ second: Tensor) -> [Double] {
  check(
    first.shape.rank == 2 && first.shape == second.shape,
    "cosine similarity: features \(first.shape) and \(second.shape)")
  let length = first.shape[1]
  return (0..<first.shape[0]).map { row in
    var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0)
    for index in row * length..<(row + 1) * length {
      let (a, b) = (Double(first.pointer[index]), Double(second.pointer[index]))
      product += a * b
      firstSquare += a * a
      secondSquare += b * b
    }
    let scale = (firstSquare * secondSquare).squareRoot()
    return scale == 0 ? 0 : product / scale
  }
}
