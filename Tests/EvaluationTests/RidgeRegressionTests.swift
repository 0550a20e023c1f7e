import Evaluation
import TensorCore
import TestSupport
import Testing

@Suite("Ridge regression")
struct RidgeRegressionTests {
  private static let truth: [Float] = [2, -1, 0.5]

  private static func problem(samples: Int) -> (features: Tensor, targets: Tensor) {
    let features = randomTensor([samples, 3], seed: 11) + 4
    let targets = (0..<samples).map { row in
      7 + truth.indices.reduce(Float(0)) { $0 + truth[$1] * features.values[row * 3 + $1] }
    }
    return (features, Tensor(targets, shape: [samples, 1]))
  }

  @Test("a linear relation is found, with its constant")
  func exact() throws {
    let (features, targets) = Self.problem(samples: 50)
    let fit = try RidgeRegression(features: features, targets: targets, penalty: 1e-9)
    for (found, expected) in zip(fit.weights[0], Self.truth) {
      #expect(abs(found - expected) < 1e-3)
    }
    #expect(abs(fit.constants[0] - 7) < 1e-2)
  }

  /// With more features than samples the system over the samples is solved; both must agree where
  /// both can be solved: at one sample more and one less than there are features.
  @Test("the penalised solution satisfies its normal equations", arguments: [2, 3, 4, 40])
  func normalEquations(samples: Int) throws {
    let (features, targets) = Self.problem(samples: samples)
    let penalty = 0.2
    let fit = try RidgeRegression(features: features, targets: targets, penalty: penalty)
    let rows = (0..<samples).map { row in
      (0..<3).map { Double(features.values[row * 3 + $0]) }
    }
    let means = (0..<3).map { k in rows.reduce(0) { $0 + $1[k] } / Double(samples) }
    var variance = 0.0
    for row in rows { for k in 0..<3 { variance += (row[k] - means[k]) * (row[k] - means[k]) } }
    let ridge = penalty * variance / Double(samples * 3) * Double(samples)
    for k in 0..<3 {
      var slope = ridge * Double(fit.weights[0][k])
      for (row, target) in zip(rows, targets.values) {
        let read =
          Double(fit.constants[0]) + zip(fit.weights[0], row).reduce(0) { $0 + Double($1.0) * $1.1 }
        slope += (row[k] - means[k]) * (read - Double(target))
      }
      #expect(abs(slope) < 1e-3 * max(1, ridge))
    }
  }

  @Test("one sample says nothing")
  func tooFew() {
    #expect(
      throws: EvaluationError.tooFewSamples(measure: "linear regression", minimum: 2, actual: 1)
    ) {
      let (features, targets) = Self.problem(samples: 1)
      _ = try RidgeRegression(features: features, targets: targets, penalty: 1)
    }
  }
}
