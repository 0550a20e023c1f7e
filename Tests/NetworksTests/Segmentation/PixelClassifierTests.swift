import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Pixel classifier")
struct PixelClassifierTests {
  private static func editGANWeights(prefix: String) -> [String: Tensor] {
    var random = RandomSource(seed: 1)
    var weights: [String: Tensor] = [:]
    for (index, outputs, inputs) in [(0, 12, 5), (3, 8, 12), (6, 4, 8)] {
      weights["\(prefix)\(index).weight"] = random.normal([outputs, inputs])
      weights["\(prefix)\(index).bias"] = random.normal([outputs])
    }
    for (index, count) in [(2, 12), (5, 8)] {
      weights["\(prefix)\(index).weight"] = random.normal([count])
      weights["\(prefix)\(index).bias"] = random.normal([count])
      weights["\(prefix)\(index).running_mean"] = random.normal([count])
      weights["\(prefix)\(index).running_var"] = random.uniform([count], from: 0.3, to: 3)
      weights["\(prefix)\(index).num_batches_tracked"] = Tensor(7)
    }
    return weights
  }

  /// Linear, ReLU, normalisation, twice, then linear: one step after the other.
  @Test(arguments: ["module.layers.", "layers."])
  func foldingTheNormalizationChangesNothing(prefix: String) throws {
    let weights = Self.editGANWeights(prefix: prefix)
    func value(_ name: String) throws -> Tensor { try #require(weights[prefix + name]) }
    func column(_ name: String) throws -> Tensor {
      let tensor = try value(name)
      return tensor.reshaped([tensor.count, 1])
    }
    func linear(_ index: Int, _ x: Tensor) throws -> Tensor {
      try value("\(index).weight").matrixProduct(x) + column("\(index).bias")
    }
    func normalized(_ index: Int, _ x: Tensor) throws -> Tensor {
      try (x - column("\(index).running_mean"))
        * (column("\(index).running_var") + 1e-5).reciprocalSquareRoot()
        * column("\(index).weight") + column("\(index).bias")
    }
    let features = randomTensor([5, 33], seed: 2)
    let h = try normalized(2, try linear(0, features).rectified())
    let expected = try linear(6, try normalized(5, try linear(3, h).rectified()))
    let classifier = try PixelClassifier(editGAN: WeightTable(weights))
    expectClose(classifier(features), expected, relativeToMax: 2e-6)
  }

  @Test func aMissingStatisticIsAnErrorThatNamesIt() {
    var weights = Self.editGANWeights(prefix: "module.layers.")
    weights["module.layers.5.running_var"] = nil
    #expect(
      throws: ModelError.missingTensor(
        path: "memory", name: "module.layers.5.running_var", expected: [8])
    ) { try PixelClassifier(editGAN: WeightTable(weights)) }
  }

  @Test func gradientEqualsFiniteDifferences() throws {
    let classifier = try PixelClassifier(
      editGAN: WeightTable(Self.editGANWeights(prefix: "layers.")))
    let slope = randomTensor([4, 6], seed: 3)
    expectGradients(
      of: { (classifier($0[0]) * slope).sum() }, at: [randomTensor([5, 6], seed: 4)], step: 1e-3)
  }
}
