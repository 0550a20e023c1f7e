/// The spectral norm of a convolution's weight by its stored singular vectors (formats spec 9).
enum SpectralNorm {
  /// u . (M v) with M the weight as `[outputs, rest]`; accumulated in double precision.
  static func norm(
    _ weight: CheckpointTensor, u: [Float], v: [Float]
  ) throws(CheckpointError) -> Float {
    let values = try weight.floats()
    var sum = 0.0
    for row in u.indices {
      var product = 0.0
      for column in v.indices {
        product += Double(values[row * v.count + column]) * Double(v[column])
      }
      sum += Double(u[row]) * product
    }
    return Float(sum)
  }

  /// v = M^T u / max(|M^T u|, 1e-12), for files that do not store it.
  static func rightVector(
    _ weight: CheckpointTensor, u: [Float]
  ) throws(CheckpointError) -> [Float] {
    let values = try weight.floats()
    let rest = u.isEmpty ? 0 : values.count / u.count
    var product = [Double](repeating: 0, count: rest)
    for row in u.indices {
      for column in 0..<rest {
        product[column] += Double(values[row * rest + column]) * Double(u[row])
      }
    }
    let length = product.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return product.map { Float($0 / max(length, 1e-12)) }
  }
}
