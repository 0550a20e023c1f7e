import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Masks drawn with LabelMe: `NAME.json` with polygons, rectangles and circles. Later shapes lie
/// over earlier ones; what no shape covers is class 0.
struct LabelMeFolder {
  private let files: FolderContents
  /// Files hold the whole picture as text.
  private static let maximumBytes = 256 << 20
  private static let background: Set<String> = ["_background_", "background"]
  private static let ignored: Set<String> = ["__ignore__", "_ignore_"]

  init(_ files: FolderContents) { self.files = files }

  private struct Document: Decodable {
    struct Shape: Decodable {
      var label: String
      var points: [[Double]]
      var kind: String?

      enum CodingKeys: String, CodingKey {
        case label
        case points
        case kind = "shape_type"
      }
    }
    var shapes: [Shape]
    var imageWidth: Int
    var imageHeight: Int
  }

  /// Whether a file of this name is an annotation; `classes.json` lists the classes of other masks.
  static func isAnnotation(_ name: String) -> Bool {
    name.hasSuffix(".json") && name != "classes.json"
  }

  /// The masks, and the classes: `palette`, or background and the labels in alphabetical order.
  func read(_ palette: Palette?) throws(TrainingError) -> (Palette, [Annotation]) {
    var documents: [(name: String, document: Document)] = []
    for name in files.names where Self.isAnnotation(name) {
      let data = try files.data(name, limit: Self.maximumBytes)
      guard let document = try? JSONDecoder().decode(Document.self, from: data) else {
        throw .badAnnotation(
          path: files.file(name),
          reason: "it is not a LabelMe file with shapes and the image's size")
      }
      documents.append((name, document))
    }
    if documents.isEmpty { throw .noAnnotations(path: files.path) }
    let labels = Set(documents.flatMap { $0.document.shapes.map(\.label) })
    let names = labels.subtracting(Self.background).subtracting(Self.ignored).sorted()
    let classes: Palette
    if let palette {
      classes = palette
    } else {
      classes = try .vocColored(["background"] + names, path: files.path)
    }
    var annotations: [Annotation] = []
    for (name, document) in documents {
      annotations.append(
        Annotation(
          name: FolderContents.stem(name), path: files.file(name),
          map: try map(document, classes, path: files.file(name))))
    }
    return (classes, annotations)
  }

  private func map(_ document: Document, _ classes: Palette, path: String) throws(TrainingError)
    -> LabelMap
  {
    let (width, height) = (document.imageWidth, document.imageHeight)
    let limit = DecodingLimits().maxPixels
    guard (1...65_535).contains(width), (1...65_535).contains(height), width * height <= limit
    else {
      throw .badAnnotation(path: path, reason: "the image's size is \(width)x\(height)")
    }
    var labels = [UInt8](repeating: 0, count: width * height)
    for shape in document.shapes {
      let id: UInt8
      if Self.ignored.contains(shape.label) {
        id = Annotation.unlabeled
      } else if let index = classes.names.firstIndex(of: shape.label) {
        id = UInt8(index)
      } else if Self.background.contains(shape.label) {
        id = 0
      } else {
        throw .unknownLabel(path: path, label: shape.label, known: classes.names)
      }
      try outline(shape, path: path).fill(&labels, width: width, height: height, with: id)
    }
    return LabelMap(width: width, height: height, labels: labels)
  }

  private func outline(_ shape: Document.Shape, path: String) throws(TrainingError) -> Outline {
    var points: [Outline.Point] = []
    for point in shape.points {
      guard point.count == 2, point.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else {
        throw .badAnnotation(path: path, reason: "a point of '\(shape.label)' is \(point)")
      }
      points.append(Outline.Point(x: point[0], y: point[1]))
    }
    switch (shape.kind ?? "polygon", points.count) {
    case ("polygon", 3...): return .polygon(points)
    case ("rectangle", 2):
      return .polygon([
        points[0], Outline.Point(x: points[1].x, y: points[0].y), points[1],
        Outline.Point(x: points[0].x, y: points[1].y),
      ])
    case ("circle", 2): return .circle(center: points[0], through: points[1])
    case (let type, let count):
      throw .badAnnotation(
        path: path,
        reason: "'\(shape.label)' is a \(type) of \(count) points; polygons of at least 3 points, "
          + "rectangles and circles of 2 are read")
    }
  }
}
