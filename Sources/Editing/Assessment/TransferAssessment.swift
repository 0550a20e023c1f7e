import Evaluation
import Networks
import Pictures
import TensorCore

/// What a stored vector does to pictures whose true edited mask is known.
public struct TransferAssessment {
  /// What happened to one picture.
  public struct Sample: Sendable, Encodable {
    /// Intersection over union of the union of the classes with the true edited mask, before.
    public var unionIoUBefore: Double
    /// The same after.
    public var unionIoUAfter: Double
    /// Mean over the classes of the intersection over union with the true edited mask, before.
    public var meanIoUBefore: Double
    /// The same after.
    public var meanIoUAfter: Double
    /// Mean absolute change (0...255) of the generator's picture outside the dilated region.
    public var outsideChange: Double
    /// Pixels of the photo outside the dilated region that the default output changed.
    public var photoPixelsChangedOutside: Int
  }

  /// The model.
  public let model: JointModel
  /// The vector.
  public let vector: EditVector
  /// Its strength.
  public let strength: Float
  /// Steps of the repair after it.
  public let refinement: Int
  /// Numbers of the vector's classes.
  public let classes: [UInt8]
  /// One sample for each picture, in order.
  public private(set) var samples: [Sample] = []

  /// An assessment that has seen no picture yet.
  ///
  /// - Throws: `EditingError.unknownClass`.
  public init(model: JointModel, vector: EditVector, strength: Float? = nil, refinement: Int = 0)
    throws(EditingError)
  {
    self.model = model
    self.vector = vector
    self.strength = strength ?? vector.record.strength
    self.refinement = refinement
    classes = try model.classIDs(vector.record.classes)
  }

  /// Edits a photo and compares.
  ///
  /// - Parameters:
  ///   - code: the photo's code.
  ///   - edited: the true mask after the edit, in the model's square.
  /// - Throws: `EditingError` when the vector does not fit the model.
  public mutating func add(_ photo: Photo, code: LatentCode, edited: LabelMap)
    throws(EditingError)
  {
    let moved = try model.apply(vector, to: code, strength: strength, refinement: refinement)
    let (before, after) = (try model.squareMask(of: code), try model.squareMask(of: moved))
    let region = try model.region(of: classes, in: [code, moved])
    let pictures = (model.picture(of: code), model.picture(of: moved))
    let visible = region.inside(model.letterbox.valid)
    let outside = ImageQuality.meanAbsoluteChange(
      Tensor(pictures.0), Tensor(pictures.1), outside: visible.bits)[0]
    let output = try PhotoComposite()(
      pictures.1, changedFrom: pictures.0, region: region, photo: photo, model: model)
    samples.append(
      Sample(
        unionIoUBefore: unionIoU(before, edited), unionIoUAfter: unionIoU(after, edited),
        meanIoUBefore: meanIoU(before, edited), meanIoUAfter: meanIoU(after, edited),
        outsideChange: outside * 255,
        photoPixelsChangedOutside: changedPixels(photo, output, outside: visible)))
  }

  private func changedPixels(_ photo: Photo, _ output: Picture, outside region: Region) -> Int {
    let crop = photo.crop(for: model)
    let large = region.resized(width: crop.width, height: crop.height)
    var changed = 0
    for y in 0..<photo.picture.height {
      for x in 0..<photo.picture.width where photo.picture[x, y] != output[x, y] {
        let (column, row) = (x - crop.left, y - crop.top)
        let isInside =
          (0..<crop.width).contains(column) && (0..<crop.height).contains(row)
          && large[column, row]
        if !isInside { changed += 1 }
      }
    }
    return changed
  }

  private func unionIoU(_ a: LabelMap, _ b: LabelMap) -> Double {
    let (first, second) = (a.region(of: Set(classes)), b.region(of: Set(classes)))
    let union = first.union(second).count
    return union == 0 ? 1 : Double(first.intersection(second).count) / Double(union)
  }

  private func meanIoU(_ a: LabelMap, _ b: LabelMap) -> Double {
    var scores: [Double] = []
    for id in classes {
      let (first, second) = (a.region(of: [id]), b.region(of: [id]))
      let union = first.union(second).count
      if union > 0 {
        scores.append(Double(first.intersection(second).count) / Double(union))
      }
    }
    return scores.isEmpty ? 1 : scores.reduce(0, +) / Double(scores.count)
  }
}

extension Region {
  /// The part of the region inside a rectangle, on the rectangle's own grid.
  func inside(_ rect: PixelRect) -> Region {
    Region(
      width: rect.width, height: rect.height,
      bits: (0..<rect.height).flatMap { y in
        (0..<rect.width).map { x in self[x + rect.left, y + rect.top] }
      })
  }
}
