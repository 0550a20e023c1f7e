import Pictures

/// A mask that somebody painted or drew, before it is brought to a generator's square.
public struct Annotation: Equatable, Sendable {
  /// The class of pixels that nobody has labelled; they are left out of training.
  public static let unlabeled: UInt8 = 255
  /// The most classes that masks with unlabelled pixels can have.
  public static let maximumClassCount = 255

  /// What joins it with a picture or code: the stem of the picture's file name.
  public let name: String
  /// The file that it was read from.
  public let path: String
  /// Class ids, `unlabeled` where there is none.
  public var map: LabelMap

  /// A mask of this name.
  public init(name: String, path: String, map: LabelMap) {
    self.name = name
    self.path = path
    self.map = map
  }

  /// Whether every pixel is of class 0, as in a mask that nobody has painted yet.
  public var isEmpty: Bool { map.labels.allSatisfy { $0 == 0 } }

  /// Turns classes that are smaller than `pixels` into background (DatasetGAN takes 30): smaller
  /// spots are slips of the brush more often than parts.
  public mutating func removeClasses(smallerThan pixels: Int) {
    let counts = map.counts
    let small = Set((1..<255).filter { counts[$0] > 0 && counts[$0] < pixels }.map { UInt8($0) })
    if small.isEmpty { return }
    map = LabelMap(
      width: map.width, height: map.height,
      labels: map.labels.map { small.contains($0) ? 0 : $0 })
  }
}

/// A folder of masks in one of the formats that annotation programs write, found by its content.
public struct AnnotationFolder: Sendable {
  /// How the masks are stored.
  public enum Format: String, Sendable, CaseIterable {
    /// PNG files in the colours or with the indices of the classes.
    case masks = "PNG masks"
    /// `image_mask{i}.npy`, integer arrays, as DatasetGAN and EditGAN have them.
    case editGAN = "EditGAN arrays"
    /// `NAME.json` with polygons.
    case labelMe = "LabelMe polygons"
    /// `SegmentationClass/NAME.png` with `labelmap.txt`, as CVAT exports them, or Pascal VOC's own.
    case voc = "Pascal VOC folder"
  }

  /// How the masks are stored.
  public let format: Format
  /// The classes of the ids.
  public let palette: Palette
  /// The masks, by name.
  public let annotations: [Annotation]

  /// Reads every mask of a folder.
  ///
  /// - Parameters:
  ///   - palette: the classes; nil takes them from the folder (names of LabelMe and VOC, otherwise
  ///     as many numbered classes as there are ids).
  ///   - nearestClass: turn unknown colours of PNG masks into the nearest class.
  /// - Throws: `TrainingError` for a folder without masks and for a mask that cannot be read, or
  ///   whose classes are not those of `palette`.
  public init(_ folder: String, palette: Palette? = nil, nearestClass: Bool = false)
    throws(TrainingError)
  {
    let files = try FolderContents(folder)
    if files.has("labelmap.txt") || files.has("SegmentationClass") {
      format = .voc
      (self.palette, annotations) = try VOCFolder(files).read(palette)
    } else if files.names.contains(where: EditGANFolder.isMask) {
      format = .editGAN
      (self.palette, annotations) = try EditGANFolder(files).read(palette)
    } else if files.names.contains(where: LabelMeFolder.isAnnotation) {
      format = .labelMe
      (self.palette, annotations) = try LabelMeFolder(files).read(palette)
    } else {
      format = .masks
      (self.palette, annotations) = try MaskFolder(files, nearestClass: nearestClass).read(palette)
    }
  }
}
