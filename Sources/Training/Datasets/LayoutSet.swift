import Networks
import Pictures
import TensorCore

/// Label maps with their photos, read when they are needed.
public final class LayoutSet {
  /// The files.
  public let pairs: [PairedFolders.Pair]
  /// The classes of the label maps.
  public let palette: Palette
  /// How pairs are brought to the size of the network.
  public let preprocessing: Preprocessing
  private let mirroredClasses: [UInt8]
  private let warn: (String) -> Void
  private var order: (epoch: Int, seed: UInt64, indices: [Int])?

  /// A set of pairs.
  ///
  /// - Parameter warn: receives a line about flaws that decoding survives.
  public init(
    _ pairs: [PairedFolders.Pair], palette: Palette, preprocessing: Preprocessing,
    warn: @escaping (String) -> Void = { _ in }
  ) {
    check(!pairs.isEmpty, "layout set: no pairs")
    self.pairs = pairs
    self.palette = palette
    self.preprocessing = preprocessing
    mirroredClasses = palette.mirroredClasses
    self.warn = warn
  }

  /// The layouts `[N, L, H, W]` and photos `[N, 3, H, W]` of one step. Every epoch visits each pair
  /// once, in an order of its own.
  ///
  /// - Throws: `TrainingError.picture` that names a file, or `.preparedSize`.
  public func batch(step: Int, size: Int, seed: UInt64, _ random: inout RandomSource)
    throws(TrainingError) -> (layouts: Tensor, photos: Tensor)
  {
    var maps: [LabelMap] = []
    var photos: [Tensor] = []
    for position in step * size..<(step + 1) * size {
      let (map, photo) = try pair(index(at: position, seed: seed), &random)
      maps.append(map)
      photos.append(Tensor(photo))
    }
    return (Tensor(layouts: maps, channels: palette.count), .concatenated(photos, axis: 0))
  }

  /// The pair at `index`, prepared.
  ///
  /// - Throws: `TrainingError.picture` that names a file, or `.preparedSize`.
  public func pair(_ index: Int, _ random: inout RandomSource) throws(TrainingError)
    -> (labels: LabelMap, photo: Picture)
  {
    let files = pairs[index]
    let prepared: (photo: Picture, labels: LabelMap)
    do throws(PictureError) {
      let photo = try Picture(contentsOf: files.photo, warn: warn)
      let labels = try LabelMap(contentsOf: files.labels, palette: palette)
      try labels.requireSize(width: photo.width, height: photo.height, named: files.labels)
      prepared = preprocessing(photo, labels, mirroredClasses: mirroredClasses, &random)
    } catch { throw .picture(error) }
    guard
      prepared.photo.width == preprocessing.width, prepared.photo.height == preprocessing.height
    else {
      throw .preparedSize(
        path: files.photo, width: prepared.photo.width, height: prepared.photo.height,
        expected: [preprocessing.width, preprocessing.height])
    }
    return (prepared.labels, prepared.photo)
  }

  private func index(at position: Int, seed: UInt64) -> Int {
    let (epoch, place) = position.quotientAndRemainder(dividingBy: pairs.count)
    if order?.epoch != epoch || order?.seed != seed {
      // Streams of steps count from 1; those of epochs count down from the end.
      var random = RandomSource(seed: seed, stream: UInt64.max - UInt64(epoch))
      order = (epoch, seed, pairs.indices.shuffled(using: &random))
    }
    return order?.indices[place] ?? place
  }
}
