import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of classes: a JSON list of `{"name": "hair", "color": [150, 100, 50]}` in the order of their
/// ids, as model files have it in their metadata.
public enum PaletteFile {
  private static let maximumBytes = 1 << 20

  private struct Entry: Codable {
    var name: String
    var color: [Int]
  }

  /// Reads the classes.
  ///
  /// - Throws: `TrainingError.badAnnotation` when the file is no such list, `.picture` when two
  ///   classes share a name or a colour.
  public static func palette(contentsOf path: String) throws(TrainingError) -> Palette {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let data = try FolderContents(folder).data(name, limit: maximumBytes)
    guard let entries = try? JSONDecoder().decode([Entry].self, from: data) else {
      throw .badAnnotation(
        path: path, reason: "it is not a list of classes, each with a name and a color of 3 numbers"
      )
    }
    var classes: [Palette.Entry] = []
    for entry in entries {
      let color = entry.color.compactMap { UInt8(exactly: $0) }
      guard color.count == 3, entry.color.count == 3 else {
        throw .badAnnotation(path: path, reason: "'\(entry.name)' has the colour \(entry.color)")
      }
      classes.append(
        Palette.Entry(name: entry.name, color: RGBColor(color[0], color[1], color[2])))
    }
    guard classes.count <= Annotation.maximumClassCount else {
      throw .tooManyClasses(path: path, count: classes.count)
    }
    do throws(PictureError) { return try Palette(classes) } catch { throw .picture(error) }
  }

  /// The classes as the metadata of a model file have them; with `count` the first ones alone.
  public static func metadata(_ palette: Palette, count: Int? = nil) -> String {
    let entries = palette.entries.prefix(count ?? palette.count).map {
      Entry(name: $0.name, color: [Int($0.color.red), Int($0.color.green), Int($0.color.blue)])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? encoder.encode(entries)
    return String(decoding: data ?? Data(), as: UTF8.self)
  }
}
