import Layers
import Networks
import TensorCore

/// One pixel classifier of an ensemble in training, on standardised features.
final class SegmenterMember {
  /// Weights and biases of the three layers.
  let parameters: [String: Tensor]
  let optimizer: AdamOptimizer
  let average: ExponentialMovingAverage
  private let classifier: PixelClassifier

  /// A classifier with random weights (He's initialisation for ReLUs).
  init(
    features: Int, hidden: (Int, Int), classCount: Int, seed: UInt64, stream: UInt64,
    averageDecay: Float
  ) {
    var random = RandomSource(seed: seed, stream: stream)
    var parameters: [String: Tensor] = [:]
    func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> PixelClassifier.Linear {
      let scale = (2 / Float(inputs)).squareRoot()
      let weight = (random.normal([outputs, inputs]) * scale).detached(requiresGradient: true)
      let bias = Tensor.zeros([outputs]).detached(requiresGradient: true)
      parameters["\(name).weight"] = weight
      parameters["\(name).bias"] = bias
      return (weight, bias)
    }
    classifier = PixelClassifier(
      first: linear("fc0", hidden.0, features), second: linear("fc1", hidden.1, hidden.0),
      third: linear("fc2", classCount, hidden.1))
    self.parameters = parameters
    optimizer = AdamOptimizer(parameters, beta1: 0.9, beta2: 0.99)
    average = ExponentialMovingAverage(of: parameters, decay: averageDecay)
  }

  /// Changes the weights by one step.
  ///
  /// - Parameters:
  ///   - features: a row for each pixel, `[P, C]`.
  ///   - weights: a weight for each pixel.
  /// - Returns: the loss before the step.
  func train(_ features: Tensor, targets: [Int32], weights: [Float], rate: Float) -> Float {
    let scores = classifier.scores(ofRows: features)
    let loss = scores.crossEntropy(targets: targets, weights: weights)
    let value = loss.item
    guard value.isFinite else { return value }
    optimizer.update(gradients(of: loss, withRespectTo: optimizer.parameters), rate: rate)
    average.update(from: parameters, step: optimizer.step)
    return value
  }

  /// The classifier with given weights, for features that are not standardised.
  static func member(_ weights: [String: Tensor], _ statistics: FeatureStandardization)
    -> SegmentationBranch.Member
  {
    func tensor(_ name: String) -> Tensor {
      guard let tensor = weights[name] else { fatalError("segmenter: no weight '\(name)'") }
      return tensor
    }
    func linear(_ name: String) -> PixelClassifier.Linear {
      (tensor("\(name).weight"), tensor("\(name).bias"))
    }
    return SegmentationBranch.Member(
      first: statistics.folded(into: linear("fc0")), second: linear("fc1"), third: linear("fc2"))
  }
}
