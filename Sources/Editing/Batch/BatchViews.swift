import Networks
import Pictures

/// Small pictures of an edit for sheets and reports.
public struct BatchViews: Sendable {
  /// What the model saw of the photo.
  public let before: Picture
  /// The same part of the result.
  public let after: Picture
  /// The generator's picture of the code before the edit.
  public let reconstruction: Picture
  /// The code's mask before the edit, without bands.
  public let maskBefore: LabelMap
  /// The code's mask after the edit, without bands.
  public let maskAfter: LabelMap

  /// Views of an outcome, no larger than `side` pixels.
  ///
  /// - Throws: `EditingError` when the photo's framing does not fit.
  init(of outcome: VectorApplication.Outcome, photo: Photo?, model: JointModel, side: Int = 256)
    throws(EditingError)
  {
    var (before, after) = (outcome.before.picture, outcome.picture)
    if let photo {
      before = try photo.view(for: model)
      if after.width == photo.picture.width, after.height == photo.picture.height {
        after = try Photo(after, path: photo.path, framing: photo.framing).view(for: model)
      }
    }
    self.before = before.fitted(into: side)
    self.after = after.fitted(into: side)
    reconstruction = outcome.before.picture
    maskBefore = model.letterbox.unframed(outcome.before.squareMask)
    maskAfter = model.letterbox.unframed(outcome.after.squareMask)
  }
}

extension Picture {
  /// The picture, shrunk where a side is longer than `side`.
  fileprivate func fitted(into side: Int) -> Picture {
    var result = self
    result.metadata = PictureMetadata()
    let longest = max(width, height)
    guard longest > side else { return result }
    return result.resized(
      width: max(1, width * side / longest), height: max(1, height * side / longest), by: .area)
  }
}
