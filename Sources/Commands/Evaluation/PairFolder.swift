#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of photos with masks, or of pairs before and after a known edit.
enum PairFolder {
  /// Photos `NAME.jpg` with their true masks `NAME.png`.
  static func photosWithMasks(_ folder: String) throws(CommandError) -> [(
    photo: String, mask: String
  )] {
    let names = try contents(of: folder)
    let found = names.sorted().filter { $0.hasSuffix(".jpg") }.compactMap { name in
      let mask = name.dropLast(4) + ".png"
      return names.contains(String(mask)) ? ("\(folder)/\(name)", "\(folder)/\(mask)") : nil
    }
    if found.isEmpty {
      throw .nothingInFolder(path: folder, needed: "photo NAME.jpg with a mask NAME.png")
    }
    return found.map { (photo: $0.0, mask: $0.1) }
  }

  /// Photos `NAME.jpg`, by name.
  static func photos(_ folder: String) throws(CommandError) -> [String] {
    try contents(of: folder).sorted().filter { $0.hasSuffix(".jpg") }.map { "\(folder)/\($0)" }
  }

  /// The files of a pair.
  struct Pair {
    /// The photo before the edit, and its mask.
    var photo: String
    var mask: String
    /// The photo after it, and its mask.
    var editedPhoto: String
    var editedMask: String

    /// The edit undone.
    var reversed: Pair {
      Pair(photo: editedPhoto, mask: editedMask, editedPhoto: photo, editedMask: mask)
    }
  }

  /// Pairs `NAMEa.jpg` and `NAMEb.jpg` (before and after) with their true masks.
  static func pairs(_ folder: String) throws(CommandError) -> [Pair] {
    let names = try contents(of: folder)
    let stems = names.sorted().filter { $0.hasSuffix("a.jpg") }.map { $0.dropLast(5) }
    let found = stems.filter { stem in
      ["a.png", "b.jpg", "b.png"].allSatisfy { names.contains(stem + $0) }
    }
    if found.isEmpty {
      throw .nothingInFolder(path: folder, needed: "pair NAMEa.jpg, NAMEb.jpg with .png masks")
    }
    return found.map { stem in
      Pair(
        photo: "\(folder)/\(stem)a.jpg", mask: "\(folder)/\(stem)a.png",
        editedPhoto: "\(folder)/\(stem)b.jpg", editedMask: "\(folder)/\(stem)b.png")
    }
  }

  private static func contents(of folder: String) throws(CommandError) -> Set<String> {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .noInput(path: folder)
    }
    return Set(names)
  }
}
