import Editing
import Networks
import Pictures

/// The classes that an option `--classes` names.
enum LayoutClassOption {
  /// A palette, and the class of the value 255 where there is one.
  ///
  /// - Parameter name: a public collection, a model, or a JSON file (with a slash or `.json`).
  /// - Throws: `CommandError.badClassList`, `.unknownClasses`, or what opening a model throws.
  static func classes(named name: String) throws -> (palette: Palette, unlabelled: UInt8?) {
    if name.contains("/") || name.hasSuffix(".json") {
      let list = try ClassList(contentsOf: name, count: nil)
      do throws(PictureError) { return (try list.palette, nil) } catch {
        throw CommandError.badClassList(path: name, reason: error.description)
      }
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

extension ClassList {
  /// The classes as a palette.
  ///
  /// - Throws: `PictureError` for names or colours that occur twice, and for more than 256 classes.
  var palette: Palette {
    get throws(PictureError) {
      try Palette(
        entries.map { entry in
          Palette.Entry(
            name: entry.name,
            color: RGBColor(
              UInt8(clamping: entry.color[0]), UInt8(clamping: entry.color[1]),
              UInt8(clamping: entry.color[2])))
        })
    }
  }
}
