import Layers
import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A 3x3 matrix of homogeneous plane coordinates, row by row.
struct PlaneTransform: Equatable {
  var rows: [Double]

  static let identity = PlaneTransform(rows: [1, 0, 0, 0, 1, 0, 0, 0, 1])

  static func translation(_ x: Double, _ y: Double) -> PlaneTransform {
    PlaneTransform(rows: [1, 0, x, 0, 1, y, 0, 0, 1])
  }

  static func scaling(_ x: Double, _ y: Double) -> PlaneTransform {
    PlaneTransform(rows: [x, 0, 0, 0, y, 0, 0, 0, 1])
  }

  static func rotation(_ angle: Double) -> PlaneTransform {
    PlaneTransform(rows: [cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0, 0, 0, 1])
  }

  static func * (left: PlaneTransform, right: PlaneTransform) -> PlaneTransform {
    var product = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0..<3 {
        for k in 0..<3 {
          product[row * 3 + column] += left.rows[row * 3 + k] * right.rows[k * 3 + column]
        }
      }
    }
    return PlaneTransform(rows: product)
  }

  func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (rows[0] * x + rows[1] * y + rows[2], rows[3] * x + rows[4] * y + rows[5])
  }
}

extension AdaptiveAugmentation {
  /// The transform from a pixel of the augmented picture to the pixel that it shows, both counted
  /// from the centre: the inverses of pixel blitting and general geometric transformations in the
  /// order of Karras et al. 2020b, appendix B.
  func inverseTransform(_ draws: inout AugmentationDraws, height: Double, width: Double)
    -> PlaneTransform
  {
    var inverse = PlaneTransform.identity
    if xFlip > 0 {
      let mirrored = (draws.uniform() * 2).rounded(.down) == 1
      if draws.happens(xFlip * probability), mirrored { inverse = inverse * .scaling(-1, 1) }
    }
    if rotate90 > 0 {
      let quarters = (draws.uniform() * 4).rounded(.down)
      if draws.happens(rotate90 * probability) {
        inverse = inverse * .rotation(.pi / 2 * quarters)
      }
    }
    if integerTranslation > 0 {
      let (x, y) = (draws.symmetric() * 0.125, draws.symmetric() * 0.125)
      if draws.happens(integerTranslation * probability) {
        inverse =
          inverse
          * .translation(
            -(x * width).rounded(.toNearestOrEven), -(y * height).rounded(.toNearestOrEven))
      }
    }
    if scale > 0 {
      let factor = exp2(draws.normal() * 0.2)
      if draws.happens(scale * probability) { inverse = inverse * .scaling(1 / factor, 1 / factor) }
    }
    // Half of the rotations come before the anisotropic scaling, half behind it, so that together
    // they happen with the probability asked for.
    let half = 1 - (1 - min(max(rotate * probability, 0), 1)).squareRoot()
    if rotate > 0 {
      let angle = draws.symmetric() * .pi
      if draws.happens(half) { inverse = inverse * .rotation(angle) }
    }
    if anisotropicScale > 0 {
      let factor = exp2(draws.normal() * 0.2)
      if draws.happens(anisotropicScale * probability) {
        inverse = inverse * .scaling(1 / factor, factor)
      }
    }
    if rotate > 0, case .random = draws {
      let angle = draws.symmetric() * .pi
      if draws.happens(half) { inverse = inverse * .rotation(angle) }
    }
    if fractionalTranslation > 0 {
      let (x, y) = (draws.normal() * 0.125, draws.normal() * 0.125)
      if draws.happens(fractionalTranslation * probability) {
        inverse = inverse * .translation(-x * width, -y * height)
      }
    }
    return inverse
  }

