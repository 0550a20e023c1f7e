import Editing
import Networks
import Pictures

/// A picture with its code, ready to be edited.
struct Subject {
  /// Where it was read.
  let path: String
  /// The photo, when there is one.
  let photo: Photo?
  /// Its code.
  let code: LatentCode
  /// Whether nothing had to be computed for the code.
  let wasStored: Bool
}

/// A model at work for one command.
struct Session {
  /// The model.
  let model: JointModel
  /// Where codes of photos are kept; nil when they are not.
  var cache: EmbeddingCache?
  /// How photos are embedded.
  var embedding: EmbeddingOptions
  /// Where progress is shown.
  let console: Console

  /// A session as the options want it.
  init(model: JointModel, options: PhotoOptions, console: Console) {
    self.model = model
    cache = options.noCache ? nil : .standard
    embedding = options.embedding
    self.console = console
  }

  /// A session that keeps codes in `cache`, or none.
  init(
    model: JointModel, embedding: EmbeddingOptions, cache: EmbeddingCache? = nil, console: Console
  ) {
    self.model = model
    self.cache = cache
    self.embedding = embedding
    self.console = console
  }

  /// The input with its code: the stored one, or a new one.
  ///
  /// - Parameter written: files that the command has finished already.
  /// - Throws: `EditingError` for a code of another model; `CommandError`.
  func subject(_ input: OpenedInput, prefix: String = "", written: Int = 0) throws -> Subject {
    if let code = input.code {
      try requireFit(code, path: input.path)
      return Subject(path: input.path, photo: input.photo, code: code, wasStored: true)
    }
    guard let photo = input.photo else { throw CommandError.noInput(path: input.path) }
    var steps = 0
    defer { console.endProgress() }
    let label = "\(prefix)embedding \(PathText.name(of: input.path))"
    let code = try model.embed(
      photo, options: embedding, cache: cache,
      observer: console.observer(label) { steps += 1 })
    try Interruption.check(written: written)
    return Subject(
      path: input.path, photo: photo, code: code, wasStored: steps == 0 && embedding.steps > 0)
  }

  /// Throws unless a code was made with this model and has its size.
  func requireFit(_ code: LatentCode, path: String) throws {
    guard code.record.model == model.fingerprint else {
      throw EditingError.codeOfOtherModel(
        path: path, expected: model.fingerprint, actual: code.record.model)
    }
    guard code.wPlus.rowCount == model.rowCount, code.wPlus.width == model.latentWidth else {
      throw CommandError.codeOfOtherSize(
        path: path, expected: [model.rowCount, model.latentWidth],
        actual: [code.wPlus.rowCount, code.wPlus.width])
    }
  }

  /// Throws unless a vector was made for this model, or only for one of the same size when `force`
  /// is given.
  func requireFit(_ vector: EditVector, force: Bool) throws {
    guard vector.delta.rowCount == model.rowCount, vector.delta.width == model.latentWidth else {
      throw EditingError.vectorOfOtherSize(
        vector.record.name, expected: [model.rowCount, model.latentWidth],
        actual: [vector.delta.rowCount, vector.delta.width])
    }
    guard force || vector.record.model == model.fingerprint else {
      throw EditingError.vectorOfOtherModel(
        vector.record.name, expected: model.fingerprint, actual: vector.record.model)
    }
  }

  /// The picture of an edit: the photo with the region blended in, or the generator's whole picture.
  ///
  /// - Parameter whole: the generator's picture is wanted.
  func result(of views: EditViews, subject: Subject, whole: Bool) throws -> Picture {
    guard !whole, let photo = subject.photo else { return views.after.picture }
    return try PhotoComposite()(
      views.after.picture, changedFrom: views.before.picture, region: views.region, photo: photo,
      model: model)
  }

  /// Warns that the whole picture is written because a code came without its photo.
  func warnWithoutPhoto(_ input: OpenedInput, whole: Bool) {
    if whole || input.photo != nil { return }
    let remedy: String
    if case .photo? = input.code?.record.source {
      remedy = "; give its photo with --photo to get the photo with the edit"
    } else {
      remedy = ""
    }
    console.warn("\(input.path) is a code: the generator's whole picture is written\(remedy)")
  }
}
