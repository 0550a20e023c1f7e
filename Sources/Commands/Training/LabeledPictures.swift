import Editing
import Networks
import Pictures
import Training

/// Joins masks with the codes of the pictures that they belong to.
struct LabeledPictures {
  let model: JointModel
  let console: Console
  let embedding: EmbeddingOptions

  /// A photo or a code that a mask may belong to.
  private struct Item {
    var name: String
    var path: String
    /// Which code of a file that holds several.
    var index = 0
  }

  /// The labelled codes of a folder; photos are embedded.
  ///
  /// What has no partner, and masks that nobody has painted, are left out with a warning.
  ///
  /// - Parameter folder: a folder, or an array file with the codes of `image_0`, `image_1`, ...
  func examples(
    of folder: String, areCodes: Bool, masks: String, _ annotations: [Annotation]
  ) throws -> [LabeledExample] {
    let byName = Dictionary(annotations.map { ($0.name, $0) }) { first, _ in first }
    let masksByPath = Set(annotations.map(\.path))
    var pairs: [(item: Item, annotation: Annotation)] = []
    for item in try areCodes ? codes(folder) : photos(folder) {
      guard let annotation = byName[item.name] else { continue }
      // A folder may hold pictures and masks: a mask is no picture.
      if !masksByPath.contains(item.path) { pairs.append((item, annotation)) }
    }
    let used = Set(pairs.map(\.annotation.name))
    for annotation in annotations where !used.contains(annotation.name) {
      console.warn("\(annotation.path): there is no \(areCodes ? "code" : "photo") of this name")
    }
    let painted = pairs.filter { !$0.annotation.isEmpty }
    if painted.count < pairs.count {
      let count = pairs.count - painted.count
      console.warn("\(count) mask\(count == 1 ? " is" : "s are") not painted yet and left out")
    }
    if painted.isEmpty { throw CommandError.noLabeledPictures(pictures: folder, masks: masks) }
    let session = Session(
      model: model, embedding: embedding, cache: .standard, console: console)
    return try painted.enumerated().map { index, pair in
      try example(pair.item, pair.annotation, session, "\(index + 1)/\(painted.count) ")
    }
  }

  private func photos(_ folder: String) throws -> [Item] {
    try InputList([folder], suffixes: [".png", ".jpg", ".jpeg"]).paths.map {
      Item(name: PathText.stem(of: $0), path: $0)
    }
  }

  private func codes(_ path: String) throws -> [Item] {
    if Self.isArray(path), FileStatus(of: path)?.isFolder == false {
      return try ForeignCodes(contentsOf: path, for: model).codes.indices.map {
        Item(name: "image_\($0)", path: path, index: $0)
      }
    }
    return try InputList([path], suffixes: [".code", ".npy"]).paths.map { path in
      let name = PathText.stem(of: path)
      // EditGAN calls the code of image_7.jpg latents_image_7.npy.
      let prefix = "latents_"
      return Item(
        name: Self.isArray(path) && name.hasPrefix(prefix)
          ? String(name.dropFirst(prefix.count)) : name, path: path)
    }
  }

  private static func isArray(_ path: String) -> Bool { path.lowercased().hasSuffix(".npy") }

  private func example(
    _ item: Item, _ annotation: Annotation, _ session: Session, _ prefix: String
  ) throws -> LabeledExample {
    let wPlus: WPlus
    var photo: Photo?
    if Self.isArray(item.path) {
      wPlus = try ForeignCodes(contentsOf: item.path, for: model).codes[item.index]
    } else {
      let opened = try OpenedInput(item.path, warn: console.warn)
      photo = opened.photo
      wPlus = try session.subject(opened, prefix: prefix).code.wPlus
    }
    try requireFit(annotation, photo)
    return LabeledExample(
      name: annotation.name, wPlus: wPlus.tensor,
      labels: model.letterbox.framedByMajority(annotation.map).labels)
  }

  /// Throws unless a mask has the shape of its photo or of the model's picture, in any size.
  private func requireFit(_ annotation: Annotation, _ photo: Photo?) throws {
    let valid = model.letterbox.valid
    var sizes = [[valid.width, valid.height]]
    if let photo { sizes.append([photo.picture.width, photo.picture.height]) }
    let (width, height) = (annotation.map.width, annotation.map.height)
    let fits = sizes.contains { size in
      // Sizes are rounded to whole pixels.
      abs(width * size[1] - height * size[0]) <= max(width, height, size[0], size[1])
    }
    guard fits else {
      throw EditingError.maskSize(
        path: annotation.path, width: width, height: height, expected: sizes)
    }
  }
}
