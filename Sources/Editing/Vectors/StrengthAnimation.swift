import Networks
import Pictures

/// The way from a photo to its edit, as an animation that goes there and back.
public struct StrengthAnimation: Sendable {
  /// Pictures on the way, both ends included.
  public var frameCount: Int
  /// Longest side of the pictures.
  public var side: Int
  /// Seconds of the way in one direction.
  public var seconds: Double

  /// An animation.
  ///
  /// - Parameter frameCount: at least 2.
  public init(frameCount: Int = 21, side: Int = 512, seconds: Double = 1.2) {
    self.frameCount = max(2, frameCount)
    self.side = side
    self.seconds = seconds
  }

  /// The animation of an outcome: the codes lie on the straight line between both ends, the region
  /// is that of the whole edit.
  ///
  /// - Parameters:
  ///   - photo: the code's photo; nil shows the generator's whole pictures.
  ///   - shouldStop: asked before each picture.
  /// - Throws: `EditingError.cancelled`, and what the photo's framing throws.
  public func callAsFunction(
    from start: LatentCode, to outcome: VectorApplication.Outcome, photo: Photo?,
    model: JointModel, shouldStop: () -> Bool = { false }
  ) throws(EditingError) -> AnimatedPNG {
    // What is shown of a large photo needs no more pixels than the animation has.
    let shown = try photo.map { (photo) throws(EditingError) in
      Photo(fitted(try photo.view(for: model)), path: photo.path, framing: .whole)
    }
    let way = outcome.code.wPlus - start.wPlus
    var frames: [Picture] = []
    for index in 0..<frameCount {
      if shouldStop() { throw .cancelled }
      var code = start
      // Smooth steps: both ends are looked at longer.
      let time = Float(index) / Float(frameCount - 1)
      code.wPlus = start.wPlus + way * (time * time * (3 - 2 * time))
      var picture = model.picture(of: code)
      if let shown {
        picture = try PhotoComposite()(
          picture, changedFrom: outcome.before.picture, region: outcome.region, photo: shown,
          model: model)
      }
      frames.append(picture)
    }
    let delay = Int((seconds * 1000 / Double(frameCount - 1)).rounded())
    var animation = AnimatedPNG(frameMilliseconds: min(max(delay, 1), 65_535))
    do throws(PictureError) {
      for frame in frames + frames.dropFirst().dropLast().reversed() {
        try animation.append(frame)
      }
    } catch { throw .picture(error) }
    return animation
  }

  private func fitted(_ picture: Picture) -> Picture {
    let longest = max(picture.width, picture.height)
    guard longest > side else { return picture }
    return picture.resized(
      width: max(1, picture.width * side / longest),
      height: max(1, picture.height * side / longest), by: .area)
  }
}
