import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much pictures `[N, 3, H, W]` in -1...1 differ from each other. Measures are one number per
/// picture, computed in double precision. Letterboxed pictures are cropped to their rows first.
public enum ImageQuality {
  /// Peak signal-to-noise ratio in decibel: `10 log10(4 / mean squared difference)`, infinite for
  /// equal pictures.
  public static func peakSignalToNoiseRatio(_ first: Tensor, _ second: Tensor) -> [Double] {
    means(first, second, "peak signal-to-noise ratio") { a, b in (a - b) * (a - b) }
      .map { 10 * log10(4 / $0) }
  }

  /// Mean absolute difference as a part of the full range, 0...1 (times 255: levels of 8 bits).
  public static func meanAbsoluteChange(_ first: Tensor, _ second: Tensor) -> [Double] {
    means(first, second, "mean absolute change") { a, b in abs(a - b) }.map { $0 / 2 }
  }

  /// Mean absolute difference over the pixels outside a region, as a part of the full range, 0...1;
  /// 0 when the region covers the picture.
  ///
  /// - Parameter region: `H * W` flags, row by row; the same region for every picture.
  public static func meanAbsoluteChange(
    _ first: Tensor, _ second: Tensor, outside region: [Bool]
  ) -> [Double] {
    let planes = Planes(first, second, "mean absolute change")
    check(
      region.count == planes.pixels,
      "mean absolute change: \(region.count) flags for pictures \(first.shape)")
    let outside = region.count { !$0 }
    return (0..<planes.count).map { image in
      var sum = 0.0
      for channel in 0..<planes.channels {
        let start = (image * planes.channels + channel) * planes.pixels
        for pixel in 0..<planes.pixels where !region[pixel] {
          sum += abs(Double(planes.first[start + pixel]) - Double(planes.second[start + pixel]))
        }
      }
      return sum / Double(max(outside * planes.channels, 1)) / 2
    }
  }

  private static func means(
    _ first: Tensor, _ second: Tensor, _ name: StaticString, _ term: (Double, Double) -> Double
  ) -> [Double] {
    let planes = Planes(first, second, name)
    let length = planes.channels * planes.pixels
    return (0..<planes.count).map { image in
      var sum = 0.0
      for index in image * length..<(image + 1) * length {
        sum += term(Double(planes.first[index]), Double(planes.second[index]))
      }
      return sum / Double(max(length, 1))
    }
  }
}

/// The elements of two batches of pictures of the same shape.
struct Planes {
  let count: Int
  let channels: Int
  let height: Int
  let width: Int
  private let tensors: (Tensor, Tensor)

  var pixels: Int { height * width }
  var first: UnsafeMutablePointer<Float> { tensors.0.pointer }
  var second: UnsafeMutablePointer<Float> { tensors.1.pointer }

  init(_ first: Tensor, _ second: Tensor, _ measure: StaticString) {
    check(
      first.shape.rank == 4 && first.shape == second.shape,
      "\(measure): pictures \(first.shape) and \(second.shape)")
    count = first.shape[0]
    channels = first.shape[1]
    height = first.shape[2]
    width = first.shape[3]
    tensors = (first, second)
  }
}
