import Networks
import TensorCore
import TestSupport
import Testing

/// The branch against the plain way: all features brought to one size, stacked, and every member
/// applied to every pixel.
@Suite("Segmentation branch")
struct SegmentationBranchTests {
  /// Feature maps of odd sizes and an ensemble with layers that do not fill blocks of 16.
  private struct Setup {
    let side: Int
    let branch: SegmentationBranch
    let maps: [(side: Int, tensor: Tensor)]
    let classes = 5

    init(side: Int, members: Int = 3, hidden: (Int, Int) = (21, 7)) {
      self.side = side
      let shapes = [(side / 4, 20), (side / 2, 9), (side / 2, 16), (side, 7), (side, 18)]
      maps = shapes.enumerated().map { index, shape in
        (shape.0, randomTensor([1, shape.1, shape.0, shape.0], seed: UInt64(index)))
      }
      let total = shapes.map(\.1).reduce(0, +)
      let classes = self.classes
      branch = SegmentationBranch(
        members: (0..<members).map { member in
          func linear(_ outputs: Int, _ inputs: Int, _ layer: UInt64) -> (Tensor, Tensor) {
            let seed = UInt64(member) * 10 + layer
            return (
              randomTensor([outputs, inputs], seed: 100 + seed)
                * (1 / Float(inputs).squareRoot()), randomTensor([outputs], seed: 200 + seed)
            )
          }
          return .init(
            first: linear(hidden.0, total, 0), second: linear(hidden.1, hidden.0, 1),
            third: linear(classes, hidden.1, 2))
        }, featureChannels: shapes.map(\.1), resolution: side)
    }

    func features(_ tensors: [Tensor], _ layout: FeatureMap.Layout) -> [FeatureMap] {
      zip(maps, tensors).map { map, tensor in
        FeatureMap(
          name: "map", resolution: map.side, channels: tensor.shape[1],
          tensor: layout == .planar ? tensor : tensor.blocked(), layout: layout)
      }
    }

    /// Class scores `[K, side * side]` of the stacked features.
    func plainScores(_ tensors: [Tensor]) -> Tensor {
      let stacked = Tensor.concatenated(
        tensors.map { $0.resizedBilinear(height: side, width: side) }, axis: 1
      ).reshaped([tensors.map { $0.shape[1] }.reduce(0, +), side * side])
      let scores = branch.members.map { member in
        PixelClassifier(first: member.first, second: member.second, third: member.third)(stacked)
      }
      return scores.dropFirst().reduce(scores[0], +) * (1 / Float(scores.count))
    }

    /// Weights that are zero outside of a rectangle and at some pixels inside.
    func weights(_ rectangle: PixelRectangle) -> [Float] {
      (0..<side * side).map {
        let (row, column) = $0.quotientAndRemainder(dividingBy: side)
        let inside = rectangle.rows.contains(row) && rectangle.columns.contains(column)
        return inside && $0 % 7 != 0 ? 1 / Float($0 % 3 + 1) : 0
      }
    }
  }

  @Test(arguments: [FeatureMap.Layout.planar, .blocked])
  func scoresAreThoseOfTheStackedFeatures(layout: FeatureMap.Layout) {
    let setup = Setup(side: 24)
    let tensors = setup.maps.map(\.tensor)
    let expected = setup.plainScores(tensors)
    let features = setup.features(tensors, layout)
    expectClose(setup.branch.scores(features), expected, relativeToMax: 1e-5)
    let rectangle = PixelRectangle(rows: 3..<17, columns: 5..<22)
    let wanted = Tensor(
      (0..<setup.classes).flatMap { k in
        rectangle.rows.flatMap { row in
          rectangle.columns.map { expected.values[(k * 24 + row) * 24 + $0] }
        }
      }, shape: [setup.classes, rectangle.count])
    expectClose(setup.branch.scores(features, in: rectangle), wanted, relativeToMax: 1e-5)
  }

  @Test func labelsAreTheMostProbableClasses() {
    let setup = Setup(side: 16, members: 1)
    let tensors = setup.maps.map(\.tensor)
    let scores = setup.plainScores(tensors).values
    let labels = setup.branch.labels(setup.features(tensors, .blocked))
    for pixel in 0..<256 {
      let own = scores[Int(labels[pixel]) * 256 + pixel]
      #expect((0..<setup.classes).allSatisfy { scores[$0 * 256 + pixel] <= own + 1e-4 })
    }
  }

  /// One member, several members, several patches and strips; both layouts.
  @Test(arguments: [
    (24, 3, PixelRectangle(rows: 3..<17, columns: 5..<22)),
    (24, 1, PixelRectangle(rows: 0..<24, columns: 0..<24)),
    (144, 2, PixelRectangle(rows: 2..<140, columns: 1..<144)),
  ])
  func lossAndGradientsAreThoseOfTheStackedFeatures(
    side: Int, members: Int, rectangle: PixelRectangle
  ) {
    let setup = Setup(side: side, members: members)
    let weights = setup.weights(rectangle)
    let targets = (0..<side * side).map { UInt8($0 % setup.classes) }
    let leaves = setup.maps.map { $0.tensor.detached(requiresGradient: true) }
    let expected = setup.plainScores(leaves).crossEntropy(
      targets: targets.map(Int32.init), weights: weights)
    let expectedGradients = gradients(
      of: expected, withRespectTo: leaves, seed: Tensor(0.5))
    for layout in [FeatureMap.Layout.planar, .blocked] {
      let loss = setup.branch.crossEntropy(
        setup.features(leaves, layout), targets: targets, weights: weights)
      #expect(abs(loss.item - expected.item) <= 1e-5 * expected.item)
      let found = gradients(of: loss, withRespectTo: leaves, seed: Tensor(0.5))
      for (index, pair) in zip(found, expectedGradients).enumerated() {
        expectClose(pair.0, pair.1, relativeToMax: 1e-5, allowingKinks: true, "map \(index)")
      }
    }
  }

  @Test func resultsDoNotDependOnTheThreads() {
    let setup = Setup(side: 24)
    let weights = setup.weights(PixelRectangle(rows: 1..<20, columns: 2..<23))
    let targets = [UInt8](repeating: 2, count: 24 * 24)
    func values(threads: Int) -> [[Float]]? {
      withSettings(threads: threads) {
        let leaves = setup.maps.map { $0.tensor.detached(requiresGradient: true) }
        let loss = setup.branch.crossEntropy(
          setup.features(leaves, .blocked), targets: targets, weights: weights)
        return [loss.values] + gradients(of: loss, withRespectTo: leaves).map(\.values)
      }
    }
    #expect(values(threads: 1) == values(threads: 3))
  }

  @Test func nothingWeightedCostsNothing() {
    let setup = Setup(side: 16)
    let loss = setup.branch.crossEntropy(
      setup.features(setup.maps.map(\.tensor), .planar),
      targets: [UInt8](repeating: 0, count: 256), weights: [Float](repeating: 0, count: 256))
    #expect(loss.item == 0)
  }
}
