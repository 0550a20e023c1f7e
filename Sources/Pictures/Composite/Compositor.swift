/// Blends a generated patch into a photo so that the seam does not show.
///
/// Every pixel with alpha 0, and every pixel outside the frame, keeps the photo's exact bytes.
public struct Compositor: Equatable, Sendable {
  /// How the patch's colours are fitted to the photo before blending.
  public enum Matching: Equatable, Sendable {
    /// Not at all.
    case none
    /// One gain and offset per channel, fitted on a ring of `ringWidth` pixels around the region.
    case gainAndOffset(ringWidth: Int)
    /// The difference to the photo on the region's border, continued harmonically inside: the
    /// membrane solution of Poisson cloning (Perez, Gangnet, Blake 2003, "Poisson image editing",
    /// equation 5). Follows light that changes along the border, but also errors of the patch there.
    case membrane
  }

  /// How colours are fitted.
  public var matching: Matching

  /// A compositor; by default colours are matched on a ring of 8 pixels.
  public init(matching: Matching = .gainAndOffset(ringWidth: 8)) { self.matching = matching }

  /// `photo` with `patch` blended into `frame`.
  ///
  /// - Parameters:
  ///   - patch: what `frame` shows after the edit, of any size: it is resized to the frame
  ///     (bicubic when growing, area when shrinking).
  ///   - photo: the photo; its metadata is kept.
  ///   - frame: where the patch lies in the photo; may reach beyond its edges.
  ///   - alpha: coverage of the patch, of any size: it is resized to the frame.
  public func composite(
    _ patch: Picture, into photo: Picture, frame: PixelRect, alpha: AlphaMask
  ) -> Picture {
    guard !frame.isEmpty else { return photo }
    let scaled = alpha.resized(width: frame.width, height: frame.height)
    guard let reach = scaled.support.bounds else { return photo }
    let visible = PixelRect(
      left: frame.left + reach.left - margin, top: frame.top + reach.top - margin,
      width: reach.width + 2 * margin, height: reach.height + 2 * margin
    ).intersection(frame).intersection(photo.frame)
    guard !visible.isEmpty else { return photo }
    let shrinks = frame.width < patch.width || frame.height < patch.height
    let local = PixelRect(
      left: visible.left - frame.left, top: visible.top - frame.top, width: visible.width,
      height: visible.height)
    let front = patch.resized(
      width: frame.width, height: frame.height, by: shrinks ? .area : .bicubic
    ).cropped(to: local)
    let back = photo.cropped(to: visible)
    let coverage = scaled.cropped(to: local)
    guard coverage.contains(where: { $0 > 0 }) else { return photo }
    let matched = fitted(front, to: back, alpha: coverage)
    var result = photo
    result.blend(matched, over: visible, alpha: coverage)
    return result
  }

  /// Pixels around the region that matching looks at.
  private var margin: Int {
    switch matching {
    case .gainAndOffset(let ringWidth): min(max(ringWidth, 0), 1 << 16)
    case .none, .membrane: 1
    }
  }

  /// The patch's values after matching, `pixels.count` of them, not clamped.
  func fitted(_ front: Picture, to back: Picture, alpha: [Float]) -> [Float] {
    switch matching {
    case .none:
      return front.pixels.map { Float($0) }
    case .gainAndOffset(let ringWidth):
      let region = Region(width: front.width, height: front.height, bits: alpha.map { $0 > 0 })
      return ColorMatch(of: front, to: back, on: region.ring(width: ringWidth)).applied(to: front)
    case .membrane:
      let unknown = alpha.map { $0 > 0 }
      let count = front.width * front.height
      var values = front.pixels.map { Float($0) }
      for channel in 0..<3 {
        let difference = (0..<count).map { pixel in
          Float(back.pixels[3 * pixel + channel]) - Float(front.pixels[3 * pixel + channel])
        }
        let correction = Membrane(width: front.width, height: front.height, unknown: unknown)
          .filled(difference)
        for pixel in 0..<count { values[3 * pixel + channel] += correction[pixel] }
      }
      return values
    }
  }
}

extension AlphaMask {
  fileprivate func cropped(to rect: PixelRect) -> [Float] {
    var cropped: [Float] = []
    cropped.reserveCapacity(rect.width * rect.height)
    for y in rect.top..<rect.bottom {
      let row = y * width + rect.left
      cropped.append(contentsOf: values[row..<row + rect.width])
    }
    return cropped
  }
}

extension Picture {
  /// Mixes `values` (interleaved RGB for `rect`) over the pixels of `rect`.
  fileprivate mutating func blend(_ values: [Float], over rect: PixelRect, alpha: [Float]) {
    for y in 0..<rect.height {
      for x in 0..<rect.width {
        let weight = alpha[y * rect.width + x]
        if weight <= 0 { continue }
        let from = (y * rect.width + x) * 3
        let to = ((rect.top + y) * width + rect.left + x) * 3
        for channel in 0..<3 {
          let old = Float(pixels[to + channel])
          let new = min(max(values[from + channel], 0), 255)
          pixels[to + channel] = UInt8(resampled: old + weight * (new - old))
        }
      }
    }
  }
}
