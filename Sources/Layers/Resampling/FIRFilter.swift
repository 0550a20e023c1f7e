import TensorCore

/// A small low-pass filter and the resamplings that StyleGAN2 makes of it (formats spec 1.3).
public struct FIRFilter: Sendable, Equatable {
  /// `[height, width]` row by row; the sum is 1 for a filter that keeps constants.
  public let taps: [Float]
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A filter given row by row.
  public init(taps: [Float], height: Int, width: Int) {
    check(
      taps.count == height * width && !taps.isEmpty,
      "FIR filter: \(taps.count) taps for \(height)x\(width)")
    self.taps = taps
    self.height = height
    self.width = width
  }

  /// The outer product of `taps` with itself, divided by its sum.
  public init(separable taps: [Float]) {
    let sum = taps.reduce(0, +)
    check(sum != 0, "FIR filter: taps \(taps) sum up to 0")
    self.init(
      taps: taps.flatMap { row in taps.map { row * $0 / (sum * sum) } }, height: taps.count,
      width: taps.count)
  }

  /// `[1, 3, 3, 1]` in both directions, the filter of StyleGAN2.
  public static let binomial = FIRFilter(separable: [1, 3, 3, 1])

  /// The filter mirrored in both directions.
  public var mirrored: FIRFilter {
    FIRFilter(taps: taps.reversed(), height: height, width: width)
  }

  /// Enlarges `factor` times; constants stay.
  public func upsampling(by factor: Int = 2) -> FIRResampling {
    resampling(
      up: factor, gain: Float(factor * factor),
      padding: { (($0 + factor - 1) / 2, ($0 - factor) / 2) })
  }

  /// Reduces `factor` times; constants stay.
  public func downsampling(by factor: Int = 2) -> FIRResampling {
    resampling(down: factor, padding: { (($0 - factor + 1) / 2, ($0 - factor) / 2) })
  }

  /// Filters and keeps the size.
  public func blurring() -> FIRResampling {
    resampling(padding: { ($0 / 2, ($0 - 1) / 2) })
  }

  /// What follows a transposed convolution of stride 2 without padding, whose kernel has side
  /// `kernel`, so that an input of side r ends at side 2r.
  func afterTransposedConvolution(kernel: Int) -> FIRResampling {
    resampling(
      gain: 4,
      padding: { ($0 / 2 + kernel / 2 - kernel + 1 + $0 % 2, $0 / 2 + kernel / 2 - kernel + 1) })
  }

  /// What precedes a convolution of stride 2 without padding, whose kernel has side `kernel`, so
  /// that an input of side r ends at side r/2.
  func beforeStridedConvolution(kernel: Int) -> FIRResampling {
    resampling(padding: { (($0 - 1) / 2 + kernel / 2, ($0 - 2) / 2 + kernel / 2) })
  }

  private func resampling(
    up: Int = 1, down: Int = 1, gain: Float = 1,
    padding: (_ length: Int) -> (before: Int, after: Int)
  ) -> FIRResampling {
    let (horizontal, vertical) = (padding(width), padding(height))
    return FIRResampling(
      filter: taps, filterHeight: height, filterWidth: width, up: up, down: down,
      padding: (horizontal.before, horizontal.after, vertical.before, vertical.after), gain: gain)
  }
}
