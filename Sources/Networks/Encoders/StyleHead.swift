import Layers
import TensorCore

/// Turns feature maps into one row of W+: convolutions that halve the map until one pixel is left,
/// then a linear layer (formats spec 5.2 and 5.3).
struct StyleHead {
  private let convolutions: [PlainConvolution]
  private let weight: Tensor
  private let bias: Tensor
  /// Slope of the leaky ReLU behind every convolution: PyTorch's default.
  private static let slope: Float = 0.01

  /// Reads `NAME.convs.{0, 2, 4, ...}` and `NAME.linear`.
  ///
  /// - Parameters:
  ///   - channels: of the features.
  ///   - depth: how many convolutions there are.
  ///   - isEqualized: whether the linear weight is divided by the root of its inputs at run time.
  init(
    _ weights: WeightTable, _ name: String, channels: Int, depth: Int, width: Int,
    isEqualized: Bool
  ) throws(ModelError) {
    var convolutions: [PlainConvolution] = []
    for index in 0..<depth {
      convolutions.append(
        try weights.convolution(
          "\(name).convs.\(2 * index)", [channels, channels, 3, 3], stride: 2))
    }
    self.convolutions = convolutions
    let stored = try weights.tensor("\(name).linear.weight", shape: [width, channels])
    weight = isEqualized ? stored * (1 / Float(channels).squareRoot()) : stored
    bias = try weights.tensor("\(name).linear.bias", shape: [width])
  }

  /// `[N, 1, w]` of features `[N, C, H, W]`.
  func callAsFunction(_ features: Tensor) -> Tensor {
    var h = features
    for convolution in convolutions { h = convolution(h).leakyReLU(slope: Self.slope) }
    check(h.shape[2] == 1 && h.shape[3] == 1, "style head: \(features.shape) ends at \(h.shape)")
    let row = h.reshaped([h.shape[0], h.shape[1]])
    return (row.matrixProduct(weight, transposingOther: true) + bias)
      .reshaped([h.shape[0], 1, bias.count])
  }
}
