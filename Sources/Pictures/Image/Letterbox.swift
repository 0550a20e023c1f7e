/// How a picture of another aspect lies in the square frame of a generator, with bands around it.
///
/// Cars are 4:3: in a 128 x 128 frame rows 16..<112 are the picture, the bands above and below are
/// black (class 0 in masks).
public struct Letterbox: Hashable, Sendable {
  /// Width and height of the square frame.
  public let side: Int
  /// The part of the frame that shows the picture.
  public let valid: PixelRect

  /// A frame of `side` x `side` with the largest centred area of the aspect
  /// `aspectWidth`:`aspectHeight`.
  public init(aspectWidth: Int, aspectHeight: Int, side: Int) {
    check(
      aspectWidth > 0 && aspectHeight > 0 && side > 0,
      "Letterbox: expected a positive size, got \(aspectWidth):\(aspectHeight) in \(side)")
    let longest = max(aspectWidth, aspectHeight)
    let width = max(1, (side * aspectWidth + longest / 2) / longest)
    let height = max(1, (side * aspectHeight + longest / 2) / longest)
    self.side = side
    valid = PixelRect(
      left: (side - width) / 2, top: (side - height) / 2, width: width, height: height)
  }

  /// A frame with a given valid area, or nil when that is empty or not inside the frame.
  public init?(side: Int, valid: PixelRect) {
    let frame = PixelRect(left: 0, top: 0, width: side, height: side)
    guard !valid.isEmpty, frame.contains(valid) else { return nil }
    self.side = side
    self.valid = valid
  }

  /// Whether there are bands at all.
  public var hasBands: Bool { valid.width != side || valid.height != side }

  /// The part of `picture` that the frame shows: the largest centred rectangle of the valid area's
  /// aspect.
  public func visibleRect(of picture: Picture) -> PixelRect {
    picture.centeredRect(aspectWidth: valid.width, aspectHeight: valid.height)
  }

  /// The frame for `picture`: cropped to `visibleRect`, resized to the valid area, bands in
  /// `bandColor`. The result is `side` x `side`.
  public func framed(
    _ picture: Picture, by filter: ResamplingFilter = .area, bandColor: RGBColor = .black
  ) -> Picture {
    framed(
      whole: picture.cropped(to: visibleRect(of: picture)), by: filter, bandColor: bandColor)
  }

  /// The frame for `picture`, all of which is resized to the valid area.
  public func framed(
    whole picture: Picture, by filter: ResamplingFilter = .area, bandColor: RGBColor = .black
  ) -> Picture {
    let inner = picture.resized(width: valid.width, height: valid.height, by: filter)
    guard hasBands else { return inner }
    var frame = Picture(width: side, height: side, filledWith: bandColor)
    frame.metadata = picture.metadata
    frame.paste(inner, left: valid.left, top: valid.top)
    return frame
  }

  /// The valid area of a `side` x `side` picture, without the bands.
  public func unframed(_ picture: Picture) -> Picture { picture.cropped(to: valid) }

  /// The frame for a mask of any size and the valid area's aspect, bands of class `bandClass`.
  public func framed(_ map: LabelMap, bandClass: UInt8 = 0) -> LabelMap {
    let inner = map.resized(width: valid.width, height: valid.height)
    guard hasBands else { return inner }
    var frame = LabelMap(width: side, height: side, filledWith: bandClass)
    for y in 0..<inner.height {
      for x in 0..<inner.width { frame[valid.left + x, valid.top + y] = inner[x, y] }
    }
    return frame
  }

  /// The valid area of a `side` x `side` mask, without the bands.
  public func unframed(_ map: LabelMap) -> LabelMap { map.cropped(to: valid) }
}
