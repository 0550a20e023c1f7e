import Networks
import Pictures
import TensorCore

/// Label maps with their photos, read when they are needed.
public final class LayoutSet {
  /// The files.
  public let pairs: [PairedFolders.Pair]
  /// The classes of the label maps, and whether layouts have edges between instances.
  public let classes: LayoutClasses
  /// How pairs are brought to the size of the network.
  public let preprocessing: Preprocessing
  private let mirroredClasses: [UInt8]
  private let warn: (String) -> Void
  private var order: (epoch: Int, seed: UInt64, indices: [Int])?

  /// A set of pairs.
  ///
  /// - Parameter warn: receives a line about flaws that decoding survives.
  public init(
    _ pairs: [PairedFolders.Pair], classes: LayoutClasses, preprocessing: Preprocessing,
    warn: @escaping (String) -> Void = { _ in }
  ) {
    check(!pairs.isEmpty, "layout set: no pairs")
    self.pairs = pairs
    self.classes = classes
    self.preprocessing = preprocessing
    mirroredClasses = classes.palette.mirroredClasses
    self.warn = warn
  }

  /// The layouts `[N, L, H, W]` and photos `[N, 3, H, W]` of one step. Every epoch visits each pair
  /// once, in an order of its own.
  ///
  /// - Parameter part: the pairs of the step that are wanted; nil for all. They are the same as
  ///   those among all.
  /// - Throws: `TrainingError.picture` that names a file, or `.preparedSize`.
  public func batch(
    step: Int, size: Int, part: Range<Int>? = nil, seed: UInt64, _ random: inout RandomSource
  ) throws(TrainingError) -> (layouts: Tensor, photos: Tensor) {
    var layouts: [Tensor] = []
    var photos: [Tensor] = []
    for place in 0..<size {
      guard part?.contains(place) ?? true else {
        Preprocessing.draw(&random)
        continue
      }
      let (layout, photo) = try pair(index(at: step * size + place, seed: seed), &random)
      layouts.append(layout.tensor)
      photos.append(Tensor(photo))
    }
    return (.concatenated(layouts, axis: 0), .concatenated(photos, axis: 0))
  }

  /// The pair at `index`, prepared.
  ///
  /// - Throws: `TrainingError.picture` that names a file, or `.preparedSize`.
  public func pair(_ index: Int, _ random: inout RandomSource) throws(TrainingError)
    -> (layout: SemanticLayout, photo: Picture)
  {
    let files = pairs[index]
    let prepared: (photo: Picture, labels: LabelMap, instances: InstanceMap?)
    do throws(PictureError) {
      let photo = try Picture(contentsOf: files.photo, warn: warn)
      let labels = try LabelMap(
        contentsOf: files.labels, palette: classes.palette, unlabelled: classes.unlabelled)
      try labels.requireSize(width: photo.width, height: photo.height, named: files.labels)
      prepared = preprocessing(
        photo, labels, instances: try instances(of: files, labels),
        mirroredClasses: mirroredClasses, &random)
    } catch { throw .picture(error) }
    guard
      prepared.photo.width == preprocessing.width, prepared.photo.height == preprocessing.height
    else {
      throw .preparedSize(
        path: files.photo, width: prepared.photo.width, height: prepared.photo.height,
        expected: [preprocessing.width, preprocessing.height])
    }
    let layout = SemanticLayout(
      labels: prepared.labels, edges: prepared.instances?.edges,
      classCount: classes.palette.count)
    return (layout, prepared.photo)
  }

  /// The objects of a pair; classes stand for them where there is no file of instances.
  private func instances(of files: PairedFolders.Pair, _ labels: LabelMap) throws(PictureError)
    -> InstanceMap?
  {
    guard classes.hasEdges else { return nil }
    guard let path = files.instances else {
      return InstanceMap(
        width: labels.width, height: labels.height, ids: labels.labels.map(UInt32.init))
    }
    let map = try InstanceMap(contentsOf: path)
    guard map.width == labels.width, map.height == labels.height else {
      throw .sizeMismatch(
        name: path, expectedWidth: labels.width, expectedHeight: labels.height,
        actualWidth: map.width, actualHeight: map.height)
    }
    return map
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
