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
