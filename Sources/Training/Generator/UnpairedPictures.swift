import Networks
import Pictures
import TensorCore

/// Pictures in the square of a generator, read when they are needed and kept as bytes while there is
/// room.
public final class UnpairedPictures {
  /// The files.
  public let items: [PictureFiles.Item]
  /// Where pictures stand in the square.
  public let letterbox: Letterbox
  private let capacity: Int
  private var kept: [Int: Picture] = [:]
  private let warn: (String) -> Void

  /// A set of pictures.
  ///
  /// - Parameters:
  ///   - letterbox: nil derives it from the first picture.
  ///   - side: that of the square; nil for the smallest power of two that holds the picture.
  ///   - capacity: the most bytes of pixels that are kept.
  ///   - warn: receives a line about flaws that decoding survives.
  /// - Throws: `TrainingError.picture`.
  public init(
    _ files: PictureFiles, letterbox: Letterbox? = nil, side: Int? = nil,
    capacity: Int = 640 << 20, warn: @escaping (String) -> Void = { _ in }
  ) throws(TrainingError) {
    items = files.items
    if let letterbox {
      self.letterbox = letterbox
    } else {
      self.letterbox = try RenderedPictures.letterbox(of: files, side: side, unit: 1, warn: warn)
    }
    self.capacity = capacity
    self.warn = warn
  }

  /// Pictures `[N, 3, side, side]` in -1...1, bands of the letterbox -1.
  ///
  /// - Parameter isMirrored: for each picture whether it is shown mirrored.
  /// - Throws: `TrainingError.picture`.
  func batch(_ indices: [Int], isMirrored: [Bool]) throws(TrainingError) -> Tensor {
    var pictures: [Tensor] = []
    for (index, isMirrored) in zip(indices, isMirrored) {
      let picture = try picture(index)
      pictures.append(Tensor(isMirrored ? picture.mirrored() : picture))
    }
    return .concatenated(pictures, axis: 0)
  }

  private func picture(_ index: Int) throws(TrainingError) -> Picture {
    if let picture = kept[index] { return picture }
    let source = items[index].picture
    do throws(PictureError) {
      let picture = letterbox.framed(
        try Picture(decoding: try source.bytes(), named: source.name, warn: warn))
      if (kept.count + 1) * picture.pixels.count <= capacity { kept[index] = picture }
      return picture
    } catch { throw .picture(error) }
  }
}
