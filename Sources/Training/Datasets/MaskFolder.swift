import Pictures

/// PNG masks: `NAME-mask.png` or `NAME_mask.png` when there are such, otherwise every PNG file.
struct MaskFolder {
  private let files: FolderContents
  private let nearestClass: Bool
  private static let endings = ["-mask", "_mask"]

  init(_ files: FolderContents, nearestClass: Bool) {
    self.files = files
    self.nearestClass = nearestClass
  }

  /// The masks, and the classes: `palette`, or those of the indices in the files.
  func read(_ palette: Palette?) throws(TrainingError) -> (Palette, [Annotation]) {
    let pictures = files.names.filter { $0.lowercased().hasSuffix(".png") }
    let marked = pictures.filter { Self.ending(of: $0) != nil }
    let names = marked.isEmpty ? pictures : marked
    if names.isEmpty { throw .noAnnotations(path: files.path) }
    if let palette {
      var annotations: [Annotation] = []
      for name in names { annotations.append(try annotation(name, palette)) }
      return (palette, annotations)
    }
    return try readIndices(names)
  }

  private static func ending(of name: String) -> String? {
    let stem = FolderContents.stem(name)
    return endings.first { stem.hasSuffix($0) && stem.count > $0.count }
  }

  private func key(_ name: String) -> String {
    String(FolderContents.stem(name).dropLast(Self.ending(of: name)?.count ?? 0))
  }

  private func annotation(_ name: String, _ palette: Palette) throws(TrainingError) -> Annotation {
    let path = files.file(name)
    do throws(PictureError) {
      let map =
        nearestClass
        ? try LabelMap.repairing(contentsOf: path, palette: palette).map
        : try LabelMap(contentsOf: path, palette: palette)
      return Annotation(name: key(name), path: path, map: map)
    } catch { throw .picture(error) }
  }

  private func readIndices(_ names: [String]) throws(TrainingError) -> (Palette, [Annotation]) {
    var annotations: [Annotation] = []
    var colors: [RGBColor] = []
    var count = 1
    for name in names {
      let path = files.file(name)
      let stored: StoredLabels?
      do throws(PictureError) { stored = try StoredLabels(contentsOf: path) } catch {
        throw .picture(error)
      }
      guard let stored else { throw .classesNeeded(path: path) }
      annotations.append(Annotation(name: key(name), path: path, map: stored.map))
      let largest = stored.map.labels.lazy.filter { $0 != Annotation.unlabeled }.max() ?? 0
      count = max(count, Int(largest) + 1)
      if stored.colors.count > colors.count { colors = stored.colors }
    }
    let entries = (0..<count).map { index in
      Palette.Entry(
        name: "class_\(index)",
        color: index < colors.count ? colors[index] : Palette.vocColor(index))
    }
    if let palette = try? Palette(entries) { return (palette, annotations) }
    // Two indices of one colour cannot be told apart by eye.
    return (try .vocColored(entries.map(\.name), path: files.path), annotations)
  }
}
