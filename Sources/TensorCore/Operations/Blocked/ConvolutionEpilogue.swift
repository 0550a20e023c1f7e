import CKernels

/// What happens to a convolution's result before it is stored (StyleGAN2's synthesis layer):
/// `y = clamp(gain * leakyReLU(z * outputScale + noiseStrength * noise + bias))`.
public struct ConvolutionEpilogue {
  /// Added per output channel, `[K]`; may be differentiated.
  public var bias: Tensor?
  /// Added to every channel, constant: one plane `[H, W]` (leading axes of length 1 allowed), or one
  /// per image `[N, 1, H, W]`.
  public var noise: Tensor?
  /// Factor of the noise.
  public var noiseStrength: Float
  /// Slope of the leaky ReLU below zero: 1 leaves values alone, 0 is the plain ReLU.
  public var slope: Float
  /// Positive factor after the activation.
  public var gain: Float
  /// Largest magnitude of a result; infinity for none.
  public var clamp: Float

  /// An epilogue; the defaults change nothing.
  public init(
    bias: Tensor? = nil, noise: Tensor? = nil, noiseStrength: Float = 0, slope: Float = 1,
    gain: Float = 1, clamp: Float = .infinity
  ) {
    check(gain > 0 && clamp > 0, "epilogue: gain \(gain), clamp \(clamp)")
    self.bias = bias
    self.noise = noise
    self.noiseStrength = noiseStrength
    self.slope = slope
    self.gain = gain
    self.clamp = clamp
  }

  /// Whether a gradient passes through unchanged.
  var passesGradients: Bool { slope == 1 && gain == 1 && clamp == .infinity }

  /// Bias and plain ReLU.
  public static func relu(bias: Tensor?) -> ConvolutionEpilogue {
    ConvolutionEpilogue(bias: bias, slope: 0)
  }
}

/// Values per channel, filled up with zeros to whole blocks of 16.
func paddedChannels(_ values: UnsafePointer<Float>, _ channels: Int, times factor: Float = 1)
  -> Storage
{
  let result = Storage(count: blockCount(channels) * 16)
  for index in 0..<channels { result.base[index] = values[index] * factor }
  for index in channels..<result.count { result.base[index] = 0 }
  return result
}
