import ArgumentParser
import Editing

/// Where a vector is stored: a file of one's own, or a name in the user's library.
struct VectorDestination {
  private let name: String
  private let library = VectorLibrary()

  /// Throws `ValidationError` for a name that a library cannot hold.
  static func validate(_ name: String?, _ option: String) throws {
    guard let name else { return }
    if isPath(name) {
      guard name.hasSuffix(".safetensors") else {
        throw ValidationError("\(option): \(name): use a name that ends in .safetensors")
      }
      return
    }
    guard isName(name) else {
      throw ValidationError(
        "\(option): '\(name)' cannot be the name of a vector; use letters, digits, '-' and '_'")
    }
  }

  /// Whether a vector can be called so, in a library or as a file of a folder.
  static func isName(_ name: String) -> Bool {
    let allowed = name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar == "-" || scalar == "_" || scalar == "."
    }
    guard allowed, let first = name.first else { return false }
    return first != "." && first != "-"
  }

  /// The destination that a name or path stands for; nil for none.
  ///
  /// - Throws: `CommandError` when nothing can be written there.
  init?(_ name: String?, domain: String, check: OutputCheck) throws(CommandError) {
    guard let name else { return nil }
    self.name = name
    if Self.isPath(name) {
      try check.requireFile(name)
    } else {
      let path = library.path(ofVector: name, domain: domain)
      try check.requireFolders(PathText.folder(of: path))
    }
  }

  /// Stores a vector.
  ///
  /// - Returns: the path of the file.
  func store(_ vector: EditVector) throws(EditingError) -> String {
    try library.store(vector, named: name)
  }

  private static func isPath(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".safetensors")
  }
}
