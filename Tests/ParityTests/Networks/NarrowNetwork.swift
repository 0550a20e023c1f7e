import Foundation
import Networks
import TensorCore
import TestSupport

/// A published network at a quarter of its width: the names of its tensors, their shapes with all
/// channels divided by four, and weights that need not be stored.
enum NarrowNetwork {
  /// The list of a network's tensors; element types and other entries are not needed.
  private struct List: Decodable {
    struct Entry: Decodable {
      let name: String
      let shape: [Int]

      init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        name = try parts.decode(String.self)
        shape = try parts.decode([Int].self)
      }
    }
    let keys: [Entry]
  }

  /// The tensors of the list `name` behind `prefix`, filled from `seed`.
  static func weights(_ name: String, prefix: String, seed: UInt64) throws -> [String: Tensor] {
    let folder = fixturesFolder(of: #filePath) + "/../../CheckpointsTests/Fixtures/keylists"
    let list = try JSONDecoder().decode(
      List.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json")))
    let entries = list.keys.filter { !$0.name.hasSuffix("num_batches_tracked") }
      .sorted { $0.name < $1.name }
    var tensors: [String: Tensor] = [:]
    for (index, entry) in entries.enumerated() {
      let shape = entry.shape.enumerated().map { axis, size in
        axis > 1 || size == 3 ? size : size / 4
      }
      let (bound, offset) = range(entry.name, shape)
      tensors[prefix + entry.name] = HashFill.tensor(
        Shape(shape), index: UInt64(index), seed: seed, bound: bound, offset: offset)
    }
    return tensors
  }

  /// How far a tensor's values spread about which number, so that features keep their size.
  private static func range(_ name: String, _ shape: [Int]) -> (bound: Double, offset: Double) {
    if name.hasSuffix("running_var") { return (0.5, 1) }
    if name.hasSuffix("running_mean") || name.hasSuffix("bias") { return (0.1, 0) }
    if shape.count == 1 { return name.contains(".2.weight") ? (0.1, 0.25) : (0.3, 1) }
    if name.contains("linear") { return (1.732_050_8, 0) }
    let inputs = shape.dropFirst().reduce(1, *)
    return ((4.5 / Double(inputs)).squareRoot(), 0)
  }

  /// Numbers in -1...1 that `seed` decides.
  static func noise(_ shape: Shape, seed: UInt64) -> Tensor {
    HashFill.tensor(shape, index: 0, seed: seed, bound: 1, offset: 0)
  }
}
