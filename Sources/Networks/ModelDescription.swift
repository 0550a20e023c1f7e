import Checkpoints
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a model file's metadata say beside the tensors (JSON texts under `config` and `classes`).
struct ModelDescription {
  let domain: String?
  let encoder: EncoderDescription
  private let valid: Config.Valid?
  private let classes: [ClassEntry]

  private struct Config: Decodable {
    struct Valid: Decodable {
      var top: Int
      var left: Int
      var height: Int
      var width: Int
    }
    var domain: String?
    var valid: Valid?
    var encoder: EncoderDescription?
  }

  private struct ClassEntry: Decodable {
    var name: String
    var color: [Int]
  }

  /// - Throws: `ModelError.badMetadata` when a text is there but not valid.
  init(_ file: SafetensorsFile) throws(ModelError) {
    let config: Config? = try Self.decode("config", file)
    domain = config?.domain
    encoder = config?.encoder ?? EncoderDescription()
    valid = config?.valid
    classes = try Self.decode("classes", file) ?? []
  }

  private static func decode<Value: Decodable>(_ key: String, _ file: SafetensorsFile)
    throws(ModelError) -> Value?
  {
    guard let text = file.metadata[key] else { return nil }
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw .invalidMetadata(path: file.path, key: key, reason: "it is not the JSON expected there")
    }
  }

  /// The place of the picture in a square of `side`; the whole square unless the file says more.
  func letterbox(side: Int, path: String) throws(ModelError) -> Letterbox {
    let rect = PixelRect(
      left: valid?.left ?? 0, top: valid?.top ?? 0, width: valid?.width ?? side,
      height: valid?.height ?? side)
    guard let letterbox = Letterbox(side: side, valid: rect) else {
      throw .invalidMetadata(
        path: path, key: "config", reason: "its valid area does not fit into \(side)x\(side)")
    }
    return letterbox
  }

  /// The classes with their colours; distinct colours are made up when the file names none.
  func palette(classCount: Int?, path: String) throws(ModelError) -> Palette {
    if let classCount, !classes.isEmpty, classes.count != classCount {
      throw .invalidMetadata(
        path: path, key: "classes",
        reason: "it names \(classes.count) classes, the segmentation branch has \(classCount)")
    }
    var entries: [Palette.Entry] = []
    for entry in classes {
      guard entry.color.count == 3, entry.color.allSatisfy({ (0...255).contains($0) }) else {
        throw .invalidMetadata(
          path: path, key: "classes", reason: "'\(entry.name)' has the colour \(entry.color)")
      }
      entries.append(
        Palette.Entry(
          name: entry.name,
          color: RGBColor(
            UInt8(entry.color[0]), UInt8(entry.color[1]), UInt8(entry.color[2]))))
    }
    if entries.isEmpty {
      // Hues spread by the golden ratio; three levels of each channel would repeat.
      entries = (0..<(classCount ?? 1)).map { index in
        let value = UInt32(truncatingIfNeeded: index &* 0x9E37_79B9) >> 8
        return Palette.Entry(name: "class_\(index)", color: RGBColor(hex: value & 0xFF_FFFF))
      }
    }
    do throws(PictureError) { return try Palette(entries) } catch {
      throw .invalidMetadata(path: path, key: "classes", reason: error.description)
    }
  }
}
