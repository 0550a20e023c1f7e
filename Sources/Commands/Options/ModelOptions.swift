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
}
