#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How pixels of one grid become pixels of another.
///
/// Pixel centres lie at half integers (pixel i covers i...i+1), weights of samples beyond an edge
/// go to those inside. `bicubic`, `lanczos` and `bilinear` widen with the scale when shrinking, so that nothing
/// aliases.
public enum ResamplingFilter: String, CaseIterable, Sendable {
  /// Mean over the exact area that a target pixel covers; the choice for shrinking.
  case area
  /// Cubic convolution with a = -0.5 (Keys 1981, "Cubic convolution interpolation for digital
  /// image processing", equation 15).
  case bicubic
  /// A sinc windowed by the main lobe of a sinc three times as wide (Lanczos).
  case lanczos
  /// Linear interpolation.
  case bilinear
  /// The pixel whose area holds the target's centre; the only one for class ids.
  case nearest
}

/// Sparse weights of one axis: target i is the sum of `weights(i)` over consecutive sources from
/// `starts[i]` on.
struct ResamplingWeights {
  private(set) var starts: [Int] = []
  private(set) var counts: [Int] = []
  /// Position of the first weight of target i in `values`.
  private(set) var offsets: [Int] = []
  private(set) var values: [Float] = []

  /// Most sources that one target needs.
  private(set) var longest = 0

  /// Weights from `source` to `target` pixels. Starts never decrease.
  init(from source: Int, to target: Int, by filter: ResamplingFilter) {
    let scale = Double(source) / Double(target)
    starts.reserveCapacity(target)
    for index in 0..<target {
      switch filter {
      case .nearest:
        append(from: min(Int((Double(index) + 0.5) * scale), source - 1), [1])
      case .area:
        appendArea(
          from: Double(index) * scale, to: min(Double(index + 1) * scale, Double(source)), source)
      case .bilinear:
        appendKernel(center: (Double(index) + 0.5) * scale, scale, source, reach: 1) {
          max(0, 1 - abs($0))
        }
      case .bicubic:
        appendKernel(
          center: (Double(index) + 0.5) * scale, scale, source, reach: 2, ResamplingWeights.cubic)
      case .lanczos:
        appendKernel(
          center: (Double(index) + 0.5) * scale, scale, source, reach: 3, ResamplingWeights.lanczos)
      }
    }
  }

  private mutating func append(from start: Int, _ weights: [Double]) {
    let sum = weights.reduce(0, +)
    starts.append(start)
    counts.append(weights.count)
    offsets.append(values.count)
    values.append(contentsOf: weights.map { Float($0 / sum) })
    longest = max(longest, weights.count)
  }

  private mutating func appendArea(from begin: Double, to end: Double, _ source: Int) {
    let first = min(Int(begin), source - 1)
    let last = max(first, min(Int(end.rounded(.up)), source) - 1)
    let weights = (first...last).map { pixel in
      min(end, Double(pixel + 1)) - max(begin, Double(pixel))
    }
    append(from: first, weights)
  }

  private mutating func appendKernel(
    center: Double, _ scale: Double, _ source: Int, reach: Double, _ kernel: (Double) -> Double
  ) {
    let stretch = max(scale, 1)
    let first = max(0, Int((center - reach * stretch + 0.5).rounded(.down)))
    let last = min(source, Int((center + reach * stretch + 0.5).rounded(.down))) - 1
    let weights = (first...max(first, last)).map { pixel in
      kernel((Double(pixel) + 0.5 - center) / stretch)
    }
    append(from: first, weights)
  }

  private static func lanczos(_ distance: Double) -> Double {
    if distance == 0 { return 1 }
    if abs(distance) >= 3 { return 0 }
    let x = distance * Double.pi
    return 3 * sin(x) * sin(x / 3) / (x * x)
  }

  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }
}
