import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The map between the factors of a renderer and Gaussian latent vectors.
///
/// A number becomes one standard normal dimension by its rank among all pictures; a value that many
/// pictures share owns an interval of ranks, in which a point is drawn. A factor with k > 2
/// categories becomes k dimensions, whose largest, after fixed offsets that reproduce the
/// frequencies, is the category. Factors that never change are left out. So a random latent vector
/// stands for a picture like those of the renderer.
///
/// Behind the factors stand ballast dimensions that the generator ignores: they make every vector
/// as long as a random one, so that the normalisation in the mapping network loses nothing.
public struct FactorLatents: Sendable {
  private enum Kind {
    /// Sorted values, evenly spread over the ranks.
    case rank(table: [Float])
    /// The values, what is added to their dimensions, and the mean vector of each.
    case category(values: [Float], offsets: [Double], means: [[Float]])
  }

  private struct Dimension {
    var column: Int
    var kind: Kind
    var names: [String]
  }

  private let dimensions: [Dimension]
  /// Dimensions that factors have.
  public let factorCount: Int
  /// Names of these dimensions: the factor's, or `factor=category`.
  public let names: [String]
  /// Numbers of a latent vector, ballast included.
  public let inputSize: Int

  /// Fits the map to a table.
  ///
  /// - Throws: `TrainingError.badFactors` when no factor ever changes.
  public init(fitting table: FactorTable) throws(TrainingError) {
    var dimensions: [Dimension] = []
    for (index, column) in table.columns.enumerated() {
      let sorted = table.rows.map { $0[index] }.sorted()
      var counts: [(value: Float, count: Int)] = []
      for value in sorted {
        if counts.last?.value == value {
          counts[counts.count - 1].count += 1
        } else {
          counts.append((value, 1))
        }
      }
      if counts.count < 2 { continue }
      let isNominal = column.isNominal ?? Self.looksNominal(counts.map(\.count))
      if isNominal, counts.count > 2 {
        let offsets = Self.offsets(counts.map { Double($0.count) / Double(sorted.count) })
        let names = counts.map { value, _ in
          let id = Int(value)
          let isNamed = column.categories.indices.contains(id)
          return "\(column.name)=\(isNamed ? column.categories[id] : Self.text(value))"
        }
        dimensions.append(
          Dimension(
            column: index,
            kind: .category(
              values: counts.map(\.value), offsets: offsets,
              means: offsets.indices.map { Self.mean(of: $0, offsets) }),
            names: names))
      } else {
        dimensions.append(
          Dimension(
            column: index, kind: .rank(table: Self.thinned(sorted)), names: [column.name]))
      }
    }
    guard !dimensions.isEmpty else {
      throw .badFactors(path: table.path, reason: "all rows are alike")
    }
    self.dimensions = dimensions
    names = dimensions.flatMap(\.names)
    factorCount = names.count
    let count = Double(factorCount)
    inputSize = Int(((count + 5 * (2 * count).squareRoot() + 16) / 16).rounded(.up)) * 16
  }

