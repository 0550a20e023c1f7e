#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The standard normal distribution.
enum NormalDistribution {
  /// The share below `x`.
  static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

  /// The density at `x`.
  static func density(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * .pi).squareRoot() }

  /// The number with the share `p` below it, for shares of a millionth to all but a millionth:
  /// Acklam's rational approximation, improved by one step of Halley's method.
  static func quantile(_ p: Double) -> Double {
    let p = min(max(p, 1e-6), 1 - 1e-6)
    let x = approximateQuantile(p)
    let error = (cumulative(x) - p) / density(x)
    return x - error / (1 + x * error / 2)
  }

  private static func approximateQuantile(_ p: Double) -> Double {
    let a = [
      -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
      1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    let b = [
      -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
      6.680131188771972e+01, -1.328068155288572e+01, 1,
    ]
    let c = [
      -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
      -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
    ]
    let d = [
      7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
      3.754408661907416e+00, 1,
    ]
    func value(_ coefficients: [Double], _ x: Double) -> Double {
      coefficients.reduce(0) { $0 * x + $1 }
    }
    if p < 0.02425 {
      let q = (-2 * log(p)).squareRoot()
      return value(c, q) / value(d, q)
    }
    if p > 1 - 0.02425 { return -approximateQuantile(1 - p) }
    let q = p - 0.5
    return value(a, q * q) * q / value(b, q * q)
  }
}
