import Checkpoints

/// Finds edit vectors by name: files of the user's library, then the ones inside the program.
public struct VectorLibrary: Sendable {
  /// A vector that can be opened.
  public struct Entry: Sendable, Equatable {
    /// The domain whose models it belongs to.
    public let domain: String
    /// The name to open it by.
    public let name: String
    /// Its file; nil for a vector inside the program.
    public let path: String?
  }

  /// The folder of the user's vectors, one subfolder for each domain.
  public let folder: String

  /// A library whose vectors lie in `folder` as `DOMAIN/NAME.safetensors`.
  public init(folder: String = UserFolders.data + "/edit-vectors") { self.folder = folder }

  /// Every vector that can be opened by name; the user's come first and hide shipped ones of the
  /// same name.
  public var entries: [Entry] {
    var entries: [Entry] = []
    for domain in UserFolders.folders(in: folder) {
      for name in UserFolders.files(in: "\(folder)/\(domain)", suffix: ".safetensors") {
        entries.append(
          Entry(domain: domain, name: name, path: path(ofVector: name, domain: domain)))
      }
    }
    for file in ShippedFiles.all where !file.name.isEmpty {
      if !entries.contains(where: { $0.domain == file.domain && $0.name == file.name }) {
        entries.append(Entry(domain: file.domain, name: file.name, path: nil))
      }
    }
    return entries
  }

  /// Where a vector of this name is stored.
  public func path(ofVector name: String, domain: String) -> String {
    "\(folder)/\(domain)/\(name).safetensors"
  }

  /// Opens a vector.
  ///
  /// - Parameters:
  ///   - name: a path (with a slash or `.safetensors`) or the name of an entry.
  ///   - domain: the domain to look in; nil for any.
  /// - Throws: `EditingError.unknownVector` or what reading the file throws.
  public func vector(named name: String, domain: String?) throws(EditingError) -> EditVector {
    if name.contains("/") || name.hasSuffix(".safetensors") {
      return try EditVector(contentsOf: name)
    }
    let found = entries.filter { $0.name == name && (domain == nil || $0.domain == domain) }
    guard let entry = found.first else {
      throw .unknownVector(
        name, domain: domain ?? "any domain",
        known: entries.filter { domain == nil || $0.domain == domain }.map(\.name))
    }
    if let path = entry.path { return try EditVector(contentsOf: path) }
    for file in ShippedFiles.all where file.domain == entry.domain && file.name == name {
      return try EditVector(file.bytes, named: "\(entry.domain)/\(name)")
    }
    throw .unknownVector(name, domain: entry.domain, known: entries.map(\.name))
  }

  /// Stores a vector: under its path if `name` is one, else in the library.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `EditingError` when it cannot be written.
  @discardableResult
  public func store(_ vector: EditVector, named name: String) throws(EditingError) -> String {
    let path: String
    if name.contains("/") || name.hasSuffix(".safetensors") {
      path = name
    } else {
      path = self.path(ofVector: name, domain: vector.record.domain)
      try UserFolders.make("\(folder)/\(vector.record.domain)")
    }
    try vector.write(to: path)
    return path
  }
}
