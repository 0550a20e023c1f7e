import Editing
import Networks
import Pictures

/// The classes that an option `--classes` names.
enum LayoutClassOption {
  /// A palette, and the class of the value 255 where there is one.
  ///
  /// - Parameter name: a public collection, a model, or a JSON file (with a slash or `.json`).
  /// - Throws: `ModelError.badClassList`, `CommandError.unknownClasses`, or what opening a model
  ///   throws.
  static func classes(named name: String) throws -> (palette: Palette, unlabelled: UInt8?) {
    if name.contains("/") || name.hasSuffix(".json") {
      return (try ClassList.palette(contentsOf: name), nil)
    }
    if let known = NamedPalette.named(name) { return (known.palette, known.unlabelled) }
    let library = ModelLibrary()
    guard name.hasSuffix(".safetensors") || library.entries.contains(where: { $0.name == name })
    else {
      throw CommandError.unknownClasses(
        name: name, known: NamedPalette.all.map(\.name) + library.entries.map(\.name))
    }
    let classes = try library.layoutClasses(named: name)
    return (classes.palette, classes.unlabelled)
  }
}
