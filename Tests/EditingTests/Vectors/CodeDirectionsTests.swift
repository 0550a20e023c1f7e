import Editing
import TensorCore
import Testing

@Suite("Directions found from codes")
struct CodeDirectionsTests {
  private func code(_ values: [Float]) -> WPlus { WPlus(rowCount: 2, width: 2, values: values) }

  @Test func theMeanDifferenceOfPairs() throws {
    let direction = try CodeDirections.meanDifference([
      (before: code([0, 0, 0, 0]), after: code([1, 2, 0, 0])),
      (before: code([1, 1, 1, 1]), after: code([4, 1, 1, -1])),
    ])
    #expect(direction.values == [2, 1, 0, -1])
    #expect(throws: EditingError.nothingToLearn) { try CodeDirections.meanDifference([]) }
  }

  @Test func severalVectorsOfOneSetOfEdits() throws {
    let (a, b) = (code([1, 2, 3, 4]), code([0, -1, 5, 2]))
    func edit(_ x: Float, _ y: Float) -> (strengths: [Float], difference: WPlus) {
      ([x, y], a * x + b * y)
    }
    let found = try CodeDirections.leastSquares([edit(1, 0), edit(1, 1), edit(-1, 2), edit(0.5, 0)])
    for (vector, expected) in zip(found, [a, b]) {
      for (x, y) in zip(vector.values, expected.values) { #expect(abs(x - y) < 0.01) }
    }
    let one = try CodeDirections.leastSquares([([1], a), ([1], b)])
    #expect(one == [try CodeDirections.meanDifference([(code([0, 0, 0, 0]), a), (a, a + b)])])
  }

  /// Of edits that take one thing away and add another only differences can be known: the shortest
  /// vectors have the sum 0.
  @Test func exchangesGiveVectorsAroundTheirMean() throws {
    let truths = [code([3, 0, 0, 0]), code([0, 3, 0, 0]), code([0, 0, 3, 0])]
    var edits: [(strengths: [Float], difference: WPlus)] = []
    for (from, to) in [(0, 1), (1, 2), (2, 0), (0, 2)] {
      var strengths: [Float] = [0, 0, 0]
      (strengths[from], strengths[to]) = (-1, 1)
      edits.append((strengths, truths[to] - truths[from]))
    }
    let found = try CodeDirections.leastSquares(edits)
    let expected: [[Float]] = [[2, -1, -1, 0], [-1, 2, -1, 0], [-1, -1, 2, 0]]
    for (vector, values) in zip(found, expected) {
      for (x, y) in zip(vector.values, values) { #expect(abs(x - y) < 0.02) }
    }
    #expect(throws: EditingError.nothingToLearn) {
      try CodeDirections.leastSquares([([1, 0], truths[0])])
    }
    #expect(throws: EditingError.nothingToLearn) { try CodeDirections.leastSquares([]) }
  }

  /// Two clouds that differ along one axis and scatter widely along another.
  @Test func theBoundaryIgnoresWhatBothSetsShare() throws {
    var random = RandomSource(seed: 5)
    func cloud(_ centre: Float) -> [WPlus] {
      (0..<60).map { _ in
        let noise = random.normals(4)
        return code([centre + 0.1 * noise[0], 5 * noise[1], 0.1 * noise[2], 0.1 * noise[3]])
      }
    }
    let direction = try CodeDirections.linearBoundary(
      positive: cloud(1), negative: cloud(-1), penalty: 1e-3)
    #expect(abs(direction.values[0] - 2) < 0.1)
    for index in 1..<4 { #expect(abs(direction.values[index]) < 0.15) }
    #expect(throws: EditingError.nothingToLearn) {
      try CodeDirections.linearBoundary(positive: cloud(1), negative: [])
    }
  }

  @Test func orthogonalizingTakesOutTheOthersOnly() {
    let kept = [code([1, 0, 0, 0]), code([1, 1, 0, 0]), code([2, 0, 0, 0])]
    let rest = CodeDirections.orthogonalized(code([3, 4, 5, 6]), against: kept)
    for (found, expected) in zip(rest.values, [0, 0, 5, 6] as [Float]) {
      #expect(abs(found - expected) < 1e-5)
    }
    #expect(CodeDirections.orthogonalized(code([3, 4, 5, 6]), against: []).values == [3, 4, 5, 6])
  }
}
