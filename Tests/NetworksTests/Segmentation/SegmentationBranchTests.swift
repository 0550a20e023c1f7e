import Networks
import TensorCore
import TestSupport
import Testing

/// A small branch on three feature maps of 4, 8 and 16 pixels, working at 16.
private struct SmallBranch {
  let features: [FeatureMap]
  let branch: SegmentationBranch

  init(members: Int, tracking: Bool = false) {
    var random = RandomSource(seed: 5)
    features = [(6, 4), (5, 8), (4, 8), (3, 16)].enumerated().map { index, size in
      FeatureMap(
        name: "f\(index)", resolution: size.1, channels: size.0,
        tensor: random.normal([1, size.0, size.1, size.1])
          .detached(requiresGradient: tracking))
    }
    let layers = (0..<members).map { _ in
      SegmentationBranch.Member(
        first: (random.normal([7, 18]), random.normal([7])),
        second: (random.normal([6, 7]), random.normal([6])),
        third: (random.normal([5, 6]), random.normal([5])))
    }
    branch = SegmentationBranch(
      members: layers, featureChannels: features.map(\.channels), resolution: 16)
  }

  /// The definition: enlarge every map, stack all channels, run each MLP on each pixel, mean scores.
  func naiveScores() -> Tensor {
    let column = Tensor.concatenated(
      features.map { $0.tensor.resizedBilinear(height: 16, width: 16) }, axis: 1
    ).reshaped([18, 256])
    let scores = branch.members.map { member in
      var h = (member.first.weight.matrixProduct(column) + member.first.bias.reshaped([7, 1]))
        .rectified()
      h = (member.second.weight.matrixProduct(h) + member.second.bias.reshaped([6, 1])).rectified()
      return member.third.weight.matrixProduct(h) + member.third.bias.reshaped([5, 1])
    }
    return scores.dropFirst().reduce(scores[0], +) * (1 / Float(scores.count))
  }
}

private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

@Suite("Segmentation branch")
struct SegmentationBranchTests {
  @Test(arguments: [1, 3])
  func equalsTheStackedHypercolumn(members: Int) {
    let small = SmallBranch(members: members)
    let scores = small.branch.scores(small.features)
    #expect(scores.shape == [5, 256])
    #expect(largestDifference(scores, small.naiveScores()) < 1e-4)
  }

  @Test func aRectangleHasTheScoresOfTheWholePicture() {
    let small = SmallBranch(members: 2)
    let whole = small.naiveScores()
    let area = PixelRectangle(rows: 3..<11, columns: 5..<14)
    let part = small.branch.scores(small.features, in: area)
    for k in 0..<5 {
      for (index, row) in area.rows.enumerated() {
        for (offset, column) in area.columns.enumerated() {
          let a = part.values[(k * 8 + index) * 9 + offset]
          let b = whole.values[k * 256 + row * 16 + column]
          #expect(abs(a - b) < 1e-4)
        }
      }
    }
  }

  @Test func labelsAreTheHighestScores() {
    let small = SmallBranch(members: 1)
    let scores = small.naiveScores()
    let labels = small.branch.labels(small.features)
    for pixel in 0..<256 {
      let column = (0..<5).map { scores.values[$0 * 256 + pixel] }
      #expect(column[Int(labels[pixel])] == column.max())
    }
  }

  @Test func crossEntropyAndItsGradientEqualTheNaiveOnes() {
    let small = SmallBranch(members: 2, tracking: true)
    let targets = (0..<256).map { UInt8($0 * 7 % 5) }
    let weights = (0..<256).map { index -> Float in
      let (row, column) = (index / 16, index % 16)
      return (4..<13).contains(row) && (2..<9).contains(column) && index % 3 != 0 ? 0.02 : 0
    }
    let inputs = small.features.map(\.tensor)
    let fast = small.branch.crossEntropy(small.features, targets: targets, weights: weights)
    let naive = small.naiveScores().crossEntropy(targets: targets.map(Int32.init), weights: weights)
    #expect(abs(fast.item - naive.item) < 1e-4 * abs(naive.item))
    let a = gradients(of: fast, withRespectTo: inputs)
    let b = gradients(of: naive, withRespectTo: inputs)
    for (x, y) in zip(a, b) {
      #expect(largestDifference(x, y) < 1e-4 * (y.values.map(abs).max() ?? 0))
    }
  }

  @Test func noWeightNoLoss() {
    let small = SmallBranch(members: 1, tracking: true)
    let loss = small.branch.crossEntropy(
      small.features, targets: [UInt8](repeating: 0, count: 256),
      weights: [Float](repeating: 0, count: 256))
    #expect(loss.item == 0)
  }
}
