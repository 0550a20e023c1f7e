/// The part of a picture that an alignment reads, shrunk to about the needed size, with the square's
/// corners in it.
struct AlignmentCrop {
  /// The part, filled up where the square reaches over the picture's edges.
  private(set) var picture: Picture
  /// The square's corners: top left, bottom left, bottom right, top right.
  private(set) var corners: [PicturePoint]
  /// How many times the picture was shrunk.
  let shrink: Int
  /// Margin around the square, in pixels.
  let border: Int
  /// What was cut out of the (shrunk) picture.
  let rect: PixelRect
  /// What was filled up: left, top, right, bottom; zeros when the square lies inside.
  private(set) var padding = EdgePadding(left: 0, top: 0, right: 0, bottom: 0)

  init(
    _ source: Picture, _ alignment: FaceAlignment, outputSide: Int, named name: String
  ) throws(PictureError) {
    var picture = source
    picture.metadata = PictureMetadata()
    var side = alignment.side
    let shrink = max(1, Int((side / Double(outputSide) * 0.5).rounded(.down)))
    var corners = alignment.corners
    if shrink > 1 {
      func shrunk(_ length: Int) -> Int {
        max(1, Int((Double(length) / Double(shrink)).rounded(.toNearestOrEven)))
      }
      picture = picture.resizedStepwise(
        width: shrunk(picture.width), height: shrunk(picture.height))
      corners = corners.map { $0 * (1 / Double(shrink)) }
      side /= Double(shrink)
    }
    let border = max(Int((side * 0.1).rounded(.toNearestOrEven)), 3)
    let box = Self.box(of: corners)
    let margin = PixelRect(
      left: box.left - border, top: box.top - border, width: box.width + 2 * border,
      height: box.height + 2 * border)
    let rect = margin.intersection(picture.frame)
    // A picture that the square does not touch would be all reflections, however far away.
    guard !rect.isEmpty, !box.intersection(picture.frame).isEmpty else {
      throw .landmarksUnusable(name: name, reason: "the face lies outside the picture")
    }
    if rect != picture.frame {
      picture = picture.cropped(to: rect)
      let origin = PicturePoint(x: Double(rect.left), y: Double(rect.top))
      corners = corners.map { $0 - origin }
    }
    self.picture = picture
    self.corners = corners
    self.shrink = shrink
    self.border = border
    self.rect = rect
    fillUp(side: side)
  }

  private mutating func fillUp(side: Double) {
    let box = Self.box(of: corners)
    var missing = EdgePadding(
      left: max(-box.left + border, 0), top: max(-box.top + border, 0),
      right: max(box.right - picture.width + border, 0),
      bottom: max(box.bottom - picture.height + border, 0))
    guard missing.largest > border - 4 else { return }
    missing = missing.atLeast(Int((side * 0.3).rounded(.toNearestOrEven)))
    padding = missing
    picture = picture.filledUp(by: missing, blur: side * 0.02)
    let shift = PicturePoint(x: Double(missing.left), y: Double(missing.top))
    corners = corners.map { $0 + shift }
  }

  /// The smallest rectangle of whole pixels around the corners.
  private static func box(of corners: [PicturePoint]) -> PixelRect {
    let (xs, ys) = (corners.map(\.x), corners.map(\.y))
    let left = Int((xs.min() ?? 0).rounded(.down))
    let top = Int((ys.min() ?? 0).rounded(.down))
    return PixelRect(
      left: left, top: top, width: Int((xs.max() ?? 0).rounded(.up)) - left,
      height: Int((ys.max() ?? 0).rounded(.up)) - top)
  }
}
