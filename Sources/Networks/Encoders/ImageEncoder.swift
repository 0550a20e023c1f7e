import Layers
import TensorCore

/// The encoder of the demo models: strided 3x3 convolutions, then two linear layers that give an
/// offset from the mean latent for every row of W+.
public final class ImageEncoder: LatentEncoder {
  /// Convolution weights `[K, C, 3, 3]` and biases `[K]`, first layer first.
  public let convolutions: [(weight: Tensor, bias: Tensor)]
  /// The linear layers: weights `[out, in]` and biases `[out]`.
  public let linear: [(weight: Tensor, bias: Tensor)]
  /// The mean latent `[w]` that the output is an offset from.
  public let meanLatent: Tensor
  /// Rows of W+.
  public let rowCount: Int
  /// Side of the pictures it reads.
  public let resolution: Int
  /// Slope of the leaky ReLU after every layer but the last.
  public static let slope: Float = 0.2

  /// Reads `encoder.conv{i}.*` and `encoder.fc{i}.*`.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(_ weights: WeightTable, resolution: Int, rowCount: Int, meanLatent: Tensor)
    throws(ModelError)
  {
    var convolutions: [(weight: Tensor, bias: Tensor)] = []
    var channels = 3
    var side = resolution
    while let shape = weights.shape(of: "encoder.conv\(convolutions.count).weight") {
      let name = "encoder.conv\(convolutions.count)"
      let outputs = shape.first ?? 0
      convolutions.append(
        (
          try weights.tensor("\(name).weight", shape: [outputs, channels, 3, 3]),
          try weights.tensor("\(name).bias", shape: [outputs])
        ))
      channels = outputs
      side = (side - 1) / 2 + 1
    }
    let hidden = weights.shape(of: "encoder.fc0.weight")?.first ?? 0
    let latent = meanLatent.count
    linear = [
      (
        try weights.tensor("encoder.fc0.weight", shape: [hidden, channels * side * side]),
        try weights.tensor("encoder.fc0.bias", shape: [hidden])
      ),
      (
        try weights.tensor("encoder.fc1.weight", shape: [rowCount * latent, hidden]),
        try weights.tensor("encoder.fc1.bias", shape: [rowCount * latent])
      ),
    ]
    self.convolutions = convolutions
    self.meanLatent = meanLatent
    self.rowCount = rowCount
    self.resolution = resolution
  }

  /// The latent code `[N, rows, w]` of pictures `[N, 3, H, W]` in -1...1 (bands of a letterbox are
  /// -1).
  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    var h = features(of: pictures)
    h = (h.matrixProduct(linear[0].weight, transposingOther: true) + linear[0].bias)
      .leakyReLU(slope: Self.slope)
    h = h.matrixProduct(linear[1].weight, transposingOther: true) + linear[1].bias
    return h.reshaped([h.shape[0], rowCount, meanLatent.count]) + meanLatent
  }

  /// The activations `[N, F]` of the last convolution for pictures `[N, 3, H, W]` in -1...1.
  public func features(of pictures: Tensor) -> Tensor {
    check(
      pictures.shape.rank == 4 && pictures.shape[2] == resolution
        && pictures.shape[3] == resolution,
      "encoder: pictures \(pictures.shape), expected side \(resolution)")
    var h = pictures
    for (weight, bias) in convolutions {
      h = (h.convolved(with: weight, stride: 2, padding: 1) + bias.reshaped([bias.count, 1, 1]))
        .leakyReLU(slope: Self.slope)
    }
    return h.reshaped([h.shape[0], h.count / max(h.shape[0], 1)])
  }
}
