import Checkpoints
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Small pictures of results, kept in a hidden folder beside them until a report is written.
///
/// They are named by the key of the result, so they are never those of another one.
struct BatchThumbnails {
  private static let name = ".semblance-thumbnails"
  private let folder: BatchFolder

  init(in folder: BatchFolder) { self.folder = folder }

  private func path(_ key: String) -> String { folder.path(of: "\(Self.name)/\(key).html") }

  /// Whether the pictures of a result are there.
  func has(_ key: String) -> Bool { FileStamp(of: path(key)) != nil }

  /// The pictures of a result as HTML; nil when there are none.
  func html(_ key: String) -> String? {
    (try? PictureFile.bytes(at: path(key))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Keeps the pictures of a result.
  func store(_ views: BatchViews, key: String, palette: Palette) throws(EditingError) {
    try folder.makeFolder(of: "\(Self.name)/\(key).html")
    do throws(PictureError) {
      let pictures = [
        ("before", try Self.address(views.before.encoded(as: .jpeg(quality: 85)), "jpeg")),
        ("after", try Self.address(views.after.encoded(as: .jpeg(quality: 85)), "jpeg")),
        ("mask", try Self.address(views.maskAfter.encoded(with: palette), "png")),
      ]
      let html = pictures.map { name, address in
        "<img class=\"\(name)\" alt=\"\(name)\" src=\"\(address)\">"
      }
      try PictureFile.write(Array(html.joined(separator: "\n").utf8), to: path(key))
    } catch { throw .picture(error) }
  }

  private static func address(_ bytes: [UInt8], _ kind: String) -> String {
    "data:image/\(kind);base64,\(Data(bytes).base64EncodedString())"
  }
}
