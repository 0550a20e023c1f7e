import CKernels

/// How a square-stride convolution looks at its input.
public struct ConvolutionWindow: Hashable, Sendable {
  /// Rows of the kernel.
  public var kernelHeight: Int
  /// Columns of the kernel.
  public var kernelWidth: Int
  /// Distance of neighbouring windows, in both directions.
  public var stride: Int
  /// Zeros added on each of the four sides.
  public var padding: Int

  /// A window; `padding` zeros stand on each side.
  public init(kernelHeight: Int, kernelWidth: Int, stride: Int = 1, padding: Int = 0) {
    check(
      kernelHeight > 0 && kernelWidth > 0 && stride > 0 && padding >= 0,
      "convolution: kernel \(kernelHeight)x\(kernelWidth), stride \(stride), padding \(padding)")
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.padding = padding
  }

  /// `floor((height + 2 padding - kernel) / stride) + 1`, and likewise for the width.
  public func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
    let free = (height + 2 * padding - kernelHeight, width + 2 * padding - kernelWidth)
    check(
      free.0 >= 0 && free.1 >= 0,
      "convolution: kernel \(kernelHeight)x\(kernelWidth) does not fit into \(height)x\(width)")
    return (free.0 / stride + 1, free.1 / stride + 1)
  }

  func geometry(height: Int, width: Int) -> semblance_window {
    let (outputHeight, outputWidth) = outputSize(height: height, width: width)
    return semblance_window(
      height: Int64(height), width: Int64(width), kernel_height: Int64(kernelHeight),
      kernel_width: Int64(kernelWidth), stride: Int64(stride), padding: Int64(padding),
      output_height: Int64(outputHeight), output_width: Int64(outputWidth))
  }

  /// Output rows whose columns fit into the second-level cache together.
  func rowsPerTile(channels: Int, outputWidth: Int, outputHeight: Int) -> Int {
    let columnLength = channels * kernelHeight * kernelWidth
    let pixels = max(256, (1 << 17) / max(columnLength, 1))
    return min(outputHeight, max(1, pixels / max(outputWidth, 1)))
  }

  var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == 0 }
}
