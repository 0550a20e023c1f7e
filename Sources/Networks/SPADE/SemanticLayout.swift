import Pictures
import TensorCore

/// A label map as SPADE reads it: one class for each pixel and, for models that want it, where
/// instances of objects meet.
public struct SemanticLayout: Equatable, Sendable {
  /// The class of each pixel, below `classCount`.
  public let labels: LabelMap
  /// For each pixel, row by row, whether another instance begins beside it; nil for models without
  /// an edge channel.
  public let edges: [Bool]?
  /// Number of classes, with that of unlabelled pixels.
  public let classCount: Int

  /// A layout; every label must be below `classCount`, and `edges` has one entry for each pixel.
  public init(labels: LabelMap, edges: [Bool]? = nil, classCount: Int) {
    check(
      labels.labels.allSatisfy { Int($0) < classCount }
        && edges.map { $0.count == labels.labels.count } ?? true,
      "layout: labels of \(classCount) classes, \(labels.width)x\(labels.height)")
    self.labels = labels
    self.edges = edges
    self.classCount = classCount
  }

  /// Channels of the tensor: one for each class, then that of the edges.
  public var channelCount: Int { classCount + (edges == nil ? 0 : 1) }

  /// The layout as zeros and ones, `[1, channelCount, H, W]`.
  public var tensor: Tensor {
    let pixels = labels.width * labels.height
    let result = Tensor.zeros([1, channelCount, labels.height, labels.width])
    for (pixel, label) in labels.labels.enumerated() {
      result.pointer[Int(label) * pixels + pixel] = 1
    }
    for (pixel, isEdge) in (edges ?? []).enumerated() where isEdge {
      result.pointer[classCount * pixels + pixel] = 1
    }
    return result
  }

  /// The neighbourhoods of the layout in another size, which takes the pixel `floor(i H / height)`
  /// along each axis (SPADE spec 1).
  func patches(height: Int, width: Int, kernel: Int) -> LabelPatches {
    var numbers: [Int: Int32] = [:]
    var symbols: [[Int]] = []
    var map: [Int32] = []
    map.reserveCapacity(height * width)
    for y in 0..<height {
      let row = y * labels.height / height * labels.width
      for x in 0..<width {
        let pixel = row + x * labels.width / width
        let label = Int(labels.labels[pixel])
        let isEdge = edges?[pixel] ?? false
        let key = 2 * label + (isEdge ? 1 : 0)
        if let number = numbers[key] {
          map.append(number)
          continue
        }
        numbers[key] = Int32(symbols.count)
        map.append(Int32(symbols.count))
        symbols.append(isEdge ? [label, classCount] : [label])
      }
    }
    return LabelPatches(map: map, height: height, width: width, symbols: symbols, kernel: kernel)
  }
}
