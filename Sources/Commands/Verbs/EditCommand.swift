import ArgumentParser
import Editing
import Networks
import Pictures
import TensorCore

/// `semblance edit`: a photo and a repainted mask to a picture and a vector.
struct EditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Make a repainted mask come true.",
    usage: "semblance edit <photo|code> --mask <png> -o <file> [<options>]",
    discussion: """
      The photo's latent code is optimised until the generator's mask agrees with the painted one \
      where it was painted, while the rest of the picture keeps its looks. By default the output is \
      the photo itself in which only the edited region is replaced, with a soft edge.

      The painted mask has the size that 'semblance segment' writes, or the photo's own size. Masks \
      with colours of no class are refused; --nearest-class repairs soft brush strokes.

      EXAMPLES:
        semblance edit photo.jpg --mask painted.png -o out.png
        semblance edit photo.jpg --mask painted.png -o out.png --sheet sheet.png
        semblance edit photo.jpg --mask painted.png -o out.png --save-vector grin
        semblance edit car.jpg --mask painted.png -o out.jpg --model cars --steps 300
      """)

  /// What the picture outside the region is held to.
  enum Preserve: String, ExpressibleByArgument, CaseIterable {
    case reconstruction
    case photo
  }

  /// Where the optimisation may begin.
  enum Initial: String, ExpressibleByArgument, CaseIterable {
    /// At the photo's code.
    case code
    /// There or where a layout model's drawing of the painted mask leads, at the lower loss.
    case spade
  }

  @Argument(help: ArgumentHelp("A photo or a .code file.", valueName: "photo|code"))
  var input: String

  @Option(help: ArgumentHelp("The repainted mask.", valueName: "png"))
  var mask: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The edited picture.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The mask before painting; the photo's own mask by default.", valueName: "png"))
  var originalMask: String?

  @Option(
    help: ArgumentHelp(
      "Classes whose shape changes, separated by commas; found from the masks by default.",
      valueName: "names"))
  var classes: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Optimisation steps of the edit.", valueName: "n"))
  var steps = 100

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How much of the edit the picture shows.", valueName: "factor"))
  var strength: Float = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pixels by which the edited region is enlarged.", valueName: "pixels"))
  var dilate = 3

  @Option(help: "What the picture outside the region is compared with.")
  var preserve = Preserve.reconstruction

  @Option(
    help: "Where the optimisation begins; spade also tries a drawing of the painted mask.")
  var initial = Initial.code

  @Option(
    help: ArgumentHelp(
      "What draws masks for --initial spade; by default the model's name with -layout.",
      valueName: "name|file"))
  var layoutModel: String?

  @Option(
    help: ArgumentHelp(
      "Keep the person the same to this ArcFace network (model_ir_se50.pth, as it is or imported); "
        + "for faces aligned as in FFHQ.", valueName: "file"))
  var identity: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How much the person counts, with --identity.", valueName: "factor"))
  var identityWeight: Float = 1

  @Flag(help: "Turn colours of no class into the nearest class.")
  var nearestClass = false

  @Flag(help: "Write the generator's whole picture instead of the photo with the region.")
  var whole = false

  @Option(
    help: ArgumentHelp("Store the edit as a vector, for 'semblance apply'.", valueName: "name|file")
  )
  var saveVector: String?

  @Option(help: ArgumentHelp("Store the edited code.", valueName: "file"))
  var saveCode: String?

  @Option(
    help: ArgumentHelp("Write a sheet of pictures and masks before and after.", valueName: "file"))
  var sheet: String?

  @OptionGroup var framing: FramingOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var photos: PhotoOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    try requireSteps(steps, "--steps")
    try requireFinite(strength, "--strength")
    try requireFinite(identityWeight, "--identity-weight")
    if identityWeight < 0 {
      throw ValidationError("--identity-weight is \(identityWeight): give a number from 0")
    }
    try requireDilation(dilate)
    if initial == .code, layoutModel != nil {
      throw ValidationError("--layout-model is for --initial spade; leave it out")
    }
    try requirePictureName(output, "--output")
    try requirePictureName(sheet, "--sheet")
    try requireExtension("code", of: saveCode, "--save-code")
    try VectorDestination.validate(saveVector, "--save-vector")
    try requireDistinct([output, sheet, saveCode, saveVector])
  }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var vector: String?
    var code: String?
    var psnr: Double?
    var classes: [String]
    var regionPixels: Int
    var repairedPixels: Int
    var accuracyBefore: Double
    var accuracyAfter: Double
    var outsideChange: Double
    var steps: Int
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let check = OutputCheck(inputs: [
      input, mask, originalMask, photos.photo, models.model, identity,
    ])
    for path in [output, sheet, saveCode] { try check.requireFile(path) }
    let opened = try OpenedInput(
      input, photoPath: photos.photo, framing: framing.framing(of: input), warn: console.warn)
    let model = try models.open(fallback: opened.code?.record.domain)
    let destination = try VectorDestination(saveVector, domain: model.domain, check: check)
    let ids = try classIDs(model)
    let (painted, repaired) = try model.mask(
      contentsOf: mask, for: opened.photo, nearestClass: nearestClass)
    if repaired > 0 {
      console.warn("\(mask): \(repaired) pixels of unknown colour were taken for the nearest class")
    }
    let original = try originalMask.map {
      try model.mask(contentsOf: $0, for: opened.photo, nearestClass: nearestClass).map
    }
    let person = try identity.map { try IdentityDistance(contentsOf: $0) }
    let session = Session(model: model, options: photos, console: console)
    session.warnWithoutPhoto(opened, whole: whole)
    let subject = try session.subject(opened)
    let edit = try optimize(subject, painted: painted, original: original, ids, person, session)
    try Interruption.check()

    var code = edit.code
    if strength != 1 {
      code.wPlus = subject.code.wPlus + edit.vector.delta * strength
      code.record.edits[code.record.edits.count - 1].strength = strength
    }
    let views = try EditViews(
      before: model.rendering(of: subject.code), after: model.rendering(of: code),
      region: edit.maskEdit.region)
    let result = try session.result(of: views, subject: subject, whole: whole)
    try Interruption.check()
    try result.write(to: output)
    if let sheet {
      try views.sheet(
        of: subject, result: result, painted: model.letterbox.unframed(edit.maskEdit.target),
        model: model
      ).write(to: sheet)
    }
    if let saveCode { try code.write(to: saveCode) }
    var vector = edit.vector
    vector.record.strength = strength
    let vectorPath = try destination?.store(vector)
    try report(
      edit, subject: subject, vectorPath: vectorPath, repaired: repaired, model: model,
      console: console, watch: watch)
  }

  private func classIDs(_ model: JointModel) throws -> [UInt8]? {
    let names = classes.flatMap { $0.split(separator: ",").map(String.init) }
    return names.isEmpty ? nil : try model.classIDs(names)
  }

  private func optimize(
    _ subject: Subject, painted: LabelMap, original: LabelMap?, _ classes: [UInt8]?,
    _ person: IdentityDistance?, _ session: Session
  ) throws -> Edit {
    var reference: Tensor?
    if preserve == .photo {
      if let photo = subject.photo {
        reference = try photo.tensor(for: session.model)
      } else {
        session.console.warn("--preserve photo needs the photo; the reconstruction is preserved")
      }
    }
    var options = MaskEditOptions(steps: steps)
    options.identityWeight = identityWeight
    defer { session.console.endProgress() }
    return try session.model.edit(
      subject.code, painting: painted, original: original, classes: classes, dilation: dilate,
      reference: reference, name: saveVector.map(PathText.stem) ?? "edit",
      options: options, identity: person,
      layoutStart: try initial.layoutStart(for: session.model, layoutModel: layoutModel),
      observer: session.console.observer("editing \(PathText.name(of: subject.path))"))
  }

  private func report(
    _ edit: Edit, subject: Subject, vectorPath: String?, repaired: Int, model: JointModel,
    console: Console, watch: Stopwatch
  ) throws {
    let outcome = edit.outcome
    let names = edit.vector.record.classes
    console.say(
      "\(output): \(names.isEmpty ? "mask" : names.joined(separator: ", ")) edited in "
        + "\(text(watch.seconds, decimals: 1)) s; the region agrees with the painted mask in "
        + "\(percent(outcome.accuracyAfter)) of its pixels (before \(percent(outcome.accuracyBefore)))"
    )
    if let sheet { console.say("\(sheet): before and after") }
    if let saveCode { console.say("\(saveCode): code of the edited picture") }
    if let vectorPath {
      console.say("\(vectorPath): vector '\(edit.vector.record.name)', for 'semblance apply'")
    }
    let result = Result(
      output: output, vector: vectorPath, code: saveCode,
      psnr: subject.code.record.psnr?.rounded(decimals: 3), classes: names,
      regionPixels: edit.maskEdit.region.count, repairedPixels: repaired,
      accuracyBefore: outcome.accuracyBefore.rounded(decimals: 4),
      accuracyAfter: outcome.accuracyAfter.rounded(decimals: 4),
      outsideChange: outcome.outsideChange.rounded(decimals: 3), steps: outcome.updates)
    try console.report(
      Report(
        command: "edit", model: model.domain, results: [Outcome(input: input, result: result)],
        sheet: sheet, seconds: watch.seconds))
  }
}

extension EditCommand.Initial {
  /// What offers the second point; nil for `code`.
  func layoutStart(for model: JointModel, layoutModel: String?) throws -> LayoutStart? {
    guard self == .spade else { return nil }
    let synthesizer = try ModelLibrary()
      .layoutSynthesizer(named: layoutModel ?? "\(model.domain)-layout")
    return try LayoutStart(model: model, synthesizer: synthesizer)
  }
}
