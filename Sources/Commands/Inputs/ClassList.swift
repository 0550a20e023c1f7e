import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The classes of a segmentation, read from a JSON file.
struct ClassList {
  /// Name and colour of a class.
  struct Entry: Codable, Equatable {
    var name: String
    var color: [Int]
  }

  /// The classes in the order of their numbers.
  let entries: [Entry]

  /// Reads a JSON list of `{"name": ..., "color": [r, g, b]}`.
  ///
  /// - Parameter count: how many classes the model has, when it has a segmentation.
  init(contentsOf path: String, count: Int?) throws(CommandError) {
    let entries: [Entry]
    do {
      entries = try JSONDecoder().decode(
        [Entry].self, from: try Data(contentsOf: URL(filePath: path)))
    } catch is DecodingError {
      throw .badClassList(
        path: path, reason: "it is not a JSON list of {\"name\": ..., \"color\": [r, g, b]}")
    } catch { throw .noInput(path: path) }
    for entry in entries where !Self.isColor(entry.color) {
      throw .badClassList(
        path: path, reason: "'\(entry.name)' has a colour that is not three numbers of 0 to 255")
    }
    if let count, count != entries.count {
      throw .badClassList(
        path: path, reason: "it has \(entries.count) classes, the segmentation \(count)")
    }
    self.entries = entries
  }

  private static func isColor(_ color: [Int]) -> Bool {
    color.count == 3 && color.allSatisfy { (0...255).contains($0) }
  }

  /// The list as JSON in one line.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(entries)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }
}
