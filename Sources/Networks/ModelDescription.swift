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
  private let classes: Palette?

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

  /// - Throws: `ModelError.badMetadata` when a text is there but not valid.
  init(_ file: SafetensorsFile) throws(ModelError) {
    let config = try Self.config(file)
    domain = config?.domain
    encoder = config?.encoder ?? EncoderDescription()
    valid = config?.valid
    classes = try Self.classes(file)
  }

  private static func config(_ file: SafetensorsFile) throws(ModelError) -> Config? {
    guard let text = file.metadata["config"] else { return nil }
    do { return try JSONDecoder().decode(Config.self, from: Data(text.utf8)) } catch {
      throw .invalidMetadata(
        path: file.path, key: "config", reason: "it is not the JSON expected there")
    }
  }

  private static func classes(_ file: SafetensorsFile) throws(ModelError) -> Palette? {
    // An empty list says as much as none.
    guard let text = file.metadata["classes"], text != "[]" else { return nil }
    do throws(ClassList.Problem) { return try ClassList.palette(json: Array(text.utf8)) } catch {
      throw .invalidMetadata(path: file.path, key: "classes", reason: error.reason)
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
    if let classes {
      guard classCount ?? classes.count == classes.count else {
        throw .invalidMetadata(
          path: path, key: "classes",
          reason: "it names \(classes.count) classes, the segmentation branch has "
            + "\(classCount ?? 0)")
      }
      return classes
    }
    // Hues spread by the golden ratio; three levels of each channel would repeat.
    let entries = (0..<(classCount ?? 1)).map { index in
      let value = UInt32(truncatingIfNeeded: index &* 0x9E37_79B9) >> 8
      return Palette.Entry(name: "class_\(index)", color: RGBColor(hex: value & 0xFF_FFFF))
    }
    do throws(PictureError) { return try Palette(entries) } catch {
      throw .invalidMetadata(path: path, key: "classes", reason: error.description)
    }
  }
}
