extension LabelMap {
  /// The pixels whose class is one of `classes`.
  public func region(of classes: Set<UInt8>) -> Region {
    var isMember = [Bool](repeating: false, count: 256)
    for id in classes { isMember[Int(id)] = true }
    return Region(width: width, height: height, bits: labels.map { isMember[Int($0)] })
  }

  /// The pixels whose class differs between the two masks.
  ///
  /// - Throws: `PictureError.sizeMismatch` for masks of different sizes.
  public func changedRegion(
    from original: LabelMap, named name: String = "mask"
  ) throws(PictureError) -> Region {
    try requireSize(width: original.width, height: original.height, named: name)
    return Region(
      width: width, height: height, bits: zip(labels, original.labels).map { $0 != $1 })
  }

  /// The classes that changed pixels have, in either mask.
  ///
  /// - Throws: `PictureError.sizeMismatch` for masks of different sizes.
  public func changedClasses(
    from original: LabelMap, named name: String = "mask"
  ) throws(PictureError) -> Set<UInt8> {
    try requireSize(width: original.width, height: original.height, named: name)
    var classes: Set<UInt8> = []
    for (new, old) in zip(labels, original.labels) where new != old {
      classes.insert(new)
      classes.insert(old)
    }
    return classes
  }

  /// The pixels that have one of `classes` in either mask: where an edit of these classes plays.
  ///
  /// - Throws: `PictureError.sizeMismatch` for masks of different sizes.
  public func region(
    of classes: Set<UInt8>, alsoIn other: LabelMap, named name: String = "mask"
  ) throws(PictureError) -> Region {
    try requireSize(width: other.width, height: other.height, named: name)
    return region(of: classes).union(other.region(of: classes))
  }
}
