import Checkpoints
import Pictures

/// An input that was read but not embedded yet: a photo, or a code with or without its photo.
public struct OpenedInput: Sendable {
  /// Where it was read.
  public let path: String
  /// The photo, when there is one.
  public let photo: Photo?
  /// The code, when the file is one.
  public let code: LatentCode?

  /// Reads a photo or a `.code` file; the content decides which it is.
  ///
  /// - Parameters:
  ///   - photoPath: the photo of a code.
  ///   - framing: the part of a photo that the model sees; that of a code's photo is the code's.
  ///   - warn: receives a line about flaws that reading survives.
  /// - Throws: `EditingError`, also when the photo at `photoPath` is not the code's.
  public init(
    _ path: String, photoPath: String? = nil, framing: PhotoFraming = .centered,
    warn: (String) -> Void
  ) throws(EditingError) {
    let bytes: [UInt8]
    do throws(PictureError) { bytes = try PictureFile.bytes(at: path) } catch {
      throw .picture(error)
    }
    try self.init(bytes, path: path, framing: framing, warn: warn)
    guard let photoPath else { return }
    guard let code else {
      warn("\(path) is a photo itself; --photo is ignored")
      return
    }
    let photo = try Photo(contentsOf: photoPath, warn: warn)
    guard case .photo(let reference) = code.record.source, reference.hash == photo.hash else {
      throw .photoOfOtherCode(path: photoPath)
    }
    self = OpenedInput(path: path, photo: photo.framed(like: reference), code: code)
  }

  /// Decodes a photo or a code that was read before.
  ///
  /// - Parameter path: what messages call it.
  /// - Throws: `EditingError`.
  public init(
    _ bytes: [UInt8], path: String, framing: PhotoFraming = .centered, warn: (String) -> Void
  ) throws(EditingError) {
    if Self.isCode(bytes) {
      let code = try LatentCode(ByteRegion(copying: bytes), named: path)
      self.init(path: path, photo: nil, code: code)
      return
    }
    do throws(PictureError) {
      let picture = try Picture(decoding: bytes, named: path, warn: warn)
      self.init(path: path, photo: Photo(picture, path: path, framing: framing), code: nil)
    } catch { throw .picture(error) }
  }

  private init(path: String, photo: Photo?, code: LatentCode?) {
    self.path = path
    self.photo = photo
    self.code = code
  }

  /// Whether a file begins like a safetensors file: the length of the header, then a brace.
  private static func isCode(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 9 && bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
  }
}
