/// Fills the unknown pixels of a grid harmonically from the known ones: each becomes the mean of its
/// neighbours inside the grid (Laplace's equation, Dirichlet at known pixels, Neumann at the edges).
///
/// A coarser grid, solved first, gives the start; conjugate gradients finish each level, so that
/// long waves never have to travel pixel by pixel.
struct Membrane {
  let width: Int
  let height: Int
  let unknown: [Bool]

  /// Largest remaining imbalance of a pixel, in the units of the values (8-bit levels).
  static let tolerance: Float = 1e-3
  private static let maxIterations = 1000

  /// `values` with the unknown pixels filled; 0 everywhere unknown when nothing is known.
  func filled(_ values: [Float]) -> [Float] {
    guard unknown.contains(true) else { return values }
    guard unknown.contains(false) else { return [Float](repeating: 0, count: values.count) }
    var solution = started(values)
    solve(&solution)
    return solution
  }

  /// `values` with the unknown pixels taken from the solution on the grid of half the size.
  private func started(_ values: [Float]) -> [Float] {
    let coarseWidth = (width + 1) / 2
    let coarseHeight = (height + 1) / 2
    var sums = [Float](repeating: 0, count: coarseWidth * coarseHeight)
    var counts = sums
    for y in 0..<height {
      for x in 0..<width where !unknown[y * width + x] {
        sums[y / 2 * coarseWidth + x / 2] += values[y * width + x]
        counts[y / 2 * coarseWidth + x / 2] += 1
      }
    }
    let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
    let coarse = Membrane(
      width: coarseWidth, height: coarseHeight, unknown: counts.map { $0 == 0 })
    let start: [Float]
    if width <= 2 && height <= 2 {
      start = means
    } else {
      start = resampled(
        coarse.filled(means), width: coarseWidth, height: coarseHeight, channels: 1,
        toWidth: width, toHeight: height, by: .bilinear)
    }
    return values.indices.map { unknown[$0] ? start[$0] : values[$0] }
  }

  /// Conjugate gradients on the unknown pixels.
  private func solve(_ solution: inout [Float]) {
    let members = unknown.indices.filter { unknown[$0] }
    var residual = [Float](repeating: 0, count: solution.count)
    for i in members { residual[i] = -imbalance(of: solution, at: i, includingKnown: true) }
    var direction = residual
    var product = [Float](repeating: 0, count: solution.count)
    var energy = dot(residual, residual, members)
    for _ in 0..<Membrane.maxIterations {
      if members.allSatisfy({ abs(residual[$0]) < Membrane.tolerance }) { return }
      for i in members { product[i] = imbalance(of: direction, at: i, includingKnown: false) }
      let curvature = dot(direction, product, members)
      guard curvature > 0 else { return }
      let step = Float(energy / curvature)
      for i in members {
        solution[i] += step * direction[i]
        residual[i] -= step * product[i]
      }
      let newEnergy = dot(residual, residual, members)
      let ratio = Float(newEnergy / energy)
      for i in members { direction[i] = residual[i] + ratio * direction[i] }
      energy = newEnergy
    }
  }

  /// The graph Laplacian at pixel `i`: neighbour count times its value, minus its neighbours. Known
  /// neighbours count as 0 unless included.
  @inline(__always)
  private func imbalance(of values: [Float], at i: Int, includingKnown: Bool) -> Float {
    let x = i % width
    let y = i / width
    let center = values[i]
    var sum: Float = 0
    func add(_ neighbor: Int) {
      sum += center - (includingKnown || unknown[neighbor] ? values[neighbor] : 0)
    }
    if x > 0 { add(i - 1) }
    if x + 1 < width { add(i + 1) }
    if y > 0 { add(i - width) }
    if y + 1 < height { add(i + width) }
    return sum
  }

  private func dot(_ a: [Float], _ b: [Float], _ members: [Int]) -> Double {
    var sum = 0.0
    for i in members { sum += Double(a[i]) * Double(b[i]) }
    return sum
  }
}
