#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How the coverage of a region falls off at its border.
public enum Feather: Equatable, Sendable {
  /// 1 inside, then 1 - d / (width + 1) at distance d, 0 beyond `width` pixels.
  case linear(width: Double)
  /// As `linear`, with the smooth step 3t^2 - 2t^3 in place of t.
  case smooth(width: Double)
  /// The region blurred by a Gaussian that ends at three standard deviations: 1/2 at straight
  /// borders, softer inside as well.
  case gaussian(sigma: Double)
}

extension Region {
  /// The region with a soft border.
  ///
  /// Widths and sigmas of 0 or less, and NaN, give the hard region.
  public func feathered(_ feather: Feather) -> AlphaMask {
    switch feather {
    case .linear(let width) where width > 0: ramp(width) { $0 }
    case .smooth(let width) where width > 0: ramp(width) { $0 * $0 * (3 - 2 * $0) }
    case .gaussian(let sigma) where sigma > 0: blurred(sigma)
    default: AlphaMask(width: width, height: height, values: bits.map { $0 ? 1 : 0 })
    }
  }

  private func ramp(_ rampWidth: Double, _ profile: (Double) -> Double) -> AlphaMask {
    let values = squaredDistances().map { squared -> Float in
      let distance = squared == .max ? Double.infinity : Double(squared).squareRoot()
      return distance > rampWidth ? 0 : Float(profile(1 - distance / (rampWidth + 1)))
    }
    return AlphaMask(width: width, height: height, values: values)
  }

  private func blurred(_ sigma: Double) -> AlphaMask {
    let reach = Int(min((3 * sigma).rounded(.up), Double(width + height)))
    let kernel = (0...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let rows = blurredLines(
      bits.map { $0 ? 1 : 0 }, lines: height, length: width, lineStride: width, stride: 1, kernel)
    let both = blurredLines(
      rows, lines: width, length: height, lineStride: 1, stride: width, kernel)
    return AlphaMask(width: width, height: height, values: both.map { Float($0) })
  }
}

/// Convolves lines with a symmetric kernel; weights beyond the ends go to the pixels inside.
private func blurredLines(
  _ values: [Double], lines: Int, length: Int, lineStride: Int, stride: Int, _ kernel: [Double]
) -> [Double] {
  let reach = kernel.count - 1
  var result = values
  for line in 0..<lines {
    let start = line * lineStride
    for position in 0..<length {
      var sum = 0.0
      var weight = 0.0
      for other in max(0, position - reach)...min(length - 1, position + reach) {
        let k = kernel[abs(other - position)]
        sum += k * values[start + other * stride]
        weight += k
      }
      result[start + position * stride] = sum / weight
    }
  }
  return result
}
