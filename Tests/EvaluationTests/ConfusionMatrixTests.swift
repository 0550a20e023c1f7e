import Evaluation
import Testing

@Suite("Confusion matrix")
struct ConfusionMatrixTests {
  private static let expected: [UInt8] = [0, 0, 0, 0, 1, 1, 2, 0]
  private static let predicted: [UInt8] = [0, 0, 0, 1, 1, 2, 2, 0]

  private func matrix() throws -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classCount: 4)
    try matrix.add(predicted: Self.predicted, expected: Self.expected)
    return matrix
  }

  @Test func scoresOfOneMask() throws {
    let matrix = try matrix()
    #expect(matrix[expected: 0, predicted: 1] == 1)
    #expect(matrix.pixelCount == 8)
    #expect(matrix.pixelAccuracy == 6.0 / 8)
    #expect(matrix.intersectionOverUnion(of: 0) == 4.0 / 5)
    #expect(matrix.intersectionOverUnion(of: 1) == 1.0 / 3)
    #expect(matrix.intersectionOverUnion(of: 2) == 1.0 / 2)
    #expect(matrix.intersectionOverUnion(of: 3) == nil)
    #expect(matrix.meanIntersectionOverUnion() == (4.0 / 5 + 1.0 / 3 + 1.0 / 2) / 3)
  }

  @Test func rareClassesCanBeLeftOut() throws {
    let matrix = try matrix()
    #expect(matrix.presentClasses(above: 0.125) == [0, 1])
    #expect(matrix.meanIntersectionOverUnion(above: 0.125) == (4.0 / 5 + 1.0 / 3) / 2)
    #expect(matrix.meanIntersectionOverUnion(above: 1) == nil)
  }

  @Test func classesCanBeJudgedTogether() throws {
    let matrix = try matrix()
    #expect(matrix.intersectionOverUnion(ofAnyOf: [1, 2]) == 3.0 / 4)
    #expect(matrix.intersectionOverUnion(ofAnyOf: [3]) == nil)
  }

  @Test func aSetOfMasksIsOneMatrix() throws {
    var whole = try matrix()
    try whole.add(predicted: [3, 3], expected: [3, 0])
    var parts = ConfusionMatrix(classCount: 4)
    try parts.add(predicted: [3, 3], expected: [3, 0])
    parts.add(try matrix())
    #expect(whole == parts)
    #expect(whole.pixelCount == 10)
  }

  @Test func onlyTheRegionCounts() throws {
    var matrix = ConfusionMatrix(classCount: 4)
    try matrix.add(
      predicted: Self.predicted, expected: Self.expected,
      where: Self.expected.map { $0 == 1 })
    #expect(matrix.pixelCount == 2)
    #expect(matrix.pixelAccuracy == 0.5)
  }

  @Test func withoutPixelsThereIsNoScore() {
    #expect(ConfusionMatrix(classCount: 2).pixelAccuracy == nil)
    #expect(ConfusionMatrix(classCount: 2).meanIntersectionOverUnion() == nil)
  }

  @Test func aClassNumberTooLargeIsAnErrorAndCountsNothing() {
    var matrix = ConfusionMatrix(classCount: 4)
    let error = #expect(throws: EvaluationError.self) {
      try matrix.add(predicted: [0, 1], expected: [0, 4])
    }
    #expect(
      error?.description
        == "label 4 at pixel 1 is not one of the 4 classes (0...3); use a mask of the same domain")
    #expect(matrix.pixelCount == 0)
  }
}
