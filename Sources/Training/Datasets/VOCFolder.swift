import Pictures

/// Masks in a folder like Pascal VOC's: `SegmentationClass/NAME.png`, and `labelmap.txt` with a line
/// `name:red,green,blue:parts:actions` for each class, as CVAT exports them. Without `labelmap.txt`
/// the classes are VOC's own. Pixels in VOC's border colour are unlabelled.
struct VOCFolder {
  private let files: FolderContents
  private static let border = RGBColor(224, 224, 192)
  private static let names = [
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
    "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
  ]

  init(_ files: FolderContents) { self.files = files }

  /// The masks, and the classes: `palette`, joined by the classes' names, or the folder's own.
  func read(_ palette: Palette?) throws(TrainingError) -> (Palette, [Annotation]) {
    let own = try ownPalette()
    let folder = files.has("SegmentationClass") ? files.file("SegmentationClass") : files.path
    let masks = try FolderContents(folder)
    let names = masks.names.filter { $0.lowercased().hasSuffix(".png") }
    if names.isEmpty { throw .noAnnotations(path: folder) }
    let stored = try own.withBorder(Self.border)
    var annotations: [Annotation] = []
    for name in names {
      let path = masks.file(name)
      var map: LabelMap
      do throws(PictureError) { map = try LabelMap(contentsOf: path, palette: stored) } catch {
        throw .picture(error)
      }
      let ids = try ids(of: map, own, in: palette, path: path)
      map = LabelMap(
        width: map.width, height: map.height, labels: map.labels.map { ids[Int($0)] })
      annotations.append(Annotation(name: FolderContents.stem(name), path: path, map: map))
    }
    return (palette ?? own, annotations)
  }

  /// The new id of each stored id.
  private func ids(of map: LabelMap, _ own: Palette, in palette: Palette?, path: String)
    throws(TrainingError) -> [UInt8]
  {
    var ids = (0..<256).map { $0 < own.count ? UInt8($0) : Annotation.unlabeled }
    guard let palette else { return ids }
    for id in map.classes where Int(id) < own.count {
      let name = own.names[Int(id)]
      guard let index = palette.names.firstIndex(of: name) else {
        throw .unknownLabel(path: path, label: name, known: palette.names)
      }
      ids[Int(id)] = UInt8(index)
    }
    return ids
  }

  private func ownPalette() throws(TrainingError) -> Palette {
    let name = "labelmap.txt"
    guard files.has(name) else { return try .vocColored(Self.names, path: files.path) }
    let text = String(decoding: try files.data(name, limit: 1 << 20), as: UTF8.self)
    var entries: [Palette.Entry] = []
    // A line may end in CR and LF, which are one character.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      let color = fields.count > 1 ? fields[1].split(separator: ",").compactMap { UInt8($0) } : []
      guard !fields[0].isEmpty, color.count == 3 else {
        throw .badAnnotation(
          path: files.file(name),
          reason: "line \(number + 1) is not 'name:red,green,blue:parts:actions'")
      }
      entries.append(
        Palette.Entry(name: String(fields[0]), color: RGBColor(color[0], color[1], color[2])))
    }
    do throws(PictureError) { return try Palette(entries) } catch { throw .picture(error) }
  }
}

extension Palette {
  /// These classes and one for unlabelled pixels, unless a class has its colour.
  fileprivate func withBorder(_ color: RGBColor) throws(TrainingError) -> Palette {
    if id(of: color) != nil || count >= Annotation.maximumClassCount { return self }
    do throws(PictureError) {
      return try Palette(entries + [Entry(name: "unlabelled border", color: color)])
    } catch { throw .picture(error) }
  }
}
