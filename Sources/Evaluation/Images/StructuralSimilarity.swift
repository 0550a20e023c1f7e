import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension ImageQuality {
  /// Side of the Gaussian window of the structural similarity.
  public static let structuralSimilarityWindow = 11

  /// Structural similarity (SSIM, Wang et al. 2004) of pictures `[N, C, H, W]` in -1...1: one number
  /// per picture, at most 1.
  ///
  /// Pictures are brought to 0...1; 11x11 Gaussian window of standard deviation 1.5 where it fits
  /// into the picture; `C1 = 0.01^2`, `C2 = 0.03^2`; mean over channels and pixels.
  ///
  /// - Throws: `EvaluationError.pictureTooSmall` below 11 pixels.
  public static func structuralSimilarity(
    _ first: Tensor, _ second: Tensor
  ) throws(EvaluationError) -> [Double] {
    let planes = Planes(first, second, "structural similarity")
    let window = GaussianWindow()
    guard min(planes.height, planes.width) >= window.count else {
      throw .pictureTooSmall(
        measure: "structural similarity", minimum: window.count, height: planes.height,
        width: planes.width)
    }
    let total = planes.count * planes.channels
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(total, 1))
    defer { sums.deallocate() }
    Parallel.forEach(total) { index in
      let a = planes.first + index * planes.pixels
      let b = planes.second + index * planes.pixels
      sums[index] = planeSimilarity(a, b, height: planes.height, width: planes.width, window)
    }
    return (0..<planes.count).map { image in
      let range = image * planes.channels..<(image + 1) * planes.channels
      return range.reduce(0.0) { $0 + sums[$1] } / Double(max(planes.channels, 1))
    }
  }

  private static func planeSimilarity(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, height: Int, width: Int,
    _ window: GaussianWindow
  ) -> Double {
    let x = (0..<height * width).map { Double(a[$0]) * 0.5 + 0.5 }
    let y = (0..<height * width).map { Double(b[$0]) * 0.5 + 0.5 }
    func smoothed(_ value: (Int) -> Double) -> [Double] {
      window.smoothed((0..<height * width).map(value), height: height, width: width)
    }
    let (meanX, meanY) = (smoothed { x[$0] }, smoothed { y[$0] })
    let (squareX, squareY) = (smoothed { x[$0] * x[$0] }, smoothed { y[$0] * y[$0] })
    let product = smoothed { x[$0] * y[$0] }
    var sum = 0.0
    for i in meanX.indices {
      let varianceX = squareX[i] - meanX[i] * meanX[i]
      let varianceY = squareY[i] - meanY[i] * meanY[i]
      let covariance = product[i] - meanX[i] * meanY[i]
      sum +=
        (2 * meanX[i] * meanY[i] + 1e-4) * (2 * covariance + 9e-4)
        / ((meanX[i] * meanX[i] + meanY[i] * meanY[i] + 1e-4) * (varianceX + varianceY + 9e-4))
    }
    return sum / Double(meanX.count)
  }
}

/// A normalised Gaussian of standard deviation 1.5 over 11 pixels.
struct GaussianWindow {
  let weights: [Double]
  var count: Int { weights.count }

  init() {
    let raw = (0..<ImageQuality.structuralSimilarityWindow).map { index in
      let distance = Double(index - ImageQuality.structuralSimilarityWindow / 2)
      return exp(-distance * distance / 4.5)
    }
    let total = raw.reduce(0, +)
    weights = raw.map { $0 / total }
  }

  /// Weighted means where the window fits: `[H - 10, W - 10]`.
  func smoothed(_ plane: [Double], height: Int, width: Int) -> [Double] {
    let (rows, columns) = (height - count + 1, width - count + 1)
    var middle = [Double](repeating: 0, count: rows * width)
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for (tap, weight) in weights.enumerated() {
        for column in 0..<width {
          middle[row * width + column] += weight * plane[(row + tap) * width + column]
        }
      }
      for (tap, weight) in weights.enumerated() {
        for column in 0..<columns {
          result[row * columns + column] += weight * middle[row * width + column + tap]
        }
      }
    }
    return result
  }
}
