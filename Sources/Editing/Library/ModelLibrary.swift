import Checkpoints
import Networks

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds models by name: files of the user's library, then the demo models inside the program.
public struct ModelLibrary: Sendable {
  /// A model that can be opened.
  public struct Entry: Sendable, Equatable {
    /// The name to open it by.
    public let name: String
    /// Its file; nil for a model inside the program.
    public let path: String?
    /// Size in bytes.
    public let byteCount: Int
  }

  /// The folder of the user's models.
  public let folder: String

  /// A library whose models lie in `folder` as `NAME.safetensors`.
  public init(folder: String = UserFolders.data + "/models") { self.folder = folder }

  /// Every model that can be opened by name; the user's come first and hide shipped ones of the same
  /// name.
  public var entries: [Entry] {
    var entries = UserFolders.files(in: folder, suffix: ".safetensors").map { name in
      let path = "\(folder)/\(name).safetensors"
      return Entry(name: name, path: path, byteCount: UserFolders.byteCount(of: path))
    }
    for file in ShippedFiles.all where file.name.isEmpty {
      if !entries.contains(where: { $0.name == file.domain }) {
        entries.append(Entry(name: file.domain, path: nil, byteCount: file.bytes.count))
      }
    }
    return entries
  }

  /// Opens the file of a model without making a model of it.
  ///
  /// - Parameter name: a path (with a slash or `.safetensors`) or the name of an entry.
  /// - Throws: `EditingError.unknownModel` or `.checkpoint`.
  public func file(named name: String) throws(EditingError) -> SafetensorsFile {
    do throws(CheckpointError) {
      if name.contains("/") || name.hasSuffix(".safetensors") {
        return try SafetensorsFile(contentsOf: name)
      }
      if let path = entries.first(where: { $0.name == name })?.path {
        return try SafetensorsFile(contentsOf: path)
      }
      if let file = ShippedFiles.all.first(where: { $0.name.isEmpty && $0.domain == name }) {
        return try SafetensorsFile(file.bytes, named: name)
      }
    } catch { throw .checkpoint(error) }
    throw .unknownModel(name, known: entries.map(\.name))
  }

  /// Opens a model.
  ///
  /// - Parameter name: a path (with a slash or `.safetensors`) or the name of an entry.
  /// - Throws: `EditingError.unknownModel`, `.checkpoint` or `.model`.
  public func model(named name: String) throws(EditingError) -> JointModel {
    let file = try file(named: name)
    do throws(ModelError) { return try JointModel(file) } catch { throw .model(error) }
  }
}
