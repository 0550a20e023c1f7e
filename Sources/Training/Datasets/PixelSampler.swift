import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Chooses pixels to train on: rare classes more often than their share, and weights that make up
/// for it.
///
/// A pixel's chance falls with the root of how common its class is. Its weight is such that the loss
/// is, on average, that of classes whose shares are `share^(1 - balance)`: with `balance` 0 the plain
/// cross-entropy of all pixels, with 1 that of equally common classes.
struct PixelSampler {
  /// How many classes there are.
  let classCount: Int
  /// The weight of a pixel in the loss, by class; 1 on average.
  let weights: [Float]
  private let chances: [Double]
  private let positions: [[[Int]]]

  /// A sampler for pictures whose pixels have these classes (`Annotation.unlabeled` for none).
  init(_ pictures: [[UInt8]], classCount: Int, balance: Double) {
    self.classCount = classCount
    let positions = pictures.map { labels in
      var positions = [[Int]](repeating: [], count: classCount)
      for (pixel, label) in labels.enumerated() where label != Annotation.unlabeled {
        positions[Int(label)].append(pixel)
      }
      return positions
    }
    self.positions = positions
    let counts = (0..<classCount).map { k in
      Double(positions.reduce(0) { $0 + $1[k].count })
    }
    let total = max(counts.reduce(0, +), 1)
    let shares = counts.map { $0 / total }
    let chances = shares.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    self.chances = chances
    let sampled = zip(shares, chances).map { $0 * $1 }
    let sampledTotal = max(sampled.reduce(0, +), 1e-30)
    let wanted = shares.map { share in share > 0 ? pow(share, 1 - balance) : 0 }
    let wantedTotal = max(wanted.reduce(0, +), 1e-30)
    weights = zip(wanted, sampled).map { wanted, sampled in
      sampled > 0 ? Float(wanted / wantedTotal / (sampled / sampledTotal)) : 0
    }
  }

  /// Different pixels of one picture, at most `count`; fewer when it has fewer labelled ones.
  func draw(_ picture: Int, count: Int, _ random: inout RandomSource) -> [Int] {
    let lists = positions[picture]
    let available = lists.reduce(0) { $0 + $1.count }
    if available <= count { return lists.flatMap { $0 } }
    var quotas = [Int](repeating: 0, count: classCount)
    var left = count
    // A class that has fewer pixels than its part gives the rest to the others.
    while left > 0 {
      let open = lists.indices.filter { quotas[$0] < lists[$0].count }
      let total = open.reduce(0.0) { $0 + Double(lists[$1].count) * chances[$1] }
      var given = 0
      for k in open {
        let part = Double(left) * Double(lists[k].count) * chances[k] / total
        let quota = min(lists[k].count - quotas[k], Int(part))
        quotas[k] += quota
        given += quota
      }
      if given == 0 {
        for k in open.prefix(left) { quotas[k] += 1 }
        given = min(left, open.count)
      }
      left -= given
    }
    return lists.indices.flatMap { k in Self.choose(quotas[k], of: lists[k], &random) }
  }

  private static func choose(_ count: Int, of list: [Int], _ random: inout RandomSource) -> [Int] {
    var list = list
    for index in 0..<count {
      list.swapAt(index, Int.random(in: index..<list.count, using: &random))
    }
    return Array(list.prefix(count))
  }
}
