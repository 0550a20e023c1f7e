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

  /// A photo from its pixels; `path` stands in messages.
  public init(_ picture: Picture, path: String) {
    self.path = path
    self.picture = picture
    var hash = ContentHash()
    hash.update("\(picture.width)x\(picture.height) ")
    picture.pixels.withUnsafeBytes { hash.update($0) }
    self.hash = hash.hexadecimal
  }

  /// Reads a PNG or JPEG file.
  ///
  /// - Parameter warn: receives a line about flaws that decoding survives.
  /// - Throws: `EditingError.picture`.
  public init(contentsOf path: String, warn: (String) -> Void = { _ in }) throws(EditingError) {
    do throws(PictureError) {
      self.init(try Picture(contentsOf: path, warn: warn), path: path)
    } catch { throw .picture(error) }
  }

  /// The part of the photo that a model sees: the largest centred rectangle of its aspect.
  public func crop(for model: JointModel) -> PixelRect {
    model.letterbox.visibleRect(of: picture)
  }

  /// That part in the model's square, `[1, 3, H, W]` in -1...1, bands black.
  public func tensor(for model: JointModel) -> Tensor { Tensor(model.letterbox.framed(picture)) }

  /// How a code refers to this photo.
  func reference(for model: JointModel) -> LatentCode.PhotoReference {
    let crop = crop(for: model)
    return LatentCode.PhotoReference(
      hash: hash, width: picture.width, height: picture.height,
      crop: [crop.left, crop.top, crop.width, crop.height])
  }
}
