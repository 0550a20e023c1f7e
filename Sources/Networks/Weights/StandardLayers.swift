import Layers
import TensorCore

// Layers under the names that PyTorch gives their tensors.

extension WeightTable {
  /// A convolution `NAME.weight` (and `NAME.bias`); nil sizes of `shape` may be anything. Without
  /// `padding` it keeps the size when the stride is 1.
  func convolution(
    _ name: String, _ shape: [Int?], stride: Int = 1, padding: Int? = nil, bias: Bool = true
  ) throws(ModelError) -> PlainConvolution {
    let weight = try tensor("\(name).weight", shape: shape)
    return PlainConvolution(
      weight: weight,
      bias: bias ? try tensor("\(name).bias", shape: [weight.shape[0]]) : nil, stride: stride,
      padding: padding)
  }

  /// Batch normalisation `NAME.{weight,bias,running_mean,running_var}` of `channels` channels.
  func normalization(_ name: String, _ channels: Int, epsilon: Float = 1e-5) throws(ModelError)
    -> BatchNormalization
  {
    BatchNormalization(
      scale: try tensor("\(name).weight", shape: [channels]),
      shift: try tensor("\(name).bias", shape: [channels]),
      mean: try tensor("\(name).running_mean", shape: [channels], role: .buffer),
      variance: try tensor("\(name).running_var", shape: [channels], role: .buffer),
      epsilon: epsilon)
  }
}
