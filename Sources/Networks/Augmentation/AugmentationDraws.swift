import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the strengths of an augmentation come from: random numbers, or for tests one percentile of
/// every distribution.
enum AugmentationDraws {
  case random(RandomSource)
  case percentile(Double)

  /// Whether a transformation of this probability happens; at a percentile it always does.
  mutating func happens(_ probability: Double) -> Bool {
    guard case .random = self else { return true }
    return uniform() < probability
  }

  /// A number in 0..<1.
  mutating func uniform() -> Double {
    switch self {
    case .percentile(let percentile): return percentile
    case .random(var source):
      let value = Double(source.uniform())
      self = .random(source)
      return value
    }
  }

  /// A number in -1...1.
  mutating func symmetric() -> Double { uniform() * 2 - 1 }

  /// A standard normal number. Of a percentile q it is `erfinv(2q - 1)`, without the factor sqrt 2,
  /// as the published pipeline defines it (formats spec 1.8).
  mutating func normal() -> Double {
    switch self {
    case .percentile(let percentile): return inverseErrorFunction(percentile * 2 - 1)
    case .random(var source):
      let value = Double(source.normals(1)[0])
      self = .random(source)
      return value
    }
  }

  /// The absolute value of a standard normal number; `erfinv(q)` of a percentile q.
  mutating func halfNormal() -> Double {
    if case .percentile(let percentile) = self { return inverseErrorFunction(percentile) }
    return abs(normal())
  }
}

/// The x with erf(x) = y, for -1 < y < 1.
func inverseErrorFunction(_ y: Double) -> Double {
  // Winitzki's approximation, then Newton's method, which doubles its two digits each time.
  let logarithm = log(1 - y * y)
  let term = 2 / (Double.pi * 0.147) + logarithm / 2
  var x = ((term * term - logarithm / 0.147).squareRoot() - term).squareRoot()
  if y < 0 { x = -x }
  for _ in 0..<4 {
    x -= (erf(x) - y) / (2 / Double.pi.squareRoot() * exp(-x * x))
  }
  return x
}
