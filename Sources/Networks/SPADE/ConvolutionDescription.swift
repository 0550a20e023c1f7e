import Layers
import TensorCore

/// One convolution of a network, before it has weights.
struct ConvolutionDescription: Sendable {
  var name: String
  var inputs: Int
  var outputs: Int
  var kernel = 3
  var stride = 1
  /// Zeros on each side; nil for half the kernel.
  var padding: Int?
  var hasBias = true
  var isSpectral = false
  var isTransposed = false

  private var shape: [Int] {
    (isTransposed ? [inputs, outputs] : [outputs, inputs]) + [kernel, kernel]
  }

  /// The tensors in a file that is meant to be trained on. Weights under a spectral norm start as
  /// PyTorch's convolutions do: their scale does not matter, but the optimiser's steps do relative
  /// to it (SPADE spec 6).
  var weights: [WeightDescription] {
    var result: [WeightDescription] = []
    if hasBias { result.append(.init("\(name).bias", [outputs], .constant(0))) }
    if isSpectral {
      result += [
        .init("\(name).weight_orig", shape, .fanIn),
        .init("\(name).weight_u", [outputs], .direction, role: .buffer),
        .init("\(name).weight_v", [inputs * kernel * kernel], .direction, role: .buffer),
      ]
    } else {
      result.append(.init("\(name).weight", shape, .glorot))
    }
    return result
  }

  /// Reads the layer; a file may hold the weight of a spectral convolution already divided.
  func layer(_ table: WeightTable, prefix: String) throws(ModelError) -> SpectralConvolution {
    let key = prefix + name
    let bias = hasBias ? try table.tensor("\(key).bias", shape: [outputs]) : nil
    let folded = table.shape(of: "\(key).weight") != nil
    var norm: SpectralNorm?
    if isSpectral, !folded {
      norm = SpectralNorm(
        u: try table.tensor("\(key).weight_u", shape: [outputs], role: .buffer),
        v: try table.tensor(
          "\(key).weight_v", shape: [inputs * kernel * kernel], role: .buffer))
    }
    return SpectralConvolution(
      weight: try table.tensor(
        norm == nil ? "\(key).weight" : "\(key).weight_orig", shape: shape),
      bias: bias, norm: norm, stride: stride, padding: padding ?? kernel / 2,
      isTransposed: isTransposed)
  }
}

extension WeightDescription {
  /// Running statistics of a batch normalisation called `name`.
  static func runningStatistics(_ name: String, channels: Int) -> [WeightDescription] {
    [
      .init("\(name).running_mean", [channels], .constant(0), role: .buffer),
      .init("\(name).running_var", [channels], .constant(1), role: .buffer),
    ]
  }
}

extension WeightTable {
  /// The running statistics of a batch normalisation called `name`.
  func runningStatistics(_ name: String, channels: Int, isSynchronized: Bool = true)
    throws(ModelError) -> RunningStatistics
  {
    RunningStatistics(
      mean: try tensor("\(name).running_mean", shape: [channels], role: .buffer),
      variance: try tensor("\(name).running_var", shape: [channels], role: .buffer),
      isSynchronized: isSynchronized)
  }
}
