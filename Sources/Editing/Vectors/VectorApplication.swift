import Networks
import Pictures

/// A stored vector with everything that decides what it makes of a code.
public struct VectorApplication: Sendable {
  /// The vector.
  public var vector: EditVector
  /// Factor of the vector.
  public var strength: Float
  /// Numbers of the classes whose region of the photo is replaced.
  public var classes: [UInt8]
  /// Optimisation steps that repair what lies outside of the vector's own classes.
  public var refinement: Int
  /// Pixels of the model's square by which the region is enlarged; the outermost are blended. A
  /// smile reaches beyond the lips: with 5 pixels the result is nearer to true edits than with 3.
  public var dilation: Int
  /// Whether the generator's whole picture is the result, and not the photo with the region.
  public var isWhole: Bool
  /// Whether a vector of another model of the same size is applied.
  public var acceptsOtherModels: Bool

  /// What came out for a code.
  public struct Outcome: Sendable {
    /// The edited code.
    public let code: LatentCode
    /// The generator's view of the code before the edit.
    public let before: Rendering
    /// The generator's view of the edited code.
    public let after: Rendering
    /// The edit's region in the model's square.
    public let region: Region
    /// The photo with the region blended in, or the generator's whole picture.
    public let picture: Picture
  }

  /// An application of a vector.
  public init(
    vector: EditVector, strength: Float, classes: [UInt8], refinement: Int = 0, dilation: Int = 5,
    isWhole: Bool = false, acceptsOtherModels: Bool = false
  ) {
    self.vector = vector
    self.strength = strength
    self.classes = classes
    self.refinement = refinement
    self.dilation = dilation
    self.isWhole = isWhole
    self.acceptsOtherModels = acceptsOtherModels
  }

  /// Moves a code, renders it and puts the region back into the photo.
  ///
  /// - Parameters:
  ///   - photo: the code's photo; nil gives the generator's whole picture.
  ///   - observer: called after every step of the refinement; `false` cancels and keeps the best.
  /// - Throws: `EditingError` for a vector that does not fit and a model without masks.
  public func callAsFunction(
    _ code: LatentCode, photo: Photo?, model: JointModel, observer: OptimizationObserver? = nil
  ) throws(EditingError) -> Outcome {
    let moved = try model.apply(
      vector, to: code, strength: strength, refinement: refinement, force: acceptsOtherModels,
      observer: observer)
    let before = try model.squareRendering(of: code)
    let after = try model.squareRendering(of: moved)
    let members = Set(classes)
    let region = before.squareMask.region(of: members)
      .union(after.squareMask.region(of: members)).dilated(by: dilation)
    var picture = after.picture
    if let photo, !isWhole {
      picture = try PhotoComposite()(
        after.picture, changedFrom: before.picture, region: region, photo: photo, model: model)
    }
    return Outcome(code: moved, before: before, after: after, region: region, picture: picture)
  }
}
