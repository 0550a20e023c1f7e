import TensorCore

/// A convolution whose input channels are scaled by a style, with the scale of the result taken out
/// again (Karras et al. 2020, section 2.2; formats spec 1.4).
///
/// Instead of the weight, the activations are modulated: x is multiplied by the style, convolved
/// with the stored weight, and the result is multiplied by the demodulation factor
/// `d[n, o] = (sum over i of s[n, i]^2 * sum over the kernel of w[o, i]^2 + 1e-8)^(-1/2)`. So the
/// weight is a constant for all samples.
///
/// The values of a weight that does not track gradients must not change during the layer's life.
public struct ModulatedConvolution {
  /// `[outputs, inputs, k, k]`, odd k.
  public let weight: Tensor
  /// Whether the result is demodulated.
  public let demodulates: Bool
  /// The filter behind an enlargement by two; nil keeps the size.
  public let upsampling: FIRFilter?
  private let frozen: FrozenForms?

  /// A layer of a weight `[outputs, inputs, k, k]`.
  public init(weight: Tensor, demodulates: Bool = true, upsampling: FIRFilter? = nil) {
    check(
      weight.shape.rank == 4 && weight.shape[2] == weight.shape[3] && weight.shape[2] % 2 == 1,
      "modulated convolution: weight \(weight.shape)")
    self.weight = weight
    self.demodulates = demodulates
    self.upsampling = upsampling
    frozen = weight.tracksGradient ? nil : FrozenForms(weight, upsamples: upsampling != nil)
  }

  /// `[N, inputs, H, W]` and a style `[N, inputs]` to `[N, outputs, H, W]`, or twice that size.
  public func callAsFunction(_ x: Tensor, style: Tensor) -> Tensor {
    check(
      style.shape.rank == 2 && style.shape[1] == weight.shape[1],
      "modulated convolution: style \(style.shape), weight \(weight.shape)")
    let kernel = frozen?.kernel ?? Self.kernel(of: weight, upsamples: upsampling != nil)
    var y = x * style.alongChannels(rank: 4)
    if let upsampling {
      y =
        weight.shape[2] == 1
        ? y.convolvedUpsampling(with: kernel, filter: upsampling)
        : y.transposeConvolvedUpsampling(with: kernel, filter: upsampling)
    } else {
      y = y.convolved(with: kernel, padding: weight.shape[2] / 2)
    }
    if demodulates { y = y * demodulation(style).alongChannels(rank: 4) }
    return y
  }

  /// The demodulation factors `[N, outputs]` for styles `[N, inputs]`.
  public func demodulation(_ style: Tensor) -> Tensor {
    let energy = frozen?.energy ?? Self.energy(of: weight)
    return (style.squared().matrixProduct(energy, transposingOther: true) + 1e-8)
      .reciprocalSquareRoot()
  }

  /// The demodulation matrix `[outputs, inputs]`: squares of the weight summed over the kernel.
  public static func energy(of weight: Tensor) -> Tensor { weight.squared().sum(axes: [2, 3]) }

  fileprivate static func kernel(of weight: Tensor, upsamples: Bool) -> Tensor {
    upsamples && weight.shape[2] > 1 ? weight.permuted([1, 0, 2, 3]) : weight
  }
}

/// What follows from a constant weight, made once, when it is first needed.
private final class FrozenForms {
  private let weight: Tensor
  private let upsamples: Bool
  lazy var energy = ModulatedConvolution.energy(of: weight)
  lazy var kernel = ModulatedConvolution.kernel(of: weight, upsamples: upsamples)

  init(_ weight: Tensor, upsamples: Bool) {
    self.weight = weight
    self.upsamples = upsamples
  }
}
