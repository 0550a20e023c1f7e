/// Fills the unknown pixels of a grid harmonically from the known ones: each becomes the mean of its
/// neighbours inside the grid (Laplace's equation, Dirichlet at known pixels, Neumann at the edges).
///
/// A coarser grid, solved first, gives the start (cascadic multigrid); conjugate gradients finish
/// each level, so that long waves never have to travel pixel by pixel.
struct Membrane {
  let width: Int
  let height: Int
  let unknown: [Bool]

  /// Root mean square imbalance of the unknown pixels at which a level is solved, in the units of
  /// the values (8-bit levels).
  static let tolerance = 1e-3
  private static let maxIterations = 1000

  /// `values` with the unknown pixels filled; 0 everywhere when nothing is known.
  func filled(_ values: [Float]) -> [Float] {
    guard unknown.contains(true) else { return values }
    guard unknown.contains(false) else { return [Float](repeating: 0, count: values.count) }
    let start = started(values)
    var system = MembraneSystem(width: width, height: height, unknown: unknown)
    return system.solved(
      from: start, tolerance: Membrane.tolerance, maxIterations: Membrane.maxIterations)
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
    var start = means
    if width > 2 || height > 2 {
      let coarse = Membrane(
        width: coarseWidth, height: coarseHeight, unknown: counts.map { $0 == 0 })
      start = coarse.filled(means)
    }
    start = resampled(
      start, width: coarseWidth, height: coarseHeight, channels: 1, toWidth: width,
      toHeight: height, by: .bilinear)
    return values.indices.map { unknown[$0] ? start[$0] : values[$0] }
  }
}

/// Conjugate gradients for Laplace's equation on one grid. All arrays have a border of one pixel, so
/// that the inner loops need no case for the edges.
private struct MembraneSystem {
  private let width: Int
  private let height: Int
  private let rowLength: Int
  /// 1 for unknown pixels, else 0.
  private var weights: [Float]
  /// Neighbours inside the grid of unknown pixels, else 0.
  private var degrees: [Float]
  private let unknownCount: Int

  init(width: Int, height: Int, unknown: [Bool]) {
    self.width = width
    self.height = height
    rowLength = width + 2
    weights = [Float](repeating: 0, count: rowLength * (height + 2))
    degrees = weights
    var count = 0
    for y in 0..<height {
      for x in 0..<width where unknown[y * width + x] {
        let i = (y + 1) * rowLength + x + 1
        count += 1
        weights[i] = 1
        degrees[i] =
          (x > 0 ? 1 : 0) + (x + 1 < width ? 1 : 0) + (y > 0 ? 1 : 0) + (y + 1 < height ? 1 : 0)
      }
    }
    unknownCount = count
  }

  /// The solution that starts from `start`, whose known pixels stay.
  mutating func solved(from start: [Float], tolerance: Double, maxIterations: Int) -> [Float] {
    var solution = [Float](repeating: 0, count: weights.count)
    for y in 0..<height {
      for x in 0..<width { solution[(y + 1) * rowLength + x + 1] = start[y * width + x] }
    }
    var residual = weights
    imbalance(of: solution, into: &residual)
    for i in residual.indices { residual[i] = -residual[i] }
    var direction = residual
    var product = residual
    var energy = dot(residual, residual)
    let goal = tolerance * tolerance * Double(unknownCount)
    for _ in 0..<maxIterations where energy > goal {
      imbalance(of: direction, into: &product)
      let curvature = dot(direction, product)
      guard curvature > 0 else { break }
      let step = Float(energy / curvature)
      add(step, direction, to: &solution)
      add(-step, product, to: &residual)
      let newEnergy = dot(residual, residual)
      let ratio = Float(newEnergy / energy)
      for i in direction.indices { direction[i] = residual[i] + ratio * direction[i] }
      energy = newEnergy
    }
    return (0..<width * height).map { solution[($0 / width + 1) * rowLength + $0 % width + 1] }
  }

  /// The graph Laplacian at unknown pixels: neighbour count times the value, minus the neighbours.
  private func imbalance(of values: [Float], into result: inout [Float]) {
    let rowLength = rowLength
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        weights.withUnsafeBufferPointer { weights in
          degrees.withUnsafeBufferPointer { degrees in
            for i in rowLength + 1..<values.count - rowLength - 1 {
              let neighbors =
                values[i - 1] + values[i + 1] + values[i - rowLength] + values[i + rowLength]
              result[i] = degrees[i] * values[i] - weights[i] * neighbors
            }
          }
        }
      }
    }
  }

  private func add(_ factor: Float, _ a: [Float], to b: inout [Float]) {
    for i in b.indices { b[i] += factor * a[i] }
  }

  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let whole = a.count & ~7
        for i in stride(from: 0, to: whole, by: 8) {
          for lane in 0..<8 { lanes[lane] += Double(a[i + lane]) * Double(b[i + lane]) }
        }
        for i in whole..<a.count { lanes[0] += Double(a[i]) * Double(b[i]) }
      }
    }
    return lanes.sum()
  }
}
