import Pictures

/// A repainted mask: what each pixel should be, and where the painting counts.
public struct MaskEdit: Equatable, Sendable {
  /// The class that each pixel of the generator's square should have.
  public let target: LabelMap
  /// The pixels that the edit may change.
  public let region: Region
  /// Classes whose shape changes, as numbers in rising order.
  public let classes: [UInt8]

  /// An edit with a region of one's own.
  public init(target: LabelMap, region: Region, classes: [UInt8]) {
    self.target = target
    self.region = region
    self.classes = classes
  }

  /// An edit from the mask before and after painting.
  ///
  /// The region is every repainted pixel and every pixel of an affected class in either mask,
  /// dilated (EditGAN section 4: the pixels of the edited classes in the old or new mask). A class
  /// is affected when the pixels that it gains and loses are at least a fifth of its size, so that
  /// skin round a smiling mouth does not make the whole face a part of the edit.
  ///
  /// - Parameters:
  ///   - before: the mask that the picture has.
  ///   - after: the painted mask, of the same size.
  ///   - classes: affected classes, when they are known better than from their sizes.
  ///   - dilation: pixels by which the region is enlarged.
  /// - Throws: `EditingError.nothingPainted` when both masks are equal.
  public init(
    from before: LabelMap, to after: LabelMap, classes: [UInt8]? = nil, dilation: Int = 3
  ) throws(EditingError) {
    let affected = classes ?? Self.affectedClasses(from: before, to: after)
    let touched: Region
    do throws(PictureError) {
      touched = try after.changedRegion(from: before)
        .union(after.region(of: Set(affected), alsoIn: before))
    } catch { throw .picture(error) }
    guard before.labels != after.labels else { throw .nothingPainted }
    self.init(target: after, region: touched.dilated(by: dilation), classes: affected)
  }

  /// The share of the region's pixels whose label is the target; 1 for an empty region.
  public func accuracy(of labels: [UInt8]) -> Double {
    var (right, total) = (0, 0)
    for (index, inside) in region.bits.enumerated() where inside {
      total += 1
      if labels[index] == target.labels[index] { right += 1 }
    }
    return total == 0 ? 1 : Double(right) / Double(total)
  }

  static func affectedClasses(from before: LabelMap, to after: LabelMap) -> [UInt8] {
    var size = [Int](repeating: 0, count: 256)
    var moved = [Int](repeating: 0, count: 256)
    for (old, new) in zip(before.labels, after.labels) {
      size[Int(old)] += 1
      if old == new { continue }
      size[Int(new)] += 1
      moved[Int(old)] += 1
      moved[Int(new)] += 1
    }
    return (0..<256).filter { moved[$0] > 0 && moved[$0] * 5 >= size[$0] }.map { UInt8($0) }
  }
}
