import Networks
import Pictures
import TensorCore

// The product in a few calls: embed a photo, repaint its mask, apply a stored vector.

/// An edit of one picture: the moved code, the vector that moves others the same way, and numbers.
public struct Edit: Sendable {
  /// The edited picture's code.
  public let code: LatentCode
  /// The change as a vector.
  public let vector: EditVector
  /// The mask and region that were aimed at.
  public let maskEdit: MaskEdit
  /// How the optimisation went.
  public let outcome: EditOutcome
}

/// What a generator makes of a code.
public struct Rendering: Sendable {
  /// The picture without the bands of the letterbox.
  public let picture: Picture
  /// The mask in the model's square.
  public let squareMask: LabelMap
}

extension JointModel {
  /// The code of a photo: from the cache, or by encoder and optimisation.
  ///
  /// - Parameters:
  ///   - cache: where codes are looked up and stored; nil for none.
  ///   - observer: called after every step; `false` cancels and keeps the best so far.
  /// - Throws: `EditingError.diverged`, and what the photo's framing throws.
  public func embed(
    _ photo: Photo, options: EmbeddingOptions = .init(), cache: EmbeddingCache? = nil,
    observer: OptimizationObserver? = nil
  ) throws(EditingError) -> LatentCode {
    if let code = cache?.code(of: photo, model: self, options: options) { return code }
    let embedding = try Embedder(model: self, options: options)(
      try photo.tensor(for: self), observer: observer)
    let updates = max(0, embedding.trace.count - 1)
    let code = LatentCode(
      wPlus: embedding.wPlus,
      record: LatentCode.Record(
        model: fingerprint, domain: domain, source: .photo(photo.reference(for: self)),
        steps: updates, psnr: embedding.psnr))
    if updates == options.steps {
      cache?.store(code, of: photo, model: self, options: options)
    }
    return code
  }

  /// The generator's picture of a code, without the bands of the letterbox.
  public func picture(of code: LatentCode) -> Picture {
    letterbox.unframed(
      withoutRecording { synthesize(code.wPlus.tensor, withFeatures: false) }.image.picture())
  }

  /// The mask of a code in the model's square.
  ///
  /// - Throws: `EditingError.modelLacks` without segmentation branch.
  public func squareMask(of code: LatentCode) throws(EditingError) -> LabelMap {
    guard let branch else { throw .modelLacks(path, part: "segmentation branch") }
    let labels = withoutRecording { branch.labels(synthesize(code.wPlus.tensor).features) }
    return LabelMap(width: resolution, height: resolution, labels: labels)
  }

  /// Picture and mask of a code, without the bands of the letterbox.
  ///
  /// - Throws: `EditingError.modelLacks` without segmentation branch.
  public func rendering(of code: LatentCode) throws(EditingError) -> (Picture, LabelMap) {
    let rendering = try squareRendering(of: code)
    return (rendering.picture, letterbox.unframed(rendering.squareMask))
  }

  /// Picture without the bands of the letterbox, and mask in the model's square.
  ///
  /// - Throws: `EditingError.modelLacks` without segmentation branch.
  public func squareRendering(of code: LatentCode) throws(EditingError) -> Rendering {
    guard let branch else { throw .modelLacks(path, part: "segmentation branch") }
    return withoutRecording {
      let output = synthesize(code.wPlus.tensor)
      let mask = LabelMap(
        width: resolution, height: resolution, labels: branch.labels(output.features))
      return Rendering(picture: letterbox.unframed(output.image.picture()), squareMask: mask)
    }
  }

