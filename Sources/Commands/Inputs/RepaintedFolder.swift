import Editing
import Networks
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Photos of a folder with the masks that belong to them.
///
/// The photo `NAME.jpg` (or `.png`) has its repainted mask in `NAME-after.png` and, where the mask
/// before painting is not the model's own, that in `NAME-before.png`.
struct RepaintedFolder {
  /// A photo with its masks.
  struct Item {
    let photo: String
    let before: String?
    let after: String
  }

  /// The photos by name.
  let items: [Item]

  /// - Throws: `CommandError.noInput`, `.nothingInFolder`, or `.noMask` for a photo without mask.
  init(_ folder: String) throws(CommandError) {
    guard FileStatus(of: folder)?.isFolder == true,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { throw .noInput(path: folder) }
    let known = Set(names)
    var items: [Item] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      let lower = name.lowercased()
      guard [".jpg", ".jpeg", ".png"].contains(where: lower.hasSuffix) else { continue }
      let stem = PathText.stem(of: name)
      if stem.hasSuffix("-before") || stem.hasSuffix("-after") { continue }
      guard known.contains("\(stem)-after.png") else {
        throw .noMask(photo: "\(folder)/\(name)", mask: "\(folder)/\(stem)-after.png")
      }
      items.append(
        Item(
          photo: "\(folder)/\(name)",
          before: known.contains("\(stem)-before.png") ? "\(folder)/\(stem)-before.png" : nil,
          after: "\(folder)/\(stem)-after.png"))
    }
    if items.isEmpty { throw .nothingInFolder(path: folder, needed: "photo") }
    self.items = items
  }
}
