import Foundation
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("The perceptual loss of VGG19")
struct VGG19DistanceTests {
  /// All sixteen convolutions of torchvision's network by their numbers.
  private static let convolutions: [(number: Int, inputs: Int, outputs: Int)] = [
    (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256),
    (14, 256, 256), (16, 256, 256), (19, 256, 512), (21, 512, 512), (23, 512, 512),
    (25, 512, 512), (28, 512, 512),
  ]
  private let weights: [String: Tensor]

  init() {
    var weights: [String: Tensor] = [:]
    var random = RandomSource(seed: 3)
    for (number, inputs, outputs) in Self.convolutions {
      let deviation = (2 / Float(9 * inputs)).squareRoot()
      weights["features.\(number).weight"] =
        random.normal([outputs, inputs, 3, 3]) * deviation
      weights["features.\(number).bias"] = random.normal([outputs]) * 0.1
    }
    self.weights = weights
  }

  /// The features behind relu1_1, relu2_1, ... by plain operations.
  private func features(_ picture: Tensor) -> [Tensor] {
    var result: [Tensor] = []
    var h = picture
    for (number, _, _) in Self.convolutions {
      if [5, 10, 19, 28].contains(number) { h = h.maxPooled(kernel: 2, stride: 2) }
      guard let weight = weights["features.\(number).weight"],
        let bias = weights["features.\(number).bias"]
      else { continue }
      h = (h.convolved(with: weight, padding: 1) + bias.reshaped([bias.count, 1, 1])).rectified()
      if [0, 5, 10, 19, 28].contains(number) { result.append(h) }
    }
    return result
  }

  @Test("is the weighted sum of the mean differences of five layers")
  func value() throws {
    let (made, real) = (
      randomTensor([2, 3, 16, 32], seed: 1), randomTensor([2, 3, 16, 32], seed: 2)
    )
    let distance = try VGG19Distance(WeightTable(weights))
    var expected = 0.0
    for (index, pair) in zip(features(made), features(real)).enumerated() {
      let differences = zip(pair.0.values, pair.1.values).map { Double(($0 - $1).magnitude) }
      let mean = differences.reduce(0, +) / Double(differences.count)
      expected += mean * [1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1][index]
    }
    #expect(expected > 0.1)
    #expect(abs(Double(distance(made, to: real).item) - expected) < 1e-5 * expected)
    #expect(distance(real, to: real).item == 0)
  }

  @Test("has the gradient of plain operations")
  func gradient() throws {
    let (made, real) = (
      randomTensor([1, 3, 16, 16], seed: 1), randomTensor([1, 3, 16, 16], seed: 2)
    )
    let distance = try VGG19Distance(WeightTable(weights))
    let fast = made.copied(requiresGradient: true)
    let slopes = gradients(of: distance(fast, to: real), withRespectTo: [fast])[0]
    let plain = made.copied(requiresGradient: true)
    let total = zip(zip(features(plain), features(real)), VGG19Distance.layerWeights)
      .map { ($0.0 - $0.1.detached()).absolute().mean() * $1 }.reduce(Tensor(0), +)
    let expected = gradients(of: total, withRespectTo: [plain])[0]
    expectClose(slopes, expected, relativeToMax: 1e-3, allowingKinks: true)
  }

  /// Numbers of -1/2 to 1/2, times `scale`, that look random and are the same everywhere.
  private func scattered(_ shape: Shape, _ number: Double, _ scale: Double) -> Tensor {
    let values = (0..<shape.count).map { index -> Float in
      let value = sin(Double(index) * 12.9898 + number * 78.233) * 43758.5453
      return Float((value - value.rounded(.down) - 0.5) * scale)
    }
    return Tensor(values, shape: shape)
  }

  @Test("has the value and the gradient that PyTorch has for the same weights and pictures")
  func parity() throws {
    var weights: [String: Tensor] = [:]
    for (number, inputs, outputs) in Self.convolutions {
      let scale = (24 / Double(9 * inputs)).squareRoot()
      weights["features.\(number).weight"] =
        scattered([outputs, inputs, 3, 3], Double(number), scale)
      weights["features.\(number).bias"] = scattered([outputs], Double(number + 100), 0.2)
    }
    let made = scattered([2, 3, 48, 64], 1, 2).copied(requiresGradient: true)
    let distance = try VGG19Distance(WeightTable(weights))(
      made, to: scattered([2, 3, 48, 64], 2.5, 1.5))
    // PyTorch 2.15 in double precision.
    #expect(abs(distance.item - 0.3853274697) < 1e-5 * 0.3853274697)
    let slopes = gradients(of: distance, withRespectTo: [made])[0]
    let norm = slopes.squared().sum().item.squareRoot()
    #expect(abs(norm - 0.0310816718) < 1e-4 * 0.0310816718)
  }

  @Test("names a layer that is missing")
  func missing() {
    var fewer = weights
    fewer["features.28.bias"] = nil
    #expect(
      throws: ModelError.missingTensor(
        path: "memory", name: "features.28.bias", expected: [512])
    ) { try VGG19Distance(WeightTable(fewer)) }
  }
}
