import Foundation
import Networks
import TensorCore
import TestSupport

/// Weights that need not be stored: a hash of their position (splitmix64's finaliser).
enum HashFill {
  /// One tensor of a `weights.json`.
  struct Entry: Decodable {
    let key: String
    let shape: [Int]
    let tensorIndex: UInt64
    let bound: Double
    let offset: Double?
    let seed: UInt64?
    let sum: Double
    let firstValues: [Float]

    enum CodingKeys: String, CodingKey {
      case key, shape, bound, offset, seed
      case tensorIndex = "tensor_index"
      case sum = "sum_f64"
      case firstValues = "first4"
    }
  }

  /// The list of a network's tensors.
  struct List: Decodable {
    let seed: UInt64
    let tensors: [Entry]
    let lin: [Entry]?
  }

  /// A filled list could not be what the reference used.
  struct Mismatch: Error { let key: String }

  /// Reads `weights.json` and fills its tensors and its linear layers.
  static func weights(path: String) throws -> (network: WeightTable, linear: WeightTable) {
    let list = try JSONDecoder().decode(
      List.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    func table(_ entries: [Entry]) throws -> WeightTable {
      var tensors: [String: Tensor] = [:]
      for entry in entries { tensors[entry.key] = try tensor(entry, seed: entry.seed ?? list.seed) }
      return WeightTable(tensors, path: path)
    }
    return (try table(list.tensors), try table(list.lin ?? []))
  }

  private static func tensor(_ entry: Entry, seed: UInt64) throws -> Tensor {
    let result = tensor(
      Shape(entry.shape), index: entry.tensorIndex, seed: seed, bound: entry.bound,
      offset: entry.offset ?? 0)
    try check(result, sum: entry.sum, key: entry.key)
    guard zip(result.values.prefix(4), entry.firstValues).allSatisfy({ $0 == $1 })
    else { throw Mismatch(key: entry.key) }
    return result
  }

  /// Tensor number `index` of a seed: numbers of magnitude `bound` around `offset`.
  static func tensor(
    _ shape: Shape, index: UInt64, seed: UInt64, bound: Double, offset: Double
  ) -> Tensor {
    let bound = Float(bound)
    let offset = Float(offset)
    let start = seed &* 0x9E37_79B9_7F4A_7C15 &+ (index << 40) &+ 0x9E37_79B9_7F4A_7C15
    return Tensor(shape: shape) { base in
      for index in 0..<shape.count {
        var z = start &+ UInt64(index)
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        let scaled = (2 * (Float(z >> 40) * 0x1p-24) - 1) * bound
        base[index] = offset == 0 ? scaled : scaled + offset
      }
    }
  }

  /// Makes sure that the elements of `tensor` add up to `sum`.
  static func check(_ tensor: Tensor, sum expected: Double, key: String) throws {
    let sum = (0..<tensor.count).reduce(0.0) { $0 + Double(tensor.pointer[$1]) }
    guard abs(sum - expected) < 1e-9 * Double(tensor.count) else { throw Mismatch(key: key) }
  }
}
