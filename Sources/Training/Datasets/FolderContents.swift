import Checkpoints
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What lies in a folder.
struct FolderContents {
  /// The folder, without a slash at the end.
  let path: String
  /// Names of files and folders in it, sorted; hidden ones are left out.
  let names: [String]

  /// - Throws: `TrainingError.notAFolder`.
  init(_ path: String) throws(TrainingError) {
    let bare = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: bare) else {
      throw .notAFolder(path: path)
    }
    self.path = bare
    self.names = names.filter { !$0.hasPrefix(".") }.sorted()
  }

  func has(_ name: String) -> Bool { names.contains(name) }

  /// The path of a file of the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The bytes of a file of the folder.
  ///
  /// - Throws: `TrainingError.badAnnotation` when it cannot be read or has more than `limit` bytes.
  func data(_ name: String, limit: Int) throws(TrainingError) -> Data {
    let path = file(name)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .badAnnotation(path: path, reason: "it cannot be read")
    }
    guard status.st_size <= limit else {
      throw .badAnnotation(path: path, reason: "it has more than \(limit >> 20) MB")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .badAnnotation(path: path, reason: "it cannot be read")
    }
    return data
  }

  /// The name of a file without its extension.
  static func stem(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}

extension Palette {
  /// Classes of these names in the colours of Pascal VOC, which any number of classes can have.
  static func vocColored(_ names: [String], path: String) throws(TrainingError) -> Palette {
    guard names.count <= Annotation.maximumClassCount else {
      throw .tooManyClasses(path: path, count: names.count)
    }
    let entries = names.enumerated().map { Entry(name: $1, color: vocColor($0)) }
    do throws(PictureError) { return try Palette(entries) } catch { throw .picture(error) }
  }

  /// Colour `index` of Pascal VOC's colour map: bits 0, 1, 2 of the index become the highest bits of
  /// red, green and blue, bits 3, 4, 5 the next ones.
  static func vocColor(_ index: Int) -> RGBColor {
    var components: [UInt8] = [0, 0, 0]
    for level in 0..<3 {
      for channel in 0..<3 where index >> (3 * level + channel) & 1 == 1 {
        components[channel] |= 0x80 >> UInt8(level)
      }
    }
    return RGBColor(components[0], components[1], components[2])
  }
}
