/// Where a small picture lies in a photo: a rectangle, upright or turned.
public struct PatchPlacement: Equatable, Sendable {
  /// The corner that is the top left one of the patch.
  public let origin: PicturePoint
  /// From there to the top right corner.
  public let right: PicturePoint
  /// From there to the bottom left corner, at right angles to `right`.
  public let down: PicturePoint

  /// An upright place, which may reach beyond the photo.
  public init(_ rect: PixelRect) {
    // Points count from the centre of the first pixel.
    origin = PicturePoint(x: Double(rect.left) - 0.5, y: Double(rect.top) - 0.5)
    right = PicturePoint(x: Double(rect.width), y: 0)
    down = PicturePoint(x: 0, y: Double(rect.height))
  }

  /// The turned square around a face.
  public init(_ alignment: FaceAlignment) {
    let corners = alignment.corners
    origin = corners[0]
    right = corners[3] - corners[0]
    down = corners[1] - corners[0]
  }

  /// The pixels of the photo under a part of the patch, which is given in 0...1 from its top left
  /// corner.
  func bounds(left: Double, top: Double, right end: Double, bottom: Double) -> PixelRect {
    let points = [(left, top), (end, top), (left, bottom), (end, bottom)].map { u, v in
      origin + right * u + down * v
    }
    let xs = points.map { min(max($0.x, -1e8), 1e8) }
    let ys = points.map { min(max($0.y, -1e8), 1e8) }
    let (x, y) = (Int((xs.min() ?? 0).rounded(.down)), Int((ys.min() ?? 0).rounded(.down)))
    return PixelRect(
      left: x, top: y, width: Int((xs.max() ?? 0).rounded(.up)) - x + 1,
      height: Int((ys.max() ?? 0).rounded(.up)) - y + 1)
  }
}
