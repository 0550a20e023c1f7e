import Checkpoints
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The classes of a segmentation as JSON: a list of `{"name": "hair", "color": [150, 100, 50]}` in
/// the order of their ids. Files of classes and the metadata of model files have this form.
///
/// What other programs write is read, too: an object that has the list under `classes`, colours
/// under `rgb`, and numbers under `id`, which then tell the order.
public enum ClassList {
  private static let maximumBytes = 1 << 20

  private struct Entry: Codable {
    var name: String
    var color: [Int]?
    var rgb: [Int]?
    var id: Int?
  }

  private struct Document: Decodable {
    var classes: [Entry]
  }

  /// What is wrong with a list.
  struct Problem: Error {
    let reason: String
  }

  /// Reads a file of classes.
  ///
  /// - Parameter count: how many classes there must be; nil for any number from 1 to 256.
  /// - Throws: `ModelError.badClassList` when the file is no such list or has another number of
  ///   classes, `.checkpoint` when it cannot be read.
  public static func palette(
    contentsOf path: String, count: Int? = nil
  ) throws(ModelError) -> Palette {
    let bytes: ByteRegion
    do throws(CheckpointError) { bytes = try ByteRegion(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    guard bytes.count <= maximumBytes else {
      throw .badClassList(path: path, reason: "it has more than \(maximumBytes >> 20) MB")
    }
    let palette: Palette
    do throws(Problem) { palette = try Self.palette(json: bytes.array) } catch {
      throw .badClassList(path: path, reason: error.reason)
    }
    if let count, count != palette.count {
      throw .badClassList(
        path: path, reason: "it has \(palette.count) classes, the segmentation \(count)")
    }
    return palette
  }

  /// The classes of a JSON text.
  static func palette(json: [UInt8]) throws(Problem) -> Palette {
    let (decoder, data) = (JSONDecoder(), Data(json))
    guard
      let entries = (try? decoder.decode([Entry].self, from: data))
        ?? (try? decoder.decode(Document.self, from: data))?.classes
    else {
      throw Problem(reason: "it is not a JSON list of {\"name\": ..., \"color\": [r, g, b]}")
    }
    var classes: [Palette.Entry] = []
    for entry in try ordered(entries) {
      guard let numbers = entry.color ?? entry.rgb else {
        throw Problem(reason: "'\(entry.name)' has no colour; give it \"color\": [r, g, b]")
      }
      let color = numbers.compactMap { UInt8(exactly: $0) }
      guard color.count == 3, numbers.count == 3 else {
        throw Problem(
          reason: "'\(entry.name)' has the colour \(numbers), not three numbers of 0 to 255")
      }
      classes.append(
        Palette.Entry(name: entry.name, color: RGBColor(color[0], color[1], color[2])))
    }
    do throws(PictureError) { return try Palette(classes) } catch {
      throw Problem(reason: error.description)
    }
  }

  /// The entries in the order of their ids, where they have some.
  private static func ordered(_ entries: [Entry]) throws(Problem) -> [Entry] {
    guard entries.contains(where: { $0.id != nil }) else { return entries }
    var places = [Entry?](repeating: nil, count: entries.count)
    for entry in entries {
      guard let id = entry.id else {
        throw Problem(reason: "'\(entry.name)' has no id, but other classes have one")
      }
      guard places.indices.contains(id) else {
        throw Problem(
          reason: "'\(entry.name)' has the id \(id); the ids of \(entries.count) classes are 0 to "
            + "\(entries.count - 1)")
      }
      if let other = places[id] {
        throw Problem(reason: "'\(other.name)' and '\(entry.name)' have the same id \(id)")
      }
      places[id] = entry
    }
    return places.compactMap { $0 }
  }

  /// The list as JSON in one line, as the metadata of a model file have it under `classes`; with
  /// `count` the first classes alone.
  public static func json(_ palette: Palette, count: Int? = nil) -> String {
    let entries = palette.entries.prefix(count ?? palette.count).map {
      Entry(name: $0.name, color: [Int($0.color.red), Int($0.color.green), Int($0.color.blue)])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? encoder.encode(entries)
    return String(decoding: data ?? Data("[]".utf8), as: UTF8.self)
  }
}
