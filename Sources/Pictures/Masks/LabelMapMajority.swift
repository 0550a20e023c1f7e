extension LabelMap {
  /// The mask in another size, in which every pixel has the class that covers most of it (of equals
  /// the one with the lower number); when it grows, the class at its centre.
  public func resizedByMajority(width newWidth: Int, height newHeight: Int) -> LabelMap {
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

extension Letterbox {
  /// The frame for a mask of a whole photo: cropped to the part that `framed(_:by:bandColor:)` shows
  /// of the photo, each pixel with the class that covers most of it, bands of class `bandClass`.
  public func framedByMajority(_ map: LabelMap, bandClass: UInt8 = 0) -> LabelMap {
    let visible = map.frame.centered(aspectWidth: valid.width, aspectHeight: valid.height)
    return framed(
      map.cropped(to: visible).resizedByMajority(width: valid.width, height: valid.height),
      bandClass: bandClass)
  }
}
