import Editing
import Networks
import Pictures

/// Applies a vector to one input after the other, with its progress shown.
struct ApplyWork {
  let session: Session
  let application: VectorApplication

  /// What came out for an input.
  struct Done {
    let subject: Subject
    let outcome: VectorApplication.Outcome
    let views: EditViews
    var code: LatentCode { outcome.code }
    var result: Picture { outcome.picture }
  }

  /// Embeds the input, moves its code and renders the result.
  func callAsFunction(_ input: OpenedInput, prefix: String, written: Int) throws -> Done {
    let model = session.model
    session.warnWithoutPhoto(input, whole: application.isWhole)
    let subject = try session.subject(input, prefix: prefix, written: written)
    let name = PathText.name(of: input.path)
    let outcome = try application(
      subject.code, photo: subject.photo, model: model,
      observer: session.console.observer("\(prefix)refining \(name)"))
    session.console.endProgress()
    try Interruption.check(written: written)
    let masks = [outcome.before, outcome.after].map { model.letterbox.unframed($0.squareMask) }
    let views = EditViews(
      before: (outcome.before.picture, masks[0]), after: (outcome.after.picture, masks[1]),
      region: outcome.region)
    return Done(subject: subject, outcome: outcome, views: views)
  }
}
