import ArgumentParser
import Editing
import Networks

/// Which model works.
struct ModelOptions: ParsableArguments {
  /// The model that is used when nothing says otherwise.
  static let defaultName = "faces"

  @Option(
    help: ArgumentHelp(
      "Model to use: a name (see 'semblance models') or a .safetensors file. If not given, that of "
        + "the .code file or vector, else 'faces'.", valueName: "name|file"))
  var model: String?

  @Flag(help: "Compute in the plain, most exact way; slower.")
  var exact = false

  /// Opens the model that was named, or else `fallback`, or else the default.
  func open(fallback: String? = nil) throws(EditingError) -> JointModel {
    let opened = try ModelLibrary().model(named: model ?? fallback ?? Self.defaultName)
    opened.isExact = exact
    return opened
  }

  /// The model and the vector of an expression: the model that was named decides where vectors are
  /// looked up; else `domain` does, and the vector decides the model.
  ///
  /// - Parameter strength: for terms without one of their own; nil for each vector's default.
  func open(for expression: VectorExpression, strength: Float?, domain: String? = nil) throws
    -> (model: JointModel, vector: EditVector, strength: Float)
  {
    let library = VectorLibrary()
    if model != nil {
      let model = try open()
      let (vector, factor) = try library.vector(
        for: expression, strength: strength, domain: model.domain)
      return (model, vector, factor)
    }
    let (vector, factor) = try library.vector(for: expression, strength: strength, domain: domain)
    return (try open(fallback: vector.record.domain), vector, factor)
  }
}
