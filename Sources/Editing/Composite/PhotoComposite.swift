import Networks
import Pictures

/// Puts an edit back into the photo: inside the dilated region the generator's picture, blended in
/// with a soft edge and matched colours; everything else stays the photo's own pixels.
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
  ///   - region: the edit's region in the model's square.
  public func callAsFunction(
    _ edited: Picture, region: Region, photo: Photo, model: JointModel
  ) -> Picture {
    let valid = model.letterbox.valid
    let inside = region.inside(valid)
    // Coverage falls inwards from the border, and is 0 on the outermost pixels, so that nothing
    // outside the region changes, however much larger the photo is.
    let outside = inside.complement.dilated(by: 1, .square).feathered(.smooth(width: feather))
    let alpha = AlphaMask(
      width: valid.width, height: valid.height, values: outside.values.map { 1 - $0 })
    return compositor.composite(
      edited, into: photo.picture, frame: photo.crop(for: model), alpha: alpha)
  }
}
