import Layers
import TensorCore

/// How the input of a convolution is normalised and told the layout.
public enum LayoutConditioning {
  /// By a SPADE layer.
  case spade(SPADELayer)
  /// By a normalisation without parameters; the layout follows as channels.
  case concatenation(ChannelNormalization)
  /// By a normalisation without parameters that knows no layout.
  case plain(ChannelNormalization)

  /// What comes before the layout.
  public var normalization: ChannelNormalization {
    switch self {
    case .spade(let layer): layer.normalization
    case .concatenation(let normalization), .plain(let normalization): normalization
    }
  }

  /// What follows the normalisation: the layout `[N, L, H, W]` and a leaky ReLU of `slope`
  /// (1: none).
  func callAsFunction(
    _ normalized: Tensor, layout: Tensor, mode: NetworkMode, slope: Float
  ) -> Tensor {
    switch self {
    case .spade(let layer):
      return layer.modulate(normalized, layout: layout, mode: mode, slope: slope)
    case .concatenation:
      return .concatenated([activated(normalized, slope), layout], axis: 1)
    case .plain: return activated(normalized, slope)
    }
  }

  private func activated(_ x: Tensor, _ slope: Float) -> Tensor {
    slope == 1 ? x : x.leakyReLU(slope: slope)
  }
}
