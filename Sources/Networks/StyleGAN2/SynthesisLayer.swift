import Layers
import TensorCore

/// A styled convolution: modulated 3x3 convolution, noise, bias, activation, clamp
/// (formats spec 1.5).
public struct SynthesisLayer {
  /// For example `b8.conv0`.
  public let name: String
  /// Side of the result.
  public let resolution: Int
  /// w `[N, w]` to the style `[N, inputs]`.
  public let affine: EqualizedLinear
  /// The convolution; the first of a block doubles the size.
  public let convolution: ModulatedConvolution
  /// The model's noise map `[r, r]`.
  public let noiseConstant: Tensor
  /// Factor of the noise, a scalar.
  public let noiseStrength: Tensor
  /// `[outputs]`.
  public let bias: Tensor
  /// Activation and clamp.
  public let activation: BiasActivation

  /// Channels of the result.
  public var channels: Int { convolution.weight.shape[0] }
  /// Channels of the input.
  public var inputs: Int { convolution.weight.shape[1] }
  /// Whether the result has twice the size of the input.
  public var upsamples: Bool { convolution.upsampling != nil }

  /// Reads `PREFIXname.*`.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  init(
    _ weights: WeightTable, prefix: String, name: String, resolution: Int, inputs: Int,
    latentSize: Int?, upsamples: Bool, configuration: StyleGAN2Configuration
  ) throws(ModelError) {
    let key = prefix + name
    self.name = name
    self.resolution = resolution
    let weight = try weights.tensor("\(key).weight", shape: [nil, inputs, 3, 3])
    affine = EqualizedLinear(
      weight: try weights.tensor("\(key).affine.weight", shape: [inputs, latentSize]),
      bias: try weights.tensor("\(key).affine.bias", shape: [inputs]))
    noiseConstant = try weights.tensor(
      "\(key).noise_const", shape: [resolution, resolution], role: .buffer)
    noiseStrength = try weights.tensor("\(key).noise_strength", shape: [])
    bias = try weights.tensor("\(key).bias", shape: [weight.shape[0]])
    try weights.requireFilter("\(key).resample_filter", configuration.filter)
    convolution = ModulatedConvolution(
      weight: weight, upsampling: upsamples ? configuration.filter : nil)
    activation = BiasActivation(configuration.activation, clamp: configuration.convClamp)
  }

  /// `[N, inputs, h, h]`, the layer's row of W+ `[N, w]` and a noise map `[1 or N, 1, r, r]` to
  /// `[N, channels, r, r]`.
  public func callAsFunction(_ x: Tensor, latent: Tensor, noise: Tensor?) -> Tensor {
    var h = convolution(x, style: affine(latent))
    if let noise { h = h + noise * noiseStrength }
    return activation(h, bias: bias)
  }
}

/// The layer that turns features into a picture: modulated 1x1 convolution without demodulation,
/// bias, clamp (formats spec 1.5).
public struct ImageLayer {
  /// w `[N, w]` to the style `[N, inputs]`, before its division by sqrt(inputs).
  public let affine: EqualizedLinear
  /// The 1x1 convolution.
  public let convolution: ModulatedConvolution
  /// `[3]`.
  public let bias: Tensor
  /// The clamp.
  public let activation: BiasActivation

  /// Reads `PREFIXtorgb.*`.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  init(
    _ weights: WeightTable, prefix: String, inputs: Int, latentSize: Int?,
    configuration: StyleGAN2Configuration
  ) throws(ModelError) {
    let key = "\(prefix)torgb"
    affine = EqualizedLinear(
      weight: try weights.tensor("\(key).affine.weight", shape: [inputs, latentSize]),
      bias: try weights.tensor("\(key).affine.bias", shape: [inputs]))
    convolution = ModulatedConvolution(
      weight: try weights.tensor("\(key).weight", shape: [3, inputs, 1, 1]), demodulates: false)
    bias = try weights.tensor("\(key).bias", shape: [3])
    activation = BiasActivation(.linear, clamp: configuration.convClamp)
  }

  /// The style `[N, inputs]` of a row of W+ `[N, w]`.
  public func style(_ latent: Tensor) -> Tensor {
    affine(latent) / Float(affine.outputs).squareRoot()
  }

  /// `[N, inputs, r, r]` and the layer's row of W+ `[N, w]` to `[N, 3, r, r]`.
  public func callAsFunction(_ x: Tensor, latent: Tensor) -> Tensor {
    activation(convolution(x, style: style(latent)), bias: bias)
  }
}

extension WeightTable {
  /// Takes the filter buffer `name`, if there is one, and compares it with the filter in use.
  func requireFilter(_ name: String, _ filter: FIRFilter) throws(ModelError) {
    guard shape(of: name) != nil else { return }
    let stored = try tensor(name, shape: [filter.height, filter.width], role: .buffer)
    let largest = filter.taps.map(abs).max() ?? 0
    guard zip(stored.values, filter.taps).allSatisfy({ abs($0 - $1) <= 1e-3 * largest }) else {
      throw .filterMismatch(path: path, name: name)
    }
  }
}
