extension Compositor {
  /// Changes (0...255) up to which a photo keeps all its detail, and from which it keeps none.
  static let detailLimits: (all: Float, none: Float) = (16, 48)

  /// `photo` with the change from one small picture to another, in two bands (after Burt and Adelson
  /// 1983, "A multiresolution spline with application to image mosaics").
  ///
  /// What the small pictures can show is taken from the edited one, fitted to the photo's colours.
  /// The detail that they are too coarse for stays the photo's where little changes; where much
  /// changes it would belong to something that is no longer there, and goes. Pixels with alpha 0
  /// keep the photo's exact bytes.
  ///
  /// - Parameters:
  ///   - edited: the small picture after the edit.
  ///   - original: the small picture before the edit, of the same size; nil when it is another one
  ///     altogether, of which nothing is to be kept.
  ///   - seen: the photo's own part in that size.
  ///   - placement: where the small pictures lie in the photo.
  ///   - alpha: coverage of the change, of the small pictures' size.
  public func composite(
    _ edited: Picture, changedFrom original: Picture?, seen: Picture, into photo: Picture,
    at placement: PatchPlacement, alpha: AlphaMask
  ) -> Picture {
    let (width, height) = (edited.width, edited.height)
    for (name, other) in [
      ("original", original.map { ($0.width, $0.height) } ?? (width, height)),
      ("seen", (seen.width, seen.height)), ("alpha", (alpha.width, alpha.height)),
    ] {
      check(
        other == (width, height),
        "composite: expected \(name) of \(width)x\(height), got \(other.0)x\(other.1)")
    }
    guard let reach = alpha.support.bounds else { return photo }
    let scale = placement.right.length / Double(width)
    // Smooth at any size: cubic up to four times, linear beyond.
    let factor = min(max(Int(scale.rounded(.up)), 1), 4)
    let field = ChangeField(
      fitted: fitted(edited, to: seen, alpha: alpha.values), seen: seen, edited: edited,
      original: original, alpha: alpha, factor: factor)
    let visible = placement.bounds(
      left: Double(reach.left) / Double(width), top: Double(reach.top) / Double(height),
      right: Double(reach.right) / Double(width), bottom: Double(reach.bottom) / Double(height)
    ).intersection(photo.frame)
    guard !visible.isEmpty else { return photo }
    var result = photo
    field.add(to: &result, over: visible, at: placement)
    return result
  }
}

/// What is added to a photo, on the grid of the small pictures or a finer one: `alpha * (addition -
/// loss * photo)`.
private struct ChangeField {
  private let width: Int
  private let height: Int
  /// Red, green and blue of the addition, and the part of the photo that is lost, 0...1.
  private let values: [SIMD4<Float>]
  private let alpha: [Float]

  init(
    fitted: [Float], seen: Picture, edited: Picture, original: Picture?, alpha: AlphaMask,
    factor: Int
  ) {
    let (smallWidth, smallHeight) = (edited.width, edited.height)
    (width, height) = (smallWidth * factor, smallHeight * factor)
    let (toWidth, toHeight) = (width, height)
    func enlarged(_ values: [Float], _ channels: Int, _ filter: ResamplingFilter) -> [Float] {
      factor == 1
        ? values
        : resampled(
          values, width: smallWidth, height: smallHeight, channels: channels, toWidth: toWidth,
          toHeight: toHeight, by: filter)
    }
    let difference = zip(fitted, seen.pixels).map { $0 - Float($1) }
    let loss =
      original.map { original in
        Self.loss(
          zip(edited.pixels, original.pixels).map { Float($0) - Float($1) }, width: smallWidth,
          height: smallHeight)
      } ?? [Float](repeating: 1, count: smallWidth * smallHeight)
    let largeDifference = enlarged(difference, 3, .bicubic)
    let largeFitted = enlarged(fitted, 3, .bicubic)
    let largeLoss = enlarged(loss, 1, .bilinear)
    self.alpha = enlarged(alpha.values, 1, .bilinear)
    values = largeLoss.indices.map { pixel in
      let lost = largeLoss[pixel]
      var value = SIMD4<Float>(0, 0, 0, lost)
      for channel in 0..<3 {
        let index = 3 * pixel + channel
        value[channel] = (1 - lost) * largeDifference[index] + lost * largeFitted[index]
      }
      return value
    }
  }

