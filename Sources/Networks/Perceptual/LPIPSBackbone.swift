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
    /// Max pooling.
    case pool(kernel: Int, ceiling: Bool = false)
    /// A SqueezeNet module: 1x1 to `squeeze`, then 1x1 and 3x3 to `expand` each, joined.
    case fire(Int, squeeze: Int, expand: Int)
  }

  /// The layers in order, cut into slices; the end of each slice is compared.
  var slices: [[Layer]] {
    switch self {
    case .vgg16:
      [
        [conv3(0, 64), conv3(2, 64)],
        [.pool(kernel: 2), conv3(5, 128), conv3(7, 128)],
        [.pool(kernel: 2), conv3(10, 256), conv3(12, 256), conv3(14, 256)],
        [.pool(kernel: 2), conv3(17, 512), conv3(19, 512), conv3(21, 512)],
        [.pool(kernel: 2), conv3(24, 512), conv3(26, 512), conv3(28, 512)],
      ]
    case .alexNet:
      [
        [.convolution(0, outputs: 64, kernel: 11, stride: 4, padding: 2)],
        [.pool(kernel: 3), .convolution(3, outputs: 192, kernel: 5, padding: 2)],
        [.pool(kernel: 3), conv3(6, 384)],
        [conv3(8, 256)],
        [conv3(10, 256)],
      ]
    case .squeezeNet:
      [
        [.convolution(0, outputs: 64, kernel: 3, stride: 2, padding: 0)],
        [
          .pool(kernel: 3, ceiling: true), .fire(3, squeeze: 16, expand: 64),
          .fire(4, squeeze: 16, expand: 64),
        ],
        [
          .pool(kernel: 3, ceiling: true), .fire(6, squeeze: 32, expand: 128),
          .fire(7, squeeze: 32, expand: 128),
        ],
        [.pool(kernel: 3, ceiling: true), .fire(9, squeeze: 48, expand: 192)],
        [.fire(10, squeeze: 48, expand: 192)],
        [.fire(11, squeeze: 64, expand: 256)],
        [.fire(12, squeeze: 64, expand: 256)],
      ]
    }
  }

  private func conv3(_ index: Int, _ outputs: Int) -> Layer {
    .convolution(index, outputs: outputs, kernel: 3, padding: 1)
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
  public var channels: [Int] {
    slices.map { slice in
      switch slice[slice.count - 1] {
      case .convolution(_, let outputs, _, _, _): outputs
      case .fire(_, _, let expand): 2 * expand
      case .pool: 0
      }
    }
  }
}
