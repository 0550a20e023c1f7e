import TensorCore

/// How often pixels of each class were given each class, over any number of masks.
///
/// All masks of a test set go into one matrix before a score is taken, so that rare classes are
/// judged by all of their pixels.
public struct ConfusionMatrix: Equatable, Sendable {
  /// How many classes there are.
  public let classCount: Int
  private var counts: [Int]

  /// A matrix of zeros.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
  }

  /// How many pixels of class `expected` were given class `predicted`.
  public subscript(expected expected: Int, predicted predicted: Int) -> Int {
    counts[expected * classCount + predicted]
  }

  /// Counts the pixels of one mask.
  ///
  /// - Parameters:
  ///   - predicted: a class for each pixel.
  ///   - expected: the true class of each pixel, as many.
  ///   - region: flags of the pixels that count; all when nil.
  /// - Throws: `EvaluationError.unknownLabel`; nothing is counted then.
  public mutating func add(
    predicted: [UInt8], expected: [UInt8], where region: [Bool]? = nil
  ) throws(EvaluationError) {
    check(
      predicted.count == expected.count && (region.map { $0.count == expected.count } ?? true),
      "confusion matrix: \(predicted.count) predicted and \(expected.count) expected labels, "
        + "\(region?.count ?? expected.count) flags")
    for labels in [predicted, expected] {
      if let pixel = labels.firstIndex(where: { Int($0) >= classCount }) {
        throw .unknownLabel(label: Int(labels[pixel]), classCount: classCount, pixel: pixel)
      }
    }
    for pixel in expected.indices where region?[pixel] ?? true {
      counts[Int(expected[pixel]) * classCount + Int(predicted[pixel])] += 1
    }
  }

  /// Adds the counts of another matrix of the same classes.
  public mutating func add(_ other: ConfusionMatrix) {
    check(
      other.classCount == classCount,
      "confusion matrix: \(classCount) classes plus \(other.classCount) classes")
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// How many pixels were counted.
  public var pixelCount: Int { counts.reduce(0, +) }

  /// How many pixels truly are of `label`.
  public func expectedCount(of label: Int) -> Int {
    (0..<classCount).reduce(0) { $0 + counts[label * classCount + $1] }
  }

  /// How many pixels were given `label`.
  public func predictedCount(of label: Int) -> Int {
    (0..<classCount).reduce(0) { $0 + counts[$1 * classCount + label] }
  }

  /// The part of the pixels that were given their class, 0...1; nil without pixels.
  public var pixelAccuracy: Double? {
    let total = pixelCount
    if total == 0 { return nil }
    return Double((0..<classCount).reduce(0) { $0 + self[expected: $1, predicted: $1] })
      / Double(total)
  }

  /// Intersection over union of the true and the predicted pixels of `label`, 0...1; nil when it
  /// occurs in neither.
  public func intersectionOverUnion(of label: Int) -> Double? {
    let intersection = self[expected: label, predicted: label]
    let union = expectedCount(of: label) + predictedCount(of: label) - intersection
    return union == 0 ? nil : Double(intersection) / Double(union)
  }

  /// Intersection over union of the union of several classes (for instance all classes of the
  /// mouth); confusing one of them with another is no mistake.
  public func intersectionOverUnion(ofAnyOf labels: Set<Int>) -> Double? {
    var intersection = 0
    var union = 0
    for expected in 0..<classCount {
      for predicted in 0..<classCount {
        let count = self[expected: expected, predicted: predicted]
        let (isExpected, isPredicted) = (labels.contains(expected), labels.contains(predicted))
        if isExpected && isPredicted { intersection += count }
        if isExpected || isPredicted { union += count }
      }
    }
    return union == 0 ? nil : Double(intersection) / Double(union)
  }

  /// The classes with more than `minimumShare` of the true pixels.
  public func presentClasses(above minimumShare: Double = 0) -> [Int] {
    let total = Double(max(pixelCount, 1))
    return (0..<classCount).filter { Double(expectedCount(of: $0)) / total > minimumShare }
  }

  /// The mean intersection over union of the classes with more than `minimumShare` of the true
  /// pixels (0.001: the classes above 0.1 %; 0: all that are present); nil when there are none.
  public func meanIntersectionOverUnion(above minimumShare: Double = 0) -> Double? {
    let scores = presentClasses(above: minimumShare).compactMap(intersectionOverUnion(of:))
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }
}
