import Networks
import Pictures

/// A public collection of label maps with photos, in the file layout of its publishers (SPADE spec
/// 7.2, 7.5).
public enum LayoutCollection: String, Sendable, CaseIterable {
  /// `train_label/NAME.png`, `train_img/NAME.jpg`, `train_inst/NAME.png`.
  case coco
  /// Files below the folder whose path from there contains `_train_`: `NAME.png` and `NAME.jpg`.
  case ade20k
  /// `gtFine/train/CITY/ID_gtFine_labelIds.png` and `..._instanceIds.png`,
  /// `leftImg8bit/train/CITY/ID_leftImg8bit.png`.
  case cityscapes
  /// `train_label/NAME.png`, `train_img/NAME.jpg`.
  case facades

  /// The classes of the label maps, and whether layouts have edges between instances.
  public var classes: LayoutClasses {
    switch self {
    case .coco: Self.classes(.cocoStuff, hasEdges: true)
    case .ade20k: Self.classes(.ade20k, hasEdges: false)
    case .cityscapes: Self.classes(.cityscapes, hasEdges: true)
    case .facades: Self.classes(.facades, hasEdges: false)
    }
  }

  private static func classes(_ named: NamedPalette, hasEdges: Bool) -> LayoutClasses {
    LayoutClasses(palette: named.palette, unlabelled: named.unlabelled, hasEdges: hasEdges)
  }

  /// Width over height of the pictures.
  public var aspectRatio: Double { self == .cityscapes ? 2 : 1 }

  /// How the reference brings pairs to size.
  public var preprocessing: Preprocessing.Mode {
    self == .cityscapes ? .fixed : .resizeAndCrop
  }

  /// The training pairs below `folder` in natural order.
  ///
  /// - Throws: `TrainingError.notAFolder`, `.nothingToTrainOn`, `.unpaired` or `.samePhotoName`.
  public func pairs(in folder: String) throws(TrainingError) -> [PairedFolders.Pair] {
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    switch self {
    case .coco, .facades:
      return try PairedFolders(
        labels: "\(root)/train_label", photos: "\(root)/train_img",
        instances: self == .coco ? "\(root)/train_inst" : nil
      ).pairs
    case .ade20k: return try Self.scannedPairs(root)
    case .cityscapes: return try Self.streetPairs(root)
    }
  }

  /// Pairs of one folder tree: a photo lies beside its label map.
  private static func scannedPairs(_ root: String) throws(TrainingError) -> [PairedFolders.Pair] {
    let files = try FolderTree(root).files.filter {
      $0.dropFirst(root.count).contains("_train_")
    }
    let photos = Set(files.filter { $0.lowercased().hasSuffix(".jpg") })
    let maps = files.filter { $0.lowercased().hasSuffix(".png") }
    if maps.isEmpty {
      throw .nothingToTrainOn(folder: root, needed: "label map *_train_*.png")
    }
    let known = Set(maps.map(FolderContents.stem))
    let lonely = photos.filter { !known.contains(FolderContents.stem($0)) }.sorted()
    if let first = lonely.first {
      throw .unpaired(
        file: first, wanted: "\(FolderContents.stem(first)).png", count: lonely.count)
    }
    return try paired(maps) { map in
      let photo = FolderContents.stem(map) + ".jpg"
      return photos.contains(photo)
        ? .success(PairedFolders.Pair(labels: map, photo: photo)) : .failure(Missing(file: photo))
    }
  }

  private static func streetPairs(_ root: String) throws(TrainingError) -> [PairedFolders.Pair] {
    let (truth, pictures) = ("\(root)/gtFine/train", "\(root)/leftImg8bit/train")
    let files = try FolderTree(truth).files
    let maps = files.filter { $0.hasSuffix("_labelIds.png") }
    if maps.isEmpty {
      throw .nothingToTrainOn(folder: truth, needed: "label map CITY/*_labelIds.png")
    }
    let (instances, photos) = (Set(files), Set(try FolderTree(pictures).files))
    return try paired(maps) { map in
      // CITY/CITY_SEQUENCE_FRAME_gtFine_labelIds.png: three fields name the picture.
      let parts = map.dropFirst(truth.count + 1).split(separator: "/")
      let fields = (parts.last ?? "").split(separator: "_").prefix(3).joined(separator: "_")
      let folder = parts.dropLast().map { "/\($0)" }.joined()
      let photo = "\(pictures)\(folder)/\(fields)_leftImg8bit.png"
      let objects = String(map.dropLast("labelIds.png".count)) + "instanceIds.png"
      for wanted in [photo, objects] where !photos.contains(wanted) && !instances.contains(wanted) {
        return .failure(Missing(file: wanted))
      }
      return .success(PairedFolders.Pair(labels: map, photo: photo, instances: objects))
    }
  }

  private struct Missing: Error {
    let file: String
  }

  /// The pair of every label map; the first that has none is an error.
  private static func paired(
    _ maps: [String], _ pair: (String) -> Result<PairedFolders.Pair, Missing>
  ) throws(TrainingError) -> [PairedFolders.Pair] {
    var pairs: [PairedFolders.Pair] = []
    var missing: [(map: String, file: String)] = []
    for map in maps.sorted(by: PairedFolders.naturalOrder) {
      switch pair(map) {
      case .success(let found): pairs.append(found)
      case .failure(let error): missing.append((map, error.file))
      }
    }
    if let first = missing.first {
      throw .unpaired(file: first.map, wanted: first.file, count: missing.count)
    }
    return pairs
  }
}
