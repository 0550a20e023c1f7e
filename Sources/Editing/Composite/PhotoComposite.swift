import Networks
import Pictures

/// Puts an edit back into the photo: inside the dilated region what the generator changed, with a
/// soft edge and in the photo's full size; everything else stays the photo's own pixels.
public struct PhotoComposite: Sendable {
  /// Pixels of the model's square over which the edge of the region is blended.
  public var feather: Double
  /// How colours are matched and blended.
  public var compositor: Compositor

  /// A composite; the default edge is 3 pixels wide.
  public init(feather: Double = 3, compositor: Compositor = Compositor()) {
    self.feather = feather
    self.compositor = compositor
  }

  /// The whole photo with the edited region.
  ///
  /// - Parameters:
  ///   - edited: the generator's picture of the edited code, without bands.
  ///   - original: the generator's picture of the code before the edit, without bands; nil puts
  ///     the edited picture in the place of the photo wherever the region is.
  ///   - region: the edit's region in the model's square.
  /// - Throws: `EditingError` when the photo's framing does not fit.
  public func callAsFunction(
    _ edited: Picture, changedFrom original: Picture? = nil, region: Region, photo: Photo,
    model: JointModel
  ) throws(EditingError) -> Picture {
    let valid = model.letterbox.valid
    let inside = region.inside(valid)
    // Coverage falls inwards from the border, and is 0 on the outermost pixels, so that nothing
    // outside the region changes, however much larger the photo is.
    let outside = inside.complement.dilated(by: 1, .square).feathered(.smooth(width: feather))
    let alpha = AlphaMask(
      width: valid.width, height: valid.height, values: outside.values.map { 1 - $0 })
    let placement: PatchPlacement
    switch photo.frame(for: model) {
    case .upright(let rect): placement = PatchPlacement(rect)
    case .turned(let alignment): placement = PatchPlacement(alignment)
    }
    let seen = try photo.view(for: model)
      .resized(width: valid.width, height: valid.height, by: .area)
    return compositor.composite(
      edited, changedFrom: original, seen: seen, into: photo.picture, at: placement, alpha: alpha)
  }
}
