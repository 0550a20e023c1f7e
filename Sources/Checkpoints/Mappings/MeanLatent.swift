import TensorCore

/// The mean of the mapping network's results, for checkpoints that do not store it (files of
/// rosinality's training): the mean over samples, as its own scripts compute it.
enum MeanLatent {
  private static let sampleCount = 4096
  /// Widths that a mapping network may have; published ones have up to 512.
  private static let widths = 1...4096

  /// `[w]`, or nil when there is no mapping network. Always the same for the same weights.
  ///
  /// Formats spec 1.2: second-moment normalisation, then layers of
  /// sqrt(2) lrelu(x (W m / sqrt(in))^T + b m) with m = 0.01.
  static func estimate(
    _ tensors: [String: CheckpointTensor]
  ) throws(CheckpointError) -> CheckpointTensor? {
    let multiplier: Float = 0.01
    var layers: [(weight: Tensor, bias: Tensor)] = []
    while let weight = tensors["mapping.fc\(layers.count).weight"],
      let bias = tensors["mapping.fc\(layers.count).bias"]
    {
      guard weight.shape.count == 2, weight.shape.allSatisfy(widths.contains),
        bias.shape == [weight.shape[0]],
        layers.last.map({ $0.bias.shape[0] == weight.shape[1] }) ?? true
      else { return nil }
      layers.append((try weight.tensor(), try bias.tensor()))
    }
    guard let input = layers.first?.weight.shape[1] else { return nil }
    return withoutRecording {
      var random = RandomSource(seed: 0)
      var x = random.normal([sampleCount, input])
      let power = x.squared().mean(axes: [1], keepingAxes: true)
      x = x * (power + 1e-8).reciprocalSquareRoot()
      for (weight, bias) in layers {
        let scale = multiplier / Float(weight.shape[1]).squareRoot()
        let product = x.matrixProduct(weight, transposingOther: true)
        x = (product * scale + bias * multiplier)
          .leakyReLU(slope: 0.2, gain: Float(2).squareRoot())
      }
      return CheckpointTensor(x.mean(axes: [0]))
    }
  }
}
