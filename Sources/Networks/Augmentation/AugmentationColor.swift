import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An affine map of colours: `matrix` (3x3, row by row) times the colour plus `offset`.
struct ColorTransform: Equatable {
  var matrix: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  var offset: [Double] = [0, 0, 0]

  /// This transform followed by a linear one.
  mutating func append(_ next: [Double]) {
    var product = [Double](repeating: 0, count: 9)
    var moved = [Double](repeating: 0, count: 3)
    for row in 0..<3 {
      for k in 0..<3 {
        moved[row] += next[row * 3 + k] * offset[k]
        for column in 0..<3 {
          product[row * 3 + column] += next[row * 3 + k] * matrix[k * 3 + column]
        }
      }
    }
    (matrix, offset) = (product, moved)
  }

  /// `along` times the part of a colour on the grey axis plus `across` times the rest.
  static func aboutGrey(along: Double, across: Double) -> [Double] {
    (0..<9).map { (along - across) / 3 + ($0 % 4 == 0 ? across : 0) }
  }

  /// A rotation of colours about the grey axis (Rodrigues' formula).
  static func hueRotation(_ angle: Double) -> [Double] {
    let third = (1 - cos(angle)) / 3
    let cross = sin(angle) / 3.0.squareRoot()
    let c = third + cos(angle)
    let (plus, minus) = (third + cross, third - cross)
    return [c, minus, plus, plus, c, minus, minus, plus, c]
  }
}

extension AdaptiveAugmentation {
  /// The colour transformations in the order of Karras et al. 2020b, appendix B.
  func colorTransform(_ draws: inout AugmentationDraws) -> ColorTransform {
    var transform = ColorTransform()
    if brightness > 0 {
      let shift = draws.normal() * 0.2
      if draws.happens(brightness * probability) { transform.offset = [shift, shift, shift] }
    }
    if contrast > 0 {
      let factor = exp2(draws.normal() * 0.5)
      if draws.happens(contrast * probability) {
        transform.append([factor, 0, 0, 0, factor, 0, 0, 0, factor])
      }
    }
    if lumaFlip > 0 {
      let flipped = (draws.uniform() * 2).rounded(.down) == 1
      if draws.happens(lumaFlip * probability), flipped {
        transform.append(ColorTransform.aboutGrey(along: -1, across: 1))
      }
    }
    if hue > 0 {
      let angle = draws.symmetric() * .pi
      if draws.happens(hue * probability) { transform.append(ColorTransform.hueRotation(angle)) }
    }
    if saturation > 0 {
      let factor = exp2(draws.normal())
      if draws.happens(saturation * probability) {
        transform.append(ColorTransform.aboutGrey(along: 1, across: factor))
      }
    }
    return transform
  }

  /// Pictures `[N, 3, H, W]` with a colour transform each.
  func recolored(_ pictures: Tensor, _ transforms: [ColorTransform]) -> Tensor {
    guard transforms.contains(where: { $0 != ColorTransform() }) else { return pictures }
    let pixels = pictures.shape[2] * pictures.shape[3]
    let parts = transforms.enumerated().map { index, transform in
      Tensor(transform.matrix.map(Float.init), shape: [3, 3])
        .matrixProduct(pictures.slice(index..<index + 1, axis: 0).reshaped([3, pixels]))
        + Tensor(transform.offset.map(Float.init), shape: [3, 1])
    }
    return Tensor.concatenated(parts, axis: 0).reshaped(pictures.shape)
  }
}