  /// Whether values that are so frequent are categories: 3 to 40 values, half of which occur five
  /// times or more.
  private static func looksNominal(_ counts: [Int]) -> Bool {
    let sorted = counts.sorted()
    let middle = sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]
    return (3...40).contains(counts.count) && middle >= 10
  }

  /// A number with at most six significant digits, without zeros at the end: what `%g` writes.
  static func text(_ value: Float) -> String {
    let size = abs(Double(value))
    guard size >= 1e-4, size < 1e6 else { return value == 0 ? "0" : "\(value)" }
    let digits = 5 - Int(log10(size).rounded(.down))
    let scale = pow(10, Double(digits))
    var text = "\(Int((size * scale).rounded()))"
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return value < 0 ? "-\(text)" : text
  }

  private static func thinned(_ sorted: [Float], to count: Int = 2001) -> [Float] {
    if sorted.count <= count { return sorted }
    let step = Double(sorted.count - 1) / Double(count - 1)
    return (0..<count).map { sorted[Int((Double($0) * step).rounded(.toNearestOrEven))] }
  }

  /// Offsets `o` with `P(argmax of g + o = i) = shares[i]` for standard normal g, of mean 0.
  ///
  /// The probabilities are integrals of the density of one dimension times the distribution
  /// functions of all others; a damped fixed point finds the offsets.
  static func offsets(_ shares: [Double]) -> [Double] {
    let logarithms = shares.map { log($0) }
    let mean = logarithms.reduce(0, +) / Double(shares.count)
    var offsets = logarithms.map { 0.5 * ($0 - mean) }
    let points = stride(from: -7.0, through: 7, by: 0.125).map {
      (x: $0, weight: 0.125 * NormalDistribution.density($0))
    }
    for round in 0..<120 {
      let reached = offsets.indices.map { own in
        points.reduce(0.0) { sum, point in
          var product = point.weight
          for other in offsets.indices where other != own {
            product *= NormalDistribution.cumulative(point.x + offsets[own] - offsets[other])
          }
          return sum + product
        }
      }
      let step = round < 80 ? 0.5 : 0.25
      for index in offsets.indices {
        offsets[index] += step * (log(shares[index] + 1e-6) - log(reached[index] + 1e-6))
      }
    }
    let shift = offsets.reduce(0, +) / Double(offsets.count)
    return offsets.map { $0 - shift }
  }

  /// The mean of standard normal vectors whose largest number, after the offsets, is number
  /// `category`.
  ///
  /// Given that number, the others are normal below a bound each, whose means are known; what is
  /// left are integrals over one number.
  static func mean(of category: Int, _ offsets: [Double]) -> [Float] {
    var total = 0.0
    var sums = [Double](repeating: 0, count: offsets.count)
    for x in stride(from: -8.0, through: 8, by: 0.125) {
      let bounds = offsets.map { x + offsets[category] - $0 }
      let others = offsets.indices.filter { $0 != category }
      let share = others.reduce(NormalDistribution.density(x)) {
        $0 * NormalDistribution.cumulative(bounds[$1])
      }
      guard share > 0 else { continue }
      total += share
      sums[category] += share * x
      for other in others {
        let below = NormalDistribution.cumulative(bounds[other])
        sums[other] -= share * NormalDistribution.density(bounds[other]) / below
      }
    }
    return sums.map { Float($0 / max(total, .leastNormalMagnitude)) }
  }

  /// The vectors `[N, factorCount]` of rows of a table, without ballast.
  ///
  /// - Parameters:
  ///   - isCanonical: take the middle of an interval of ranks instead of a point drawn in it, and
  ///     the mean of the vectors of a category instead of one of them.
  ///   - random: draws the points of intervals and the dimensions of categories.
  public func factors(
    of rows: [[Float]], isCanonical: Bool = false, _ random: inout RandomSource
  ) -> Tensor {
    var values: [Float] = []
    values.reserveCapacity(rows.count * factorCount)
    for row in rows {
      for dimension in dimensions {
        let value = row[dimension.column]
        switch dimension.kind {
        case .rank(let table):
          // Drawn always, so that a value does not decide about the numbers of the next one.
          let share = Double(random.uniform())
          let (low, high) = Self.ranks(of: value, in: table)
          values.append(
            Float(NormalDistribution.quantile(low + (high - low) * (isCanonical ? 0.5 : share))))
        case .category(let known, let offsets, let means):
          let category = known.indices.min { abs(known[$0] - value) < abs(known[$1] - value) } ?? 0
          values.append(
            contentsOf: isCanonical ? means[category] : Self.draw(category, offsets, &random))
        }
      }
    }
    return Tensor(values, shape: [rows.count, factorCount])
  }

  /// Latent vectors `[N, inputSize]` of factors `[N, factorCount]`: one dimension of ballast takes
  /// up what is missing to the length of a random vector.
  public func withBallast(_ factors: Tensor) -> Tensor {
    let count = factors.shape[0]
    return Tensor(shape: [count, inputSize]) { target in
      target.update(repeating: 0, count: count * inputSize)
      for index in 0..<count {
        let row = factors.pointer + index * factorCount
        var energy = 0.0
        for place in 0..<factorCount {
          target[index * inputSize + place] = row[place]
          energy += Double(row[place]) * Double(row[place])
        }
        target[index * inputSize + factorCount] = Float(
          max(Double(inputSize) - energy, 0).squareRoot())
      }
    }
  }

  /// The shares of ranks below a value and up to it.
  private static func ranks(of value: Float, in table: [Float]) -> (low: Double, high: Double) {
    let count = Double(table.count)
    let first = table.partition { $0 >= value }
    let end = table.partition { $0 > value }
    if end - first > 2 { return (Double(first) / count, Double(end) / count) }
    var middle: Double
    if end > first {
      middle = Double(first + end) / 2 / count
    } else if first == 0 {
      middle = 0.5 / count
    } else if first == table.count {
      middle = 1 - 0.5 / count
    } else {
      let (below, above) = (table[first - 1], table[first])
      middle = (Double(first) - 0.5 + Double((value - below) / (above - below))) / count
    }
    middle = min(max(middle, 0.25 / count), 1 - 0.25 / count)
    return (middle, middle)
  }

  /// Normal numbers whose largest, after the offsets, is number `category`; drawn by rejection.
  private static func draw(
    _ category: Int, _ offsets: [Double], _ random: inout RandomSource
  ) -> [Float] {
    var numbers: [Float] = []
    for _ in 0..<3200 {
      numbers = random.normals(offsets.count)
      let largest = numbers.indices.max {
        Double(numbers[$0]) + offsets[$0] < Double(numbers[$1]) + offsets[$1]
      }
      if largest == category { return numbers }
    }
    // A very rare category: lifted just above the others.
    let top = numbers.indices.map { Double(numbers[$0]) + offsets[$0] }.max() ?? 0
    numbers[category] = Float(top - offsets[category] + 0.05)
    return numbers
  }
}

extension [Float] {
  /// The first place of a sorted array where `isBeyond` holds, by bisection.
  fileprivate func partition(_ isBeyond: (Float) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
