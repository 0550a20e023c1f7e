import Networks
import Pictures

extension JointModel {
  /// A painted mask in the model's square.
  ///
  /// The file has either the size of the model's picture (as `segment` writes it) or the size of
  /// the photo; a photo-sized mask is cropped like the photo and each pixel of the square takes the
  /// class that most of its pixels have.
  ///
  /// - Parameters:
  ///   - photo: the photo that was painted over, when there is one.
  ///   - nearestClass: turn unknown colours into the nearest class instead of refusing them.
  /// - Returns: the mask, and how many pixels had an unknown colour.
  /// - Throws: `EditingError.picture` for unreadable files and unknown colours or classes,
  ///   `.maskSize` for other sizes.
  public func mask(contentsOf path: String, for photo: Photo?, nearestClass: Bool = false)
    throws(EditingError) -> (map: LabelMap, repairedPixels: Int)
  {
    var repaired = 0
    var map: LabelMap
    do throws(PictureError) {
      if nearestClass {
        let result = try LabelMap.repairing(contentsOf: path, palette: palette)
        (map, repaired) = (result.map, result.repairedPixels)
      } else {
        map = try LabelMap(contentsOf: path, palette: palette)
      }
    } catch { throw .picture(error) }
    let valid = letterbox.valid
    if map.width != valid.width || map.height != valid.height {
      // A mask over a photo of which the model sees a turned part, or more than there is, would have
      // to be made up.
      guard let photo, photo.picture.width == map.width, photo.picture.height == map.height,
        let crop = photo.inside(for: self)
      else {
        var sizes = [[valid.width, valid.height]]
        if let photo, photo.inside(for: self) != nil,
          [photo.picture.width, photo.picture.height] != sizes[0]
        {
          sizes.append([photo.picture.width, photo.picture.height])
        }
        throw .maskSize(path: path, width: map.width, height: map.height, expected: sizes)
      }
      map = map.cropped(to: crop)
        .resizedByMajority(width: valid.width, height: valid.height)
    }
    return (letterbox.framed(map), repaired)
  }
}
