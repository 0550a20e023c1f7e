import TensorCore

/// The result of one synthesis layer, as the segmentation branch reads it.
public struct FeatureMap {
  /// Order of the elements in memory.
  public enum Layout: Hashable, Sendable {
    /// `[N, C, H, W]`.
    case planar
    /// `[N, ceil(C / 16), H, W, 16]`: 16 channels of a pixel lie side by side, channels beyond C
    /// are zero.
    case blocked
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
      case .blocked: [tensor.shape[0], (channels + 15) / 16, resolution, resolution, 16]
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
    case .planar: tensor
    case .blocked: tensor.unblocked(channels: channels)
    }
  }

  static let constantName = "b4.const"
}
