import Checkpoints
import Networks

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Codes of photos that were embedded before, found by the content of photo and model.
public struct EmbeddingCache: Sendable {
  /// The folder that holds the codes.
  public let folder: String

  /// A cache in `folder`, which is made when the first code is stored.
  public init(folder: String) { self.folder = folder }

  /// The user's cache: `$XDG_CACHE_HOME/semblance/embeddings`, or the same below `~/.cache`.
  public static var standard: EmbeddingCache {
    EmbeddingCache(folder: UserFolders.cache + "/embeddings")
  }

  /// The stored code of a photo, or nil; a damaged file counts as none.
  func code(of photo: Photo, model: JointModel, options: EmbeddingOptions) -> LatentCode? {
    guard let code = try? LatentCode(contentsOf: path(photo, model, options)),
      code.record.model == model.fingerprint, code.wPlus.rowCount == model.rowCount,
      code.wPlus.width == model.latentWidth,
      case .photo(let reference) = code.record.source, reference == photo.reference(for: model)
    else { return nil }
    return code
  }

  /// Stores a code. A cache that cannot be written is no error: the code is computed again.
  func store(_ code: LatentCode, of photo: Photo, model: JointModel, options: EmbeddingOptions) {
    guard
      (try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)) != nil
    else { return }
    try? code.write(to: path(photo, model, options))
  }

  private func path(_ photo: Photo, _ model: JointModel, _ options: EmbeddingOptions) -> String {
    var hash = ContentHash()
    hash.update("\(photo.hash) \(model.revision) \(options.steps) \(options.schedule)")
    hash.update("\(options.weights) \(options.priorWeight)")
    if photo.framing != .centered {
      let reference = photo.reference(for: model)
      hash.update(" \(reference.crop) \(reference.turned ?? [])")
    }
    return "\(folder)/\(hash.hexadecimal).code"
  }
}
