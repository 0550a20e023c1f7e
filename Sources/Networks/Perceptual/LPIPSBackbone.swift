/// The image classification networks whose features LPIPS compares (torchvision architectures).
public enum LPIPSBackbone: String, CaseIterable, Sendable {
  /// VGG16.
  case vgg16
  /// AlexNet.
  case alexNet
  /// SqueezeNet 1.1.
  case squeezeNet

  /// One layer that matters, by its number in torchvision's `features`.
  enum Layer {
    /// A convolution followed by a ReLU.
    case convolution(Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int)
    /// A SqueezeNet module: 1x1 to `squeeze`, then 1x1 and 3x3 to `expand` each, joined.
    case fire(Int, squeeze: Int, expand: Int)

    /// Channels of the result.
    var outputs: Int {
      switch self {
      case .convolution(_, let outputs, _, _, _): outputs
      case .fire(_, _, let expand): 2 * expand
      }
    }
  }

  /// Layers whose last result is compared.
  struct Slice {
    /// Side of the max pooling windows (stride 2) before the first layer, nil for none.
    var pooling: Int?
    var layers: [Layer]
  }

  /// All layers in order.
  var slices: [Slice] {
    switch self {
    case .vgg16:
      [
        Slice(layers: [conv3(0, 64), conv3(2, 64)]),
        Slice(pooling: 2, layers: [conv3(5, 128), conv3(7, 128)]),
        Slice(pooling: 2, layers: [conv3(10, 256), conv3(12, 256), conv3(14, 256)]),
        Slice(pooling: 2, layers: [conv3(17, 512), conv3(19, 512), conv3(21, 512)]),
        Slice(pooling: 2, layers: [conv3(24, 512), conv3(26, 512), conv3(28, 512)]),
      ]
    case .alexNet:
      [
        Slice(layers: [.convolution(0, outputs: 64, kernel: 11, stride: 4, padding: 2)]),
        Slice(pooling: 3, layers: [.convolution(3, outputs: 192, kernel: 5, padding: 2)]),
        Slice(pooling: 3, layers: [conv3(6, 384)]),
        Slice(layers: [conv3(8, 256)]),
        Slice(layers: [conv3(10, 256)]),
      ]
    case .squeezeNet:
      [
        Slice(layers: [.convolution(0, outputs: 64, kernel: 3, stride: 2, padding: 0)]),
        Slice(pooling: 3, layers: [fire(3, 16, 64), fire(4, 16, 64)]),
        Slice(pooling: 3, layers: [fire(6, 32, 128), fire(7, 32, 128)]),
        Slice(pooling: 3, layers: [fire(9, 48, 192)]),
        Slice(layers: [fire(10, 48, 192)]),
        Slice(layers: [fire(11, 64, 256)]),
        Slice(layers: [fire(12, 64, 256)]),
      ]
    }
  }

  /// Whether the last pooling window may reach over the edge.
  var poolsWithCeiling: Bool { self == .squeezeNet }

  private func conv3(_ index: Int, _ outputs: Int) -> Layer {
    .convolution(index, outputs: outputs, kernel: 3, padding: 1)
  }

  private func fire(_ index: Int, _ squeeze: Int, _ expand: Int) -> Layer {
    .fire(index, squeeze: squeeze, expand: expand)
  }

  /// The smallest height and width of pictures, so that no pooling window is larger than its input.
  public var minimumSide: Int {
    switch self {
    case .vgg16: 16
    case .alexNet: 31
    case .squeezeNet: 25
    }
  }

  /// Channels at the end of each slice.
  public var channels: [Int] { slices.map { $0.layers[$0.layers.count - 1].outputs } }
}
