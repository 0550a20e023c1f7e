import TensorCore

/// A function applied to every element, with the gain that keeps the variance of its input.
///
/// The names are those of StyleGAN2's configurations.
public enum Activation: String, Sendable, CaseIterable, Codable {
  /// x.
  case linear
  /// max(x, 0).
  case relu
  /// x, or 0.2 x below zero; its derivative at 0 is 1.
  case leakyReLU = "lrelu"
  /// Hyperbolic tangent.
  case tanh
  /// 1 / (1 + e^-x).
  case sigmoid
  /// x, or e^x - 1 below zero.
  case elu
  /// Scaled elu (Klambauer et al. 2017).
  case selu
  /// log(1 + e^x).
  case softplus
  /// x sigmoid(x).
  case swish

  /// The slope of `leakyReLU` below zero.
  public static let leakyReLUSlope: Float = 0.2

  /// The factor that follows the function unless another is asked for: sqrt(2) for `relu`,
  /// `leakyReLU` and `swish`, 1 for all others.
  public var defaultGain: Float {
    switch self {
    case .relu, .leakyReLU, .swish: Float(2).squareRoot()
    default: 1
    }
  }

  /// `gain * function(x)` of every element.
  public func callAsFunction(_ x: Tensor, gain: Float? = nil) -> Tensor {
    let gain = gain ?? defaultGain
    if self == .leakyReLU { return x.leakyReLU(slope: Self.leakyReLUSlope, gain: gain) }
    let y: Tensor =
      switch self {
      case .linear, .leakyReLU: x
      case .relu: x.rectified()
      case .tanh: x.hyperbolicTangent()
      case .sigmoid: x.sigmoid()
      case .elu: Self.exponentialLinear(x, scale: 1, alpha: 1)
      case .selu:
        Self.exponentialLinear(x, scale: 1.050_700_987_355_480_5, alpha: 1.673_263_242_354_377_2)
      case .softplus: x.softplus()
      case .swish: x * x.sigmoid()
      }
    return gain == 1 ? y : y * gain
  }

  /// `scale * (x >= 0 ? x : alpha (e^x - 1))`.
  private static func exponentialLinear(_ x: Tensor, scale: Float, alpha: Float) -> Tensor {
    // The exponential sees no positive number, so that it cannot overflow into inf * 0.
    let negative = -(-x).rectified()
    return (x.rectified() + (negative.exponential() - 1) * alpha) * scale
  }
}
