import CKernels

/// Constant convolution weights, prepared once per algorithm and direction.
///
/// Preparation happens at the first use; the prepared copies live as long as this object.
public final class FrozenWeights {
  /// The weights `[K, C, kh, kw]`, without `gain`.
  public let weight: Tensor
  /// Factor of every weight (StyleGAN2's run-time `1 / sqrt(C kh kw)`).
  public let gain: Float
  /// How the kernel looks at its input.
  public let window: ConvolutionWindow

  private struct Preparation: Hashable {
    let algorithm: ConvolutionAlgorithm
    let isTransposed: Bool
  }
  private var prepared: [Preparation: Storage] = [:]

  /// Wraps `weight` `[K, C, kh, kw]`; `padding` nil keeps the size of the image (odd kernels).
  public init(_ weight: Tensor, gain: Float = 1, stride: Int = 1, padding: Int? = nil) {
    check(weight.shape.rank == 4, "frozen weights: \(weight.shape)")
    self.weight = weight.detached()
    self.gain = gain
    window = ConvolutionWindow(
      kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], stride: stride,
      padding: padding ?? weight.shape[2] / 2)
  }

  /// Output channels K.
  public var outputs: Int { weight.shape[0] }
  /// Input channels C.
  public var inputs: Int { weight.shape[1] }

  /// Floats held by prepared copies.
  public var preparedCount: Int { prepared.values.reduce(0) { $0 + $1.count } }

  /// The right side of the panel products, for the convolution or (transposed) for the gradient
  /// with respect to its input.
  func panels(for algorithm: ConvolutionAlgorithm, isTransposed: Bool) -> Storage {
    let key = Preparation(algorithm: algorithm, isTransposed: isTransposed)
    if let existing = prepared[key] { return existing }
    let (outputs, inputs) = (Int64(self.outputs), Int64(self.inputs))
    let blocks = blockCount(isTransposed ? self.inputs : self.outputs)
    let depth = blockCount(isTransposed ? self.outputs : self.inputs) * 16
    let taps = window.kernelHeight * window.kernelWidth
    let positions = algorithm == .patches ? taps : algorithm.positions
    let result = Storage(count: positions * blocks * depth * 16)
    Parallel.forEach(blocks) { block in
      if algorithm == .patches {
        semblance_patch_weights(
          weight.pointer, outputs, inputs, Int64(taps), isTransposed ? 1 : 0, gain, Int64(block),
          Int64(block + 1), result.base)
      } else {
        semblance_winograd_weights(
          Int32(algorithm.tileSize), weight.pointer, outputs, inputs, isTransposed ? 1 : 0, gain,
          Int64(block), Int64(block + 1), result.base)
      }
    }
    prepared[key] = result
    return result
  }
}
