import Checkpoints
import Pictures

/// Masks of DatasetGAN and EditGAN: `image_mask{i}.npy` beside `image_{i}.jpg`, arrays of class ids
/// `[H, W]` that may have further axes of length 1 (editgan spec section 2.2).
struct EditGANFolder {
  private let files: FolderContents
  private static let prefix = "image_mask"

  init(_ files: FolderContents) { self.files = files }

  static func isMask(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(".npy") }

  /// The masks, and the classes: `palette`, or as many as there are ids.
  func read(_ palette: Palette?) throws(TrainingError) -> (Palette, [Annotation]) {
    var annotations: [Annotation] = []
    var count = 1
    for name in files.names where Self.isMask(name) {
      let path = files.file(name)
      let number = FolderContents.stem(name).dropFirst(Self.prefix.count)
      let map = try Self.map(path)
      let largest = Int(map.labels.lazy.filter { $0 != Annotation.unlabeled }.max() ?? 0)
      if let palette, largest >= palette.count {
        throw .badAnnotation(
          path: path, reason: "class \(largest) is not one of the model's \(palette.count) classes")
      }
      count = max(count, largest + 1)
      annotations.append(Annotation(name: "image_\(number)", path: path, map: map))
    }
    if annotations.isEmpty { throw .noAnnotations(path: files.path) }
    if let palette { return (palette, annotations) }
    return (
      try .vocColored((0..<count).map { "class_\($0)" }, path: files.path), annotations
    )
  }

  private static func map(_ path: String) throws(TrainingError) -> LabelMap {
    let shape: [Int]
    let values: [Float]
    do throws(CheckpointError) {
      let tensors = try Checkpoint(contentsOf: path).tensors
      guard let tensor = tensors.values.first, tensors.count == 1 else {
        throw .missingTensor(path: path, name: "array")
      }
      shape = tensor.shape.filter { $0 != 1 }
      guard shape.count == 2, tensor.elementCount <= DecodingLimits().maxPixels else {
        throw .wrongShape(path: path, name: "array", expected: [nil, nil], actual: tensor.shape)
      }
      values = try tensor.floats()
    } catch { throw .checkpoint(error) }
    var labels = [UInt8](repeating: 0, count: values.count)
    for (pixel, value) in values.enumerated() {
      guard let label = UInt8(exactly: value) else {
        throw .badAnnotation(
          path: path,
          reason: "element \(pixel) is \(value), which is no class id from 0 to 255")
      }
      labels[pixel] = label
    }
    return LabelMap(width: shape[1], height: shape[0], labels: labels)
  }
}
