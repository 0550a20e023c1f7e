import TensorCore

/// The result of one synthesis layer, as the segmentation branch reads it.
public struct FeatureMap {
  /// Order of the elements in memory.
  public enum Layout: Hashable, Sendable {
    /// `[N, C, H, W]`.
    case planar
    /// `[N, ceil(C / width), H, W, width]`: `width` channels of a pixel lie side by side, channels
    /// beyond C are padding.
    case blocked(width: Int)
  }

  /// For example `b4.const`, `b4.conv1`, `b8.conv0`.
  public let name: String
  /// Side of the square.
  public let resolution: Int
  /// Channels C, without padding.
  public let channels: Int
  /// The elements, in the order of `layout`.
  public let tensor: Tensor
  /// Order of the elements.
  public let layout: Layout

  /// A feature map; `tensor` has the shape that `layout` says.
  public init(
    name: String, resolution: Int, channels: Int, tensor: Tensor, layout: Layout = .planar
  ) {
    let expected: Shape =
      switch layout {
      case .planar: [tensor.shape[0], channels, resolution, resolution]
      case .blocked(let width):
        [tensor.shape[0], (channels + width - 1) / width, resolution, resolution, width]
      }
    check(tensor.shape == expected, "feature map \(name): \(tensor.shape), expected \(expected)")
    self.name = name
    self.resolution = resolution
    self.channels = channels
    self.tensor = tensor
    self.layout = layout
  }

  /// Whether this is the learned constant that synthesis starts from.
  public var isConstant: Bool { name == Self.constantName }

  /// The elements as `[N, C, H, W]`, differentiable.
  public func planar() -> Tensor {
    switch layout {
    case .planar: return tensor
    case .blocked(let width):
      let blocks = tensor.shape[1]
      return tensor.permuted([0, 1, 4, 2, 3])
        .reshaped([tensor.shape[0], blocks * width, resolution, resolution])
        .slice(0..<channels, axis: 1)
    }
  }

  static let constantName = "b4.const"
}