  /// How much of the photo's detail is lost, by the largest change nearby.
  private static func loss(_ difference: [Float], width: Int, height: Int) -> [Float] {
    let limits = Compositor.detailLimits
    let change = (0..<width * height).map { pixel in
      max(
        abs(difference[3 * pixel]), abs(difference[3 * pixel + 1]), abs(difference[3 * pixel + 2]))
    }
    func aroundEach(_ values: [Float], _ combine: ([Float]) -> Float) -> [Float] {
      (0..<width * height).map { pixel in
        let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
        var near: [Float] = []
        for row in max(0, y - 1)...min(height - 1, y + 1) {
          for column in max(0, x - 1)...min(width - 1, x + 1) {
            near.append(values[row * width + column])
          }
        }
        return combine(near)
      }
    }
    let widest = aroundEach(change) { $0.max() ?? 0 }
    return aroundEach(widest) { $0.reduce(0, +) / Float($0.count) }.map { value in
      let t = min(max((value - limits.all) / (limits.none - limits.all), 0), 1)
      return t * t * (3 - 2 * t)
    }
  }

  /// Adds the change to the pixels of `rect`.
  func add(to photo: inout Picture, over rect: PixelRect, at placement: PatchPlacement) {
    let acrossLength = placement.right.x * placement.right.x + placement.right.y * placement.right.y
    let downLength = placement.down.x * placement.down.x + placement.down.y * placement.down.y
    guard acrossLength > 0, downLength > 0 else { return }
    let across = placement.right * (Double(width) / acrossLength)
    let along = placement.down * (Double(height) / downLength)
    let photoWidth = photo.width
    photo.pixels.withUnsafeMutableBufferPointer { pixels in
      values.withUnsafeBufferPointer { values in
        alpha.withUnsafeBufferPointer { alpha in
          for y in rect.top..<rect.bottom {
            let dy = Double(y) - placement.origin.y
            for x in rect.left..<rect.right {
              let dx = Double(x) - placement.origin.x
              let u = dx * across.x + dy * across.y - 0.5
              let v = dx * along.x + dy * along.y - 0.5
              guard u >= -0.5, v >= -0.5, u < Double(width) - 0.5, v < Double(height) - 0.5
              else { continue }
              let taps = Taps(u: Float(u), v: Float(v), width: width, height: height)
              let weight = taps.mix(alpha)
              if weight <= 0 { continue }
              let change = taps.mix(values)
              let index = (y * photoWidth + x) * 3
              for channel in 0..<3 {
                let old = Float(pixels[index + channel])
                pixels[index + channel] = UInt8(
                  resampled: old + weight * (change[channel] - change.w * old))
              }
            }
          }
        }
      }
    }
  }
}

/// The four grid points around a position and their weights; positions beyond the outermost points
/// count as on them.
private struct Taps {
  private let indices: (Int, Int, Int, Int)
  private let weights: SIMD4<Float>

  @inline(__always)
  init(u: Float, v: Float, width: Int, height: Int) {
    let (x, y) = (min(max(u, 0), Float(width - 1)), min(max(v, 0), Float(height - 1)))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (dx, dy) = (x - Float(left), y - Float(top))
    indices = (
      top * width + left, top * width + right, bottom * width + left, bottom * width + right
    )
    weights = SIMD4((1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy)
  }

  @inline(__always)
  func mix(_ values: UnsafeBufferPointer<Float>) -> Float {
    weights[0] * values[indices.0] + weights[1] * values[indices.1] + weights[2] * values[indices.2]
      + weights[3] * values[indices.3]
  }

  @inline(__always)
  func mix(_ values: UnsafeBufferPointer<SIMD4<Float>>) -> SIMD4<Float> {
    values[indices.0] * weights[0] + values[indices.1] * weights[1] + values[indices.2] * weights[2]
      + values[indices.3] * weights[3]
  }
}