  /// Edits a code until its mask agrees with a painted one.
  ///
  /// - Parameters:
  ///   - painted: the painted mask in the model's square, see `mask(contentsOf:for:)`.
  ///   - original: the mask before painting; nil for the code's own mask.
  ///   - classes: affected classes; nil to find them from the masks.
  ///   - reference: what the picture outside the region is compared with; nil for the code's own
  ///     picture.
  ///   - name: name of the vector.
  ///   - identity: tells persons apart, to keep the face the same; nil to leave that out.
  ///   - layoutStart: offers a second point to begin at, which is taken when its loss is lower.
  /// - Throws: `EditingError.nothingPainted` and what the optimisation throws.
  public func edit(
    _ code: LatentCode, painting painted: LabelMap, original: LabelMap? = nil,
    classes: [UInt8]? = nil, dilation: Int = 3, reference: Tensor? = nil, name: String = "edit",
    options: MaskEditOptions = .init(), identity: IdentityDistance? = nil,
    layoutStart: LayoutStart? = nil, observer: OptimizationObserver? = nil
  ) throws(EditingError) -> Edit {
    let maskEdit = try maskEdit(
      of: code, painting: painted, original: original, classes: classes, dilation: dilation)
    let alternative = try layoutStart.map { (layoutStart) throws(EditingError) in
      let own = try squareRendering(of: code)
      return layoutStart.point(
        from: code.wPlus, picture: own.picture, before: original ?? own.squareMask,
        painted: painted)
    }
    var editor = MaskEditor(model: self, options: options)
    editor.identity = identity
    let outcome = try editor(
      maskEdit, from: code.wPlus, alternative: alternative, reference: reference,
      observer: observer)
    let rows = options.rows ?? 0..<rowCount
    let vector = EditVector(
      delta: outcome.delta,
      record: EditVector.Record(
        name: name, model: fingerprint, domain: domain,
        classes: maskEdit.classes.map { palette.entries[Int($0)].name },
        layers: [rows.lowerBound, rows.upperBound],
        origin: "learned from one repainted mask in \(outcome.updates) steps",
        scores: [
          "accuracy_before": outcome.accuracyBefore, "accuracy_after": outcome.accuracyAfter,
          "outside_change": outcome.outsideChange,
        ]))
    var edited = code
    // The sum, not the optimised point itself: rounding aside they are equal, and applying the
    // vector to the same code gives this very code again.
    edited.wPlus = code.wPlus + outcome.delta
    edited.record.edits.append(LatentCode.AppliedEdit(name: name, strength: 1))
    return Edit(code: edited, vector: vector, maskEdit: maskEdit, outcome: outcome)
  }

  /// What a painted mask asks of a code.
  ///
  /// When the mask before painting is not the model's own (drawn by hand, or made by another
  /// program), the region also covers the affected classes where the model sees them.
  ///
  /// - Throws: `EditingError.nothingPainted`, `.modelLacks`.
  public func maskEdit(
    of code: LatentCode, painting painted: LabelMap, original: LabelMap? = nil,
    classes: [UInt8]? = nil, dilation: Int = 3
  ) throws(EditingError) -> MaskEdit {
    let own = try squareMask(of: code)
    let edit = try MaskEdit(
      from: original ?? own, to: painted, classes: classes, dilation: dilation)
    guard original != nil else { return edit }
    let seen = own.region(of: Set(edit.classes)).dilated(by: dilation)
    return MaskEdit(
      target: edit.target, region: edit.region.union(seen), classes: edit.classes)
  }

  /// Applies a stored vector, then repairs what it changed outside its classes.
  ///
  /// - Parameters:
  ///   - strength: factor of the vector; nil for its own default.
  ///   - refinement: optimisation steps of the repair; 0 for none.
  ///   - force: apply a vector of another model of the same size.
  /// - Throws: `EditingError` for a vector that does not fit.
  public func apply(
    _ vector: EditVector, to code: LatentCode, strength: Float? = nil, refinement: Int = 0,
    force: Bool = false, refiner: Refiner? = nil, observer: OptimizationObserver? = nil
  ) throws(EditingError) -> LatentCode {
    var moved = try code.applying(
      vector, strength: strength ?? vector.record.strength, force: force)
    guard refinement > 0 else { return moved }
    let outcome = try (refiner ?? Refiner(model: self))(
      from: code.wPlus, moved: moved.wPlus, classes: try classIDs(vector.record.classes),
      steps: refinement, observer: observer)
    moved.wPlus = outcome.wPlus
    return moved
  }

  /// The region in which two codes differ by an edit of some classes: their pixels in either mask,
  /// dilated, in the model's square.
  ///
  /// - Throws: `EditingError.modelLacks` without segmentation branch.
  public func region(
    of classes: [UInt8], in codes: [LatentCode], dilation: Int = 5
  ) throws(EditingError) -> Region {
    var region = Region(width: resolution, height: resolution)
    for code in codes {
      region = region.union(try squareMask(of: code).region(of: Set(classes)))
    }
    return region.dilated(by: dilation)
  }

  /// The numbers of named classes.
  ///
  /// - Throws: `EditingError.unknownClass`.
  public func classIDs(_ names: [String]) throws(EditingError) -> [UInt8] {
    var ids: [UInt8] = []
    for name in names {
      guard let index = palette.names.firstIndex(of: name) else {
        throw .unknownClass(name, known: palette.names)
      }
      ids.append(UInt8(index))
    }
    return ids
  }
}
