import Layers
import TensorCore

/// The part of a classification network up to the last layer that LPIPS compares.
struct LPIPSFeatures {
  private enum Step {
    case convolution(FrozenConvolution)
    case pool(kernel: Int, ceiling: Bool)
    case fire(squeeze: FrozenConvolution, small: FrozenConvolution, large: FrozenConvolution)
  }

  private let slices: [[Step]]

  /// Reads torchvision names (`features.N.weight`) or those inside an LPIPS module
  /// (`net.sliceS.N.weight`).
  init(_ backbone: LPIPSBackbone, _ weights: WeightTable) throws(ModelError) {
    var slices: [[Step]] = []
    var channels = 3
    for (index, layers) in backbone.slices.enumerated() {
      let inner = "net.slice\(index + 1)"
      var steps: [Step] = []
      for layer in layers {
        switch layer {
        case .convolution(let number, let outputs, let kernel, let stride, let padding):
          let name = Self.prefix(weights, inner, number, "weight")
          steps.append(
            .convolution(
              try Self.convolution(
                weights, name, from: channels, to: outputs, kernel: kernel, stride: stride,
                padding: padding)))
          channels = outputs
        case .pool(let kernel, let ceiling):
          steps.append(.pool(kernel: kernel, ceiling: ceiling))
        case .fire(let number, let squeeze, let expand):
          let name = Self.prefix(weights, inner, number, "squeeze.weight")
          steps.append(
            .fire(
              squeeze: try Self.convolution(
                weights, "\(name).squeeze", from: channels, to: squeeze, kernel: 1),
              small: try Self.convolution(
                weights, "\(name).expand1x1", from: squeeze, to: expand, kernel: 1),
              large: try Self.convolution(
                weights, "\(name).expand3x3", from: squeeze, to: expand, kernel: 3, padding: 1)))
          channels = 2 * expand
        }
      }
      slices.append(steps)
    }
    self.slices = slices
  }

  private static func prefix(
    _ weights: WeightTable, _ inner: String, _ number: Int, _ suffix: String
  ) -> String {
    let alternative = "\(inner).\(number)"
    return weights.shape(of: "\(alternative).\(suffix)") == nil ? "features.\(number)" : alternative
  }

  private static func convolution(
    _ weights: WeightTable, _ name: String, from inputs: Int, to outputs: Int, kernel: Int,
    stride: Int = 1, padding: Int = 0
  ) throws(ModelError) -> FrozenConvolution {
    FrozenConvolution(
      weight: try weights.tensor("\(name).weight", shape: [outputs, inputs, kernel, kernel]),
      bias: try weights.tensor("\(name).bias", shape: [outputs]), stride: stride,
      padding: padding, activation: .rectified)
  }

  /// The features `[N, C_l, H_l, W_l]` at the end of each slice.
  func callAsFunction(_ input: Tensor) -> [Tensor] {
    var h = input
    return slices.map { slice in
      for step in slice {
        switch step {
        case .convolution(let convolution): h = convolution(h)
        case .pool(let kernel, let ceiling):
          h = h.maxPooled(kernel: kernel, stride: 2, ceiling: ceiling)
        case .fire(let squeeze, let small, let large):
          let s = squeeze(h)
          h = .concatenated([small(s), large(s)], axis: 1)
        }
      }
      return h
    }
  }
}
