import Networks
import Pictures
import TensorCore

/// Photos in the square of a generator, read when they are needed and kept as bytes while there is
/// room.
public final class PhotoSet {
  /// The files.
  public let paths: [String]
  private let letterbox: Letterbox
  private let capacity: Int
  private var kept: [Int: Picture] = [:]
  private let warn: (String) -> Void

  /// Photos for a generator.
  ///
  /// - Parameters:
  ///   - capacity: the most bytes of pixels that are kept.
  ///   - warn: receives a line about flaws that decoding survives.
  public init(
    paths: [String], letterbox: Letterbox, capacity: Int = 256 << 20,
    warn: @escaping (String) -> Void = { _ in }
  ) {
    self.paths = paths
    self.letterbox = letterbox
    self.capacity = capacity
    self.warn = warn
  }

  /// How many photos there are.
  public var count: Int { paths.count }

  /// The photos at `indices` as `[N, 3, H, W]` in -1...1, bands of the letterbox -1.
  ///
  /// - Throws: `TrainingError.picture`.
  public func batch(_ indices: [Int]) throws(TrainingError) -> Tensor {
    var pictures: [Tensor] = []
    for index in indices { pictures.append(Tensor(try picture(index))) }
    return .concatenated(pictures, axis: 0)
  }

  private func picture(_ index: Int) throws(TrainingError) -> Picture {
    if let picture = kept[index] { return picture }
    do throws(PictureError) {
      let picture = letterbox.framed(try Picture(contentsOf: paths[index], warn: warn))
      if (kept.count + 1) * picture.pixels.count <= capacity { kept[index] = picture }
      return picture
    } catch { throw .picture(error) }
  }
}
