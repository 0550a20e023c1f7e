import CKernels

private let elementsPerChunk = 1 << 15

extension Tensor {
  private func unary(_ operation: some BinaryInteger, _ p: Float = 0, _ q: Float = 0) -> Tensor {
    let result = Storage(count: count)
    let code = Int32(operation)
    let span = OperationTrace.begin("element by element, \(shape)")
    defer { span?.end() }
    Parallel.forRanges(count, grain: elementsPerChunk) { range in
      semblance_unary(
        code, pointer + range.lowerBound, result.base + range.lowerBound, Int64(range.count), p, q)
    }
    return Tensor(shape: shape, storage: result)
  }

  /// `scale` times every element, plus `shift`.
  public func affine(scale: Float, shift: Float) -> Tensor {
    unary(SEMBLANCE_AFFINE, scale, shift)
      .recorded("affine", self) { $0.affine(scale: scale, shift: 0) }
  }

  /// The square of every element.
  public func squared() -> Tensor {
    unary(SEMBLANCE_SQUARE)
      .recorded("squared", self) { [self] in $0 * self * 2 }
  }

  /// The square root of every element.
  public func squareRoot() -> Tensor {
    unary(SEMBLANCE_SQUARE_ROOT)
      .recorded("squareRoot", self) { [self] in $0 * self.reciprocalSquareRoot() * 0.5 }
  }

  /// `1 / sqrt(x)` of every element.
  public func reciprocalSquareRoot() -> Tensor {
    unary(SEMBLANCE_RECIPROCAL_ROOT)
      .recorded("reciprocalSquareRoot", self) { [self] in
        $0 * self.reciprocalSquareRoot() / self * -0.5
      }
  }

  /// `1 / x` of every element.
  public func reciprocal() -> Tensor {
    unary(SEMBLANCE_RECIPROCAL)
      .recorded("reciprocal", self) { [self] in -($0 * self.reciprocal().squared()) }
  }

  /// The exponential of every element.
  public func exponential() -> Tensor {
    unary(SEMBLANCE_EXP)
      .recorded("exponential", self) { [self] in $0 * self.exponential() }
  }

  /// The natural logarithm of every element.
  public func logarithm() -> Tensor {
    unary(SEMBLANCE_LOG).recorded("logarithm", self) { [self] in $0 / self }
  }

  /// `1 / (1 + e^-x)` of every element.
  public func sigmoid() -> Tensor {
    unary(SEMBLANCE_SIGMOID).recorded("sigmoid", self) { [self] gradient in
      let value = self.sigmoid()
      return gradient * (value - value.squared())
    }
  }

  /// The hyperbolic tangent of every element.
  public func hyperbolicTangent() -> Tensor {
    unary(SEMBLANCE_TANH).recorded("hyperbolicTangent", self) { [self] gradient in
      gradient * (1 - self.hyperbolicTangent().squared())
    }
  }

  /// `log(1 + e^x)` of every element, without overflow.
  public func softplus() -> Tensor {
    unary(SEMBLANCE_SOFTPLUS)
      .recorded("softplus", self) { [self] in $0 * self.sigmoid() }
  }

  /// The absolute value of every element; its derivative at 0 is 0.
  public func absolute() -> Tensor {
    unary(SEMBLANCE_ABSOLUTE).recorded("absolute", self) { [self] in $0 * self.sign() }
  }

  /// -1, 0 or 1; a constant for gradients.
  public func sign() -> Tensor { unary(SEMBLANCE_SIGN) }

  /// `gain * (x >= 0 ? x : slope * x)`.
  public func leakyReLU(slope: Float = 0.2, gain: Float = 1) -> Tensor {
    unary(SEMBLANCE_LEAKY_RELU, slope, gain)
      .recorded("leakyReLU", self) { [self] in
        $0 * self.unary(SEMBLANCE_LEAKY_RELU_SLOPE, slope, gain)
      }
  }

  /// `max(x, 0)`; its derivative at 0 is 0.
  public func rectified() -> Tensor {
    unary(SEMBLANCE_LEAKY_RELU, 0, 1)
      .recorded("rectified", self) { [self] in $0 * self.unary(SEMBLANCE_RELU_SLOPE) }
  }

  /// Every element limited to `range`; the derivative is 0 where the limit holds.
  public func clamped(to range: ClosedRange<Float>) -> Tensor {
    unary(SEMBLANCE_CLAMP, range.lowerBound, range.upperBound)
      .recorded("clamped", self) { [self] in
        $0 * self.unary(SEMBLANCE_CLAMP_SLOPE, range.lowerBound, range.upperBound)
      }
  }
}
