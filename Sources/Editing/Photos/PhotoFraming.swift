import Networks
import Pictures

/// Which part of a photo a model sees.
public enum PhotoFraming: Equatable, Sendable {
  /// The largest centred part of the model's aspect.
  case centered
  /// The smallest part of the model's aspect around a box, moved into the photo where it fits.
  case box(PixelRect)
  /// The whole photo; its edge pixels are continued where the aspect asks for more.
  case whole
  /// The turned square around a face.
  case face(FaceAlignment)
  /// A part that has the model's aspect already.
  case exact(PixelRect)

  /// The place of the model's picture in `photo`.
  func frame(in photo: Picture, for letterbox: Letterbox) -> PhotoFrame {
    switch self {
    case .centered: .upright(letterbox.visibleRect(of: photo))
    case .whole: .upright(Self.enclosing(photo.frame, letterbox.valid))
    case .box(let box):
      .upright(Self.moved(Self.enclosing(box, letterbox.valid), into: photo.frame))
    case .face(let alignment): .turned(alignment)
    case .exact(let rect): .upright(rect)
    }
  }

  /// The smallest rectangle of the aspect of `valid` around `rect`, with the same centre.
  private static func enclosing(_ rect: PixelRect, _ valid: PixelRect) -> PixelRect {
    var (width, height) = (rect.width, rect.height)
    if width * valid.height > height * valid.width {
      height = (width * valid.height + valid.width - 1) / valid.width
    } else {
      width = (height * valid.width + valid.height - 1) / valid.height
    }
    return PixelRect(
      left: rect.left - (width - rect.width) / 2, top: rect.top - (height - rect.height) / 2,
      width: width, height: height)
  }

  private static func moved(_ rect: PixelRect, into frame: PixelRect) -> PixelRect {
    var rect = rect
    if rect.width <= frame.width {
      rect.left = min(max(rect.left, frame.left), frame.right - rect.width)
    }
    if rect.height <= frame.height {
      rect.top = min(max(rect.top, frame.top), frame.bottom - rect.height)
    }
    return rect
  }
}

/// Where a model's picture lies in a photo.
public enum PhotoFrame: Equatable, Sendable {
  /// An upright rectangle, which may reach beyond the photo.
  case upright(PixelRect)
  /// A turned square.
  case turned(FaceAlignment)

  /// The smallest upright rectangle around it.
  public var bounds: PixelRect {
    switch self {
    case .upright(let rect): return rect
    case .turned(let alignment):
      let (xs, ys) = (alignment.corners.map(\.x), alignment.corners.map(\.y))
      let left = Int((xs.min() ?? 0).rounded(.down))
      let top = Int((ys.min() ?? 0).rounded(.down))
      return PixelRect(
        left: left, top: top, width: Int((xs.max() ?? 0).rounded(.up)) - left + 1,
        height: Int((ys.max() ?? 0).rounded(.up)) - top + 1)
    }
  }
}
