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
      guard let photo, photo.picture.width == map.width, photo.picture.height == map.height else {
        var sizes = [[valid.width, valid.height]]
        if let photo, [photo.picture.width, photo.picture.height] != sizes[0] {
          sizes.append([photo.picture.width, photo.picture.height])
        }
        throw .maskSize(path: path, width: map.width, height: map.height, expected: sizes)
      }
      map = map.cropped(to: photo.crop(for: self))
        .resizedByMajority(width: valid.width, height: valid.height)
    }
    return (letterbox.framed(map), repaired)
  }
}

extension LabelMap {
  /// The mask in another size, in which every pixel has the class that covers most of it (of equals
  /// the one with the lower number); when it grows, the class at its centre.
  func resizedByMajority(width newWidth: Int, height newHeight: Int) -> LabelMap {
    if newWidth > width || newHeight > height {
      return resized(width: newWidth, height: newHeight)
    }
    var result = LabelMap(width: newWidth, height: newHeight, filledWith: 0).labels
    var area = [Int](repeating: 0, count: 256)
    for y in 0..<newHeight {
      let rows = Self.cover(y, from: height, to: newHeight)
      for x in 0..<newWidth {
        let columns = Self.cover(x, from: width, to: newWidth)
        var seen: [Int] = []
        for (row, rowWeight) in rows {
          for (column, columnWeight) in columns {
            let label = Int(labels[row * width + column])
            if area[label] == 0 { seen.append(label) }
            area[label] += rowWeight * columnWeight
          }
        }
        let best = seen.max { (area[$0], $1) < (area[$1], $0) } ?? 0
        result[y * newWidth + x] = UInt8(best)
        for label in seen { area[label] = 0 }
      }
    }
    return LabelMap(width: newWidth, height: newHeight, labels: result)
  }

  /// Old pixels under new pixel `index`, each with its share in units of `1 / newCount`.
  private static func cover(_ index: Int, from count: Int, to newCount: Int) -> [(Int, Int)] {
    let (start, end) = (index * count, (index + 1) * count)
    return (start / newCount...(end - 1) / newCount).map { position in
      (position, min(end, (position + 1) * newCount) - max(start, position * newCount))
    }
  }
}
