import TensorCore

/// Batch normalisation with fixed statistics: `(x - mean) scale / sqrt(variance + epsilon) + shift`
/// for every feature, all of them `[H]`.
struct FrozenBatchNormalization {
  let scale: Tensor
  let shift: Tensor
  let mean: Tensor
  let variance: Tensor
  var epsilon: Float = 1e-5

  /// Folds this normalisation into the linear layer that reads its output: exact, because nothing
  /// stands between the two.
  func folded(into layer: PixelClassifier.Linear) -> PixelClassifier.Linear {
    let (outputs, inputs) = (layer.weight.shape[0], layer.weight.shape[1])
    check(scale.count == inputs, "batch normalisation: \(scale.count) features into \(inputs)")
    var weight = layer.weight.values
    var bias = layer.bias.values
    for output in 0..<outputs {
      var sum = Double(bias[output])
      for input in 0..<inputs {
        let slope =
          Double(scale.pointer[input])
          / (Double(variance.pointer[input]) + Double(epsilon)).squareRoot()
        let value = Double(weight[output * inputs + input])
        sum += value * (Double(shift.pointer[input]) - Double(mean.pointer[input]) * slope)
        weight[output * inputs + input] = Float(value * slope)
      }
      bias[output] = Float(sum)
    }
    return (Tensor(weight, shape: layer.weight.shape), Tensor(bias))
  }
}

extension PixelClassifier {
  /// Reads a classifier in the layout of DatasetGAN and EditGAN: `layers.{0,3,6}` linear,
  /// `layers.{2,5}` batch normalisation behind the ReLU, under any prefix (`module.` is left by
  /// parallel training, `model_state_dict.module.` by the published files). Sizes follow from the
  /// shapes (128 and 32 hidden units below 32 classes, 256 and 128 from there on).
  ///
  /// The normalisations have fixed statistics and are folded into the layers that follow.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(editGAN weights: WeightTable) throws(ModelError) {
    let first = "layers.0.weight"
    let found = weights.names.first { $0 == first || $0.hasSuffix(".\(first)") } ?? first
    let prefix = found.dropLast(".0.weight".count)
    func size(_ index: Int, _ axis: Int) -> Int {
      let shape = weights.shape(of: "\(prefix).\(index).weight") ?? []
      return shape.count == 2 ? shape[axis] : 0
    }
    func linear(_ index: Int, from inputs: Int, to outputs: Int) throws(ModelError) -> Linear {
      (
        try weights.tensor("\(prefix).\(index).weight", shape: [outputs, inputs]),
        try weights.tensor("\(prefix).\(index).bias", shape: [outputs])
      )
    }
    func normalization(_ index: Int, _ count: Int) throws(ModelError) -> FrozenBatchNormalization {
      FrozenBatchNormalization(
        scale: try weights.tensor("\(prefix).\(index).weight", shape: [count]),
        shift: try weights.tensor("\(prefix).\(index).bias", shape: [count]),
        mean: try weights.tensor("\(prefix).\(index).running_mean", shape: [count]),
        variance: try weights.tensor("\(prefix).\(index).running_var", shape: [count]))
    }
    let (h1, h2, classes) = (size(0, 0), size(3, 0), size(6, 0))
    let second = try linear(3, from: h1, to: h2)
    let third = try linear(6, from: h2, to: classes)
    self.init(
      first: try linear(0, from: size(0, 1), to: h1),
      second: try normalization(2, h1).folded(into: second),
      third: try normalization(5, h2).folded(into: third))
  }
}
