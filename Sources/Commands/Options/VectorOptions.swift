import ArgumentParser
import Editing
import Networks

/// How a vector is applied.
struct VectorOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Strength of vectors that have none of their own; each vector's default if not given.",
      valueName: "factor"))
  var strength: Float?

  @Option(
    help: ArgumentHelp(
      "Factors for rows of the code, counted from 0: coarse shapes first, colours last, as in "
        + "0-3:0.5,8-11:0.", valueName: "rows:factor,..."),
    transform: { try RowStrengths($0) })
  var rowStrength: RowStrengths?

  @Option(
    help: ArgumentHelp("Apply the vector to these rows only.", valueName: "first-last"),
    transform: { text in
      guard let rows = RowStrengths.rows(text) else {
        throw ValidationError("give FIRST-LAST, as in 0-5")
      }
      return rows
    })
  var rows: ClosedRange<Int>?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps that repair what lies outside, for example 10, 30 or 60.", valueName: "n"))
  var refine = 0

  @Option(
    help: ArgumentHelp(
      "Classes whose region of the photo is replaced, separated by commas; the vector's own if not "
        + "given.", valueName: "classes"))
  var region: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels by which the region of the classes is enlarged.", valueName: "pixels"))
  var dilate = 5

  @Flag(help: "Write the generator's whole picture instead of the photo with the region.")
  var whole = false

  @Flag(help: "Apply a vector of another model whose codes have the same size.")
  var otherModel = false

  func validate() throws {
    try requireFinite(strength, "--strength")
    try requireRefinement(refine)
    try requireDilation(dilate)
    if region != nil && whole {
      throw ValidationError("--region says what is replaced, --whole replaces all; leave one out")
    }
  }

  /// The application of a vector with a strength.
  ///
  /// - Throws: `EditingError` for rows and classes that the model does not have.
  func application(of vector: EditVector, strength: Float, model: JointModel)
    throws(EditingError) -> VectorApplication
  {
    var vector = try rowStrength?.applied(to: vector) ?? vector
    if let rows { try vector.keep(rows: rows) }
    let names = region.map { $0.split(separator: ",").map(String.init) } ?? vector.record.classes
    return VectorApplication(
      vector: vector, strength: strength, classes: try model.classIDs(names), refinement: refine,
      dilation: dilate, isWhole: whole, acceptsOtherModels: otherModel)
  }
}
