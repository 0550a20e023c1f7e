import Layers
import TensorCore

/// The part of a classification network up to the last layer that LPIPS compares.
struct LPIPSFeatures {
  private enum Layer {
    case convolution(FrozenConvolution)
    case fire(squeeze: FrozenConvolution, small: FrozenConvolution, large: FrozenConvolution)
  }

  private struct Slice {
    var pooling: Int?
    var layers: [Layer] = []
    var channels = 0
  }

  private let slices: [Slice]
  private let poolsWithCeiling: Bool

  /// Reads torchvision names (`features.N.weight`) or those inside an LPIPS module
  /// (`net.sliceS.N.weight`).
  init(_ backbone: LPIPSBackbone, _ weights: WeightTable) throws(ModelError) {
    var slices: [Slice] = []
    var channels = 3
    for (index, source) in backbone.slices.enumerated() {
      var slice = Slice(pooling: source.pooling)
      for layer in source.layers {
        slice.layers.append(try Self.layer(layer, from: channels, slice: index + 1, weights))
        channels = layer.outputs
      }
      slice.channels = channels
      slices.append(slice)
    }
    self.slices = slices
    poolsWithCeiling = backbone.poolsWithCeiling
  }

  private static func layer(
    _ layer: LPIPSBackbone.Layer, from inputs: Int, slice: Int, _ weights: WeightTable
  ) throws(ModelError) -> Layer {
    func convolution(
      _ name: String, from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1,
      padding: Int = 0
    ) throws(ModelError) -> FrozenConvolution {
      FrozenConvolution(
        weight: try weights.tensor("\(name).weight", shape: [outputs, inputs, kernel, kernel]),
        bias: try weights.tensor("\(name).bias", shape: [outputs]), stride: stride,
        padding: padding, slope: 0)
    }
    func name(_ number: Int, _ part: String) -> String {
      let inner = "net.slice\(slice).\(number)"
      return weights.shape(of: "\(inner)\(part).weight") == nil ? "features.\(number)" : inner
    }
    switch layer {
    case .convolution(let number, let outputs, let kernel, let stride, let padding):
      return .convolution(
        try convolution(
          name(number, ""), from: inputs, to: outputs, kernel: kernel, stride: stride,
          padding: padding))
    case .fire(let number, let squeeze, let expand):
      let name = name(number, ".squeeze")
      return .fire(
        squeeze: try convolution("\(name).squeeze", from: inputs, to: squeeze, kernel: 1),
        small: try convolution("\(name).expand1x1", from: squeeze, to: expand, kernel: 1),
        large: try convolution(
          "\(name).expand3x3", from: squeeze, to: expand, kernel: 3, padding: 1))
    }
  }

  /// The features at the end of each slice, blocked, of pictures `[N, 3, H, W]`.
  func callAsFunction(_ input: Tensor) -> [Tensor] {
    var features: [Tensor] = []
    var h = input
    for (index, slice) in slices.enumerated() {
      if let kernel = slice.pooling { h = pooled(h, kernel, channels: slices[index - 1].channels) }
      for layer in slice.layers {
        switch layer {
        case .convolution(let convolution): h = convolution(h)
        case .fire(let squeeze, let small, let large):
          let s = squeeze(h)
          // Whole blocks of channels: every module expands to a multiple of 16.
          h = .concatenated([small(s), large(s)], axis: 1)
        }
      }
      features.append(h)
    }
    return features
  }

  private func pooled(_ features: Tensor, _ kernel: Int, channels: Int) -> Tensor {
    kernel == 2
      ? features.blockedMaxPooled()
      : features.unblocked(channels: channels)
        .maxPooled(kernel: kernel, stride: 2, ceiling: poolsWithCeiling).blocked()
  }
}
