import Checkpoints
import Networks
import Pictures
import TensorCore

/// A photo to work on: its pixels, and a fingerprint of them.
public struct Photo: Sendable {
  /// Where it was read.
  public let path: String
  /// The whole photo, upright.
  public let picture: Picture
  /// Fingerprint of size and pixels.
  public let hash: String
  /// The part of it that a model sees.
  public var framing: PhotoFraming

  /// A photo from its pixels; `path` stands in messages.
  public init(_ picture: Picture, path: String, framing: PhotoFraming = .centered) {
    self.path = path
    self.picture = picture
    self.framing = framing
    var hash = ContentHash()
    hash.update("\(picture.width)x\(picture.height) ")
    picture.pixels.withUnsafeBytes { hash.update($0) }
    self.hash = hash.hexadecimal
  }

  /// Reads a PNG or JPEG file.
  ///
  /// - Parameter warn: receives a line about flaws that decoding survives.
  /// - Throws: `EditingError.picture`.
  public init(
    contentsOf path: String, framing: PhotoFraming = .centered, warn: (String) -> Void = { _ in }
  ) throws(EditingError) {
    do throws(PictureError) {
      self.init(try Picture(contentsOf: path, warn: warn), path: path, framing: framing)
    } catch { throw .picture(error) }
  }

  /// Where a model's picture lies in the photo.
  public func frame(for model: JointModel) -> PhotoFrame {
    framing.frame(in: picture, for: model.letterbox)
  }

  /// The part of the photo that a model sees; the upright rectangle around it when it is turned.
  public func crop(for model: JointModel) -> PixelRect { frame(for: model).bounds }

  /// The part that a model sees, when it is upright and inside the photo.
  public func inside(for model: JointModel) -> PixelRect? {
    guard case .upright(let rect) = frame(for: model), picture.frame.contains(rect) else {
      return nil
    }
    return rect
  }

  /// The part that a model sees as a picture, as large as it is in the photo; smaller where it
  /// reaches beyond the photo, and a turned one as large as the model's.
  ///
  /// - Throws: `EditingError` when the landmarks lie outside the photo or the model has bands.
  public func view(for model: JointModel) throws(EditingError) -> Picture {
    if case .box(let box) = framing, !picture.frame.contains(box) {
      throw .cropOutside(
        path: path, crop: [box.left, box.top, box.width, box.height], width: picture.width,
        height: picture.height)
    }
    switch frame(for: model) {
    case .upright(let rect): return upright(rect, model.letterbox.valid)
    case .turned(let alignment):
      guard !model.letterbox.hasBands else { throw .landmarksNeedSquare(model: model.domain) }
      do throws(PictureError) {
        return try picture.aligned(alignment, outputSide: model.resolution, named: path)
      } catch { throw .picture(error) }
    }
  }

  /// What an upright part shows. A narrow photo has much less pixels than the square around it, so
  /// that is not made in full.
  private func upright(_ rect: PixelRect, _ valid: PixelRect) -> Picture {
    if picture.frame.contains(rect) { return picture.cropped(to: rect) }
    let shrink = max(1, min(rect.width / (4 * valid.width), rect.height / (4 * valid.height)))
    func shrunk(_ length: Int) -> Int { max(1, (length + shrink / 2) / shrink) }
    let small = picture.resized(
      width: shrunk(picture.width), height: shrunk(picture.height), by: .area)
    let left = Int((Double(rect.left) / Double(shrink)).rounded())
    let top = Int((Double(rect.top) / Double(shrink)).rounded())
    return small.cropped(
      extending: PixelRect(
        left: left, top: top, width: shrunk(rect.width), height: shrunk(rect.height)))
  }

  /// That part in the model's square, `[1, 3, H, W]` in -1...1, bands black.
  ///
  /// - Throws: `EditingError` when the landmarks lie outside the photo or the model has bands.
  public func tensor(for model: JointModel) throws(EditingError) -> Tensor {
    Tensor(model.letterbox.framed(whole: try view(for: model)))
  }

  /// The photo of a code with the part that the code was made from.
  func framed(like reference: LatentCode.PhotoReference) -> Photo {
    var photo = self
    // A record is a file's word: parts that no photo can have count as the usual one.
    if let turned = reference.turned, turned.count == 4, turned.allSatisfy({ abs($0) < 1e6 }),
      abs(turned[2]) + abs(turned[3]) >= 1
    {
      photo.framing = .face(
        FaceAlignment(
          center: PicturePoint(x: turned[0], y: turned[1]),
          xAxis: PicturePoint(x: turned[2], y: turned[3])))
    } else if reference.crop.count == 4,
      reference.crop.allSatisfy({ (-1 << 20...1 << 20).contains($0) })
    {
      let rect = PixelRect(
        left: reference.crop[0], top: reference.crop[1], width: reference.crop[2],
        height: reference.crop[3])
      if !rect.intersection(picture.frame).isEmpty { photo.framing = .exact(rect) }
    }
    return photo
  }

  /// How a code refers to this photo.
  func reference(for model: JointModel) -> LatentCode.PhotoReference {
    let frame = frame(for: model)
    let crop = frame.bounds
    var turned: [Double]?
    if case .turned(let alignment) = frame {
      turned = [alignment.center.x, alignment.center.y, alignment.xAxis.x, alignment.xAxis.y]
    }
    return LatentCode.PhotoReference(
      hash: hash, width: picture.width, height: picture.height,
      crop: [crop.left, crop.top, crop.width, crop.height], turned: turned)
  }
}
