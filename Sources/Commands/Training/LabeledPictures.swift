import Editing
import Networks
import Pictures
import Training

/// Joins masks with the codes of the pictures that they belong to.
struct LabeledPictures {
  let model: JointModel
  let console: Console
  let embedding: EmbeddingOptions

  /// The labelled codes of a folder; photos are embedded.
  ///
  /// What has no partner, and masks that nobody has painted, are left out with a warning.
  func examples(
    of folder: String, areCodes: Bool, masks: String, _ annotations: [Annotation]
  ) throws -> [LabeledExample] {
    let suffixes = areCodes ? [".code"] : [".png", ".jpg", ".jpeg"]
    let inputs = try InputList([folder]).paths.filter { path in
      suffixes.contains { path.lowercased().hasSuffix($0) }
    }
    let byName = Dictionary(annotations.map { ($0.name, $0) }) { first, _ in first }
    let masksByPath = Set(annotations.map(\.path))
    var pairs: [(input: String, annotation: Annotation)] = []
    for input in inputs {
      guard let annotation = byName[PathText.stem(of: input)] else { continue }
      // A folder may hold pictures and masks: a mask is no picture.
      if !masksByPath.contains(input) { pairs.append((input, annotation)) }
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
      try example(pair.input, pair.annotation, session, "\(index + 1)/\(painted.count) ")
    }
  }

  private func example(
    _ input: String, _ annotation: Annotation, _ session: Session, _ prefix: String
  ) throws -> LabeledExample {
    let opened = try OpenedInput(input, warn: console.warn)
    try requireFit(annotation, opened.photo)
    let subject = try session.subject(opened, prefix: prefix)
    return LabeledExample(
      name: annotation.name, wPlus: subject.code.wPlus.tensor,
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