  /// Pictures `[N, C, H, W]` transformed: reflected at their borders, enlarged twice with an
  /// orthogonal wavelet filter, sampled bilinearly and reduced again.
  func transformed(_ pictures: Tensor, by inverses: [PlaneTransform]) -> Tensor {
    guard inverses.contains(where: { $0 != .identity }) else { return pictures }
    let (height, width) = (pictures.shape[2], pictures.shape[3])
    let filter = Self.geometryFilter
    let reach = filter.width / 4
    let margin = Self.margin(inverses, height: height, width: width, reach: reach)
    let padded = pictures.resampled(
      by: PlaneMap(
        rows: .reflecting(height, before: margin.top, after: margin.bottom),
        columns: .reflecting(width, before: margin.left, after: margin.right)))
    let enlarged = padded.resampled(by: filter.upsampling())
    let shift = PlaneTransform.translation(
      Double(margin.left - margin.right) / 2, Double(margin.top - margin.bottom) / 2)
    let (newHeight, newWidth) = ((height + reach * 2) * 2, (width + reach * 2) * 2)
    let maps = inverses.map { inverse in
      let centred =
        PlaneTransform.translation(-0.5, -0.5) * .scaling(2, 2) * shift * inverse
        * .scaling(0.5, 0.5) * .translation(0.5, 0.5)
      let full =
        PlaneTransform.translation(
          Double(enlarged.shape[3]) / 2 - 0.5, Double(enlarged.shape[2]) / 2 - 0.5) * centred
        * .translation(0.5 - Double(newWidth) / 2, 0.5 - Double(newHeight) / 2)
      return AffineMap(Array(full.rows[0..<6]))
    }
    let sampled = enlarged.sampled(by: maps, height: newHeight, width: newWidth)
    let before = (filter.width - 1) / 2 - reach * 2
    let after = (filter.width - 2) / 2 - reach * 2
    let mirrored = filter.mirrored
    return sampled.resampled(
      by: FIRResampling(
        filter: mirrored.taps, filterHeight: mirrored.height, filterWidth: mirrored.width, down: 2,
        padding: (before, after, before, after)))
  }

  /// Pixels to add at each side so that no corner of any transformed picture looks beyond them,
  /// as far as one reflection reaches.
  private static func margin(
    _ inverses: [PlaneTransform], height: Int, width: Int, reach: Int
  ) -> (left: Int, right: Int, top: Int, bottom: Int) {
    let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    var bounds = (
      left: -Double.infinity, right: -Double.infinity, top: -Double.infinity,
      bottom: -Double.infinity
    )
    for inverse in inverses {
      for (signX, signY) in [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)] {
        let corner = inverse(signX * centreX, signY * centreY)
        bounds.left = max(bounds.left, -corner.x)
        bounds.right = max(bounds.right, corner.x)
        bounds.top = max(bounds.top, -corner.y)
        bounds.bottom = max(bounds.bottom, corner.y)
      }
    }
    func pixels(_ bound: Double, _ centre: Double, _ size: Int) -> Int {
      Int(min(max(bound + Double(reach * 2) - centre, 0), Double(size - 1)).rounded(.up))
    }
    return (
      pixels(bounds.left, centreX, width), pixels(bounds.right, centreX, width),
      pixels(bounds.top, centreY, height), pixels(bounds.bottom, centreY, height)
    )
  }

  /// The scaling filter of the symlet with six vanishing moments (Daubechies 1992), sum 1.
  static let geometryFilter = FIRFilter(separable: geometryTaps)

  static let geometryTaps: [Float] = {
    let symlet: [Double] = [
      0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633,
      0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252,
      -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148,
    ]
    let sum = symlet.reduce(0, +)
    return symlet.map { Float($0 / sum) }
  }()
}

extension AxisMap {
  /// An axis of `count` pixels with pixels added that mirror the inner ones; the border pixel itself
  /// is not repeated.
  static func reflecting(_ count: Int, before: Int, after: Int) -> AxisMap {
    AxisMap(
      inputCount: count,
      rows: (-before..<count + after).map { [(index: reflected($0, in: count), weight: 1)] })
  }
}

/// The pixel of `0..<count` that a mirror at both border pixels shows at `index`.
func reflected(_ index: Int, in count: Int) -> Int {
  if count == 1 { return 0 }
  let period = 2 * (count - 1)
  let position = ((index % period) + period) % period
  return min(position, period - position)
}
