import TensorCore

/// A fully connected layer with equalised learning rate (Karras et al. 2018): stored weights have
/// unit variance (divided by the learning-rate multiplier), the scale is applied at run time.
public struct EqualizedLinear {
  /// `[outputs, inputs]`, as stored.
  public let weight: Tensor
  /// `[outputs]`, as stored.
  public let bias: Tensor?
  /// Factor of weight and bias at run time; the weight is also divided by sqrt(inputs).
  public let learningRateMultiplier: Float
  /// What follows the bias.
  public let activation: BiasActivation

  /// A layer of a weight `[outputs, inputs]` and a bias `[outputs]`.
  public init(
    weight: Tensor, bias: Tensor?, learningRateMultiplier: Float = 1,
    activation: Activation = .linear
  ) {
    check(
      weight.shape.rank == 2 && (bias == nil || bias?.shape == [weight.shape[0]]),
      "linear layer: weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none")")
    self.weight = weight
    self.bias = bias
    self.learningRateMultiplier = learningRateMultiplier
    self.activation = BiasActivation(activation)
  }

  /// Features of the result.
  public var outputs: Int { weight.shape[0] }
  /// Features of the input.
  public var inputs: Int { weight.shape[1] }

  /// `[N, inputs]` to `[N, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let gain = learningRateMultiplier / Float(inputs).squareRoot()
    let y = x.matrixProduct(weight, transposingOther: true) * gain
    let bias = learningRateMultiplier == 1 ? bias : bias.map { $0 * learningRateMultiplier }
    return activation(y, bias: bias)
  }
}
