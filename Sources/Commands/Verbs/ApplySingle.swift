import Editing
import Networks
import Pictures

extension ApplyCommand {
  /// What is reported about the photo.
  private struct Result: Encodable {
    var output: String
    var code: String?
    var psnr: Double?
    var regionPixels: Int
    var outsideChange: Double
    var seconds: Double
  }

  /// Applies the vector to one photo or code.
  func runSingle(_ list: InputList, check: OutputCheck, console: Console) throws {
    let watch = Stopwatch()
    try check.requireFile(output)
    let codePlan = try saveCode.map {
      try OutputPlan(inputs: list, output: $0, suffix: ".code", check: check)
    }
    // Read before a model is opened, so that it is refused first.
    let path = list.paths[0]
    let opened = try OpenedInput(
      path, photoPath: photos.photo, framing: framing.framing(of: path), warn: console.warn)
    let (model, application) = try open(console, domain: opened.code?.record.domain)
    let session = Session(model: model, options: photos, console: console)
    let done = try ApplyWork(session: session, application: application)(
      opened, prefix: "", written: 0)
    try done.result.write(to: output)
    try codePlan?.makeFolder()
    if let codePlan { try done.code.write(to: codePlan.paths[0]) }
    console.say(
      "\(output): \(application.vector.record.name) applied to \(path) in "
        + "\(text(watch.seconds, decimals: 1)) s")
    if let sheet {
      var rows = EditSheet(model: model, columns: EditViews.columns.count)
      try done.views.appendRow(to: &rows, of: done.subject, result: done.result, model: model)
      try rows.picture.write(to: sheet)
      console.say("\(sheet): before and after")
    }
    if let animate {
      let animation = try StrengthAnimation()(
        from: done.subject.code, to: done.outcome,
        photo: application.isWhole ? nil : done.subject.photo, model: model,
        shouldStop: { Interruption.isRequested })
      try animation.write(to: animate)
      console.say("\(animate): \(animation.count) pictures of the way to the edit and back")
    }
    let result = Result(
      output: output, code: codePlan?.paths[0],
      psnr: done.subject.code.record.psnr?.rounded(decimals: 3),
      regionPixels: done.views.region.count,
      outsideChange: model.outsideChange(
        from: done.views.before.picture, to: done.views.after.picture, region: done.views.region
      ).rounded(decimals: 3), seconds: watch.seconds)
    try console.report(
      Report(
        command: "apply", model: model.domain, results: [Outcome(input: path, result: result)],
        sheet: sheet, seconds: watch.seconds))
  }
}
