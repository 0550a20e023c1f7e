import Editing
import Networks
import Pictures

/// Applies one vector to one input after the other.
struct ApplyWork {
  let session: Session
  let vector: EditVector
  let strength: Float
  let classes: [UInt8]
  let refinement: Int
  let dilation: Int
  let whole: Bool
  let force: Bool

  /// What came out for an input.
  struct Done {
    let subject: Subject
    let code: LatentCode
    let views: EditViews
    let result: Picture
  }

  /// Embeds the input, moves its code and renders the result.
  func callAsFunction(_ input: OpenedInput, prefix: String, written: Int) throws -> Done {
    let model = session.model
    session.warnWithoutPhoto(input, whole: whole)
    let subject = try session.subject(input, prefix: prefix, written: written)
    let name = PathText.name(of: input.path)
    let code = try model.apply(
      vector, to: subject.code, strength: strength, refinement: refinement, force: force,
      observer: session.console.observer("\(prefix)refining \(name)"))
    session.console.endProgress()
    try Interruption.check(written: written)
    let views = EditViews(
      before: try model.rendering(of: subject.code), after: try model.rendering(of: code),
      region: try model.region(of: classes, in: [subject.code, code], dilation: dilation))
    let result = session.result(
      of: views.after.picture, region: views.region, subject: subject, whole: whole)
    try Interruption.check(written: written)
    return Done(subject: subject, code: code, views: views, result: result)
  }
}
