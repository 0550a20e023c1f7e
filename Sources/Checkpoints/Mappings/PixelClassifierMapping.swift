/// One pixel classifier of EditGAN or DatasetGAN: `layers.{0,3,6}` linear, a ReLU and batch
/// normalisation (`layers.{2,5}`) behind the first two (formats spec 1.10).
///
/// The normalisations, which have fixed statistics, are folded into the layers that follow: exact,
/// because nothing stands between the two. Result: `segmentation.fc{0,1,2}.*`.
enum PixelClassifierMapping {
  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    guard let first = draft.shape("layers.0.weight"), first.count == 2,
      let second = draft.shape("layers.3.weight"), second.count == 2
    else { throw draft.unsupported("a classifier has linear layers 0, 3 and 6") }
    try draft.take("layers.0.weight", as: "segmentation.fc0.weight", shape: [nil, nil])
    try draft.take("layers.0.bias", as: "segmentation.fc0.bias", shape: [first[0]])
    try fold(&draft, 2, into: 3, as: "segmentation.fc1", inputs: first[0])
    try fold(&draft, 5, into: 6, as: "segmentation.fc2", inputs: second[0])
    draft.configuration["segmentation"] = .object([
      "hidden": .integers([first[0], second[0]]),
      "feature_count": .integer(first[1]),
    ])
  }

  private static func fold(
    _ draft: inout MappingDraft, _ normalization: Int, into layer: Int, as target: String,
    inputs: Int
  ) throws(CheckpointError) {
    let name = "layers.\(normalization)"
    let scale = try draft.use("\(name).weight", shape: [inputs])
    let shift = try draft.use("\(name).bias", shape: [inputs])
    let mean = try draft.use("\(name).running_mean", shape: [inputs])
    let variance = try draft.use("\(name).running_var", shape: [inputs])
    let weight = try draft.use("layers.\(layer).weight", shape: [nil, inputs])
    guard let scale, let shift, let mean, let variance, let weight,
      let bias = try draft.use("layers.\(layer).bias", shape: [weight.shape[0]])
    else { return }
    let (slopes, offsets) = try affine(scale, shift, mean, variance)
    var weights = try weight.floats()
    var biases = try bias.floats()
    for output in biases.indices {
      var sum = Double(biases[output])
      for input in 0..<inputs {
        let value = Double(weights[output * inputs + input])
        sum += value * offsets[input]
        weights[output * inputs + input] = Float(value * slopes[input])
      }
      biases[output] = Float(sum)
    }
    draft.add(CheckpointTensor(floats: weights, shape: weight.shape), as: "\(target).weight")
    draft.add(CheckpointTensor(floats: biases, shape: bias.shape), as: "\(target).bias")
  }

  /// Batch normalisation with fixed statistics as x * slope + offset for each feature
  /// (epsilon 1e-5, PyTorch's default).
  private static func affine(
    _ scale: CheckpointTensor, _ shift: CheckpointTensor, _ mean: CheckpointTensor,
    _ variance: CheckpointTensor
  ) throws(CheckpointError) -> (slopes: [Double], offsets: [Double]) {
    let (scale, shift) = (try scale.floats(), try shift.floats())
    let (mean, variance) = (try mean.floats(), try variance.floats())
    let slopes = scale.indices.map {
      Double(scale[$0]) / (Double(variance[$0]) + 1e-5).squareRoot()
    }
    let offsets = scale.indices.map { Double(shift[$0]) - Double(mean[$0]) * slopes[$0] }
    return (slopes, offsets)
  }
}
