@testable import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Names and shapes of a published network's tensors.
struct KeyList: Decodable {
  private let tensors: [String: CheckpointTensor]

  private enum CodingKeys: CodingKey { case keys }

  init(from decoder: any Decoder) throws {
    var list = try decoder.container(keyedBy: CodingKeys.self).nestedUnkeyedContainer(forKey: .keys)
    var tensors: [String: CheckpointTensor] = [:]
    while !list.isAtEnd {
      var entry = try list.nestedUnkeyedContainer()
      let name = try entry.decode(String.self)
      tensors[name] = KeyList.tensor(try entry.decode([Int].self))
    }
    self.tensors = tensors
  }

  /// The tensors of a list, all zero, behind `prefix`; counters of batch normalisations left out.
  static func tensors(_ name: String, prefix: String) throws -> [String: CheckpointTensor] {
    let bytes = try MappedFile.open(Fixture.path("keylists/\(name).json")).array
    let list = try JSONDecoder().decode(KeyList.self, from: Data(bytes))
    var result: [String: CheckpointTensor] = [:]
    for (name, tensor) in list.tensors where !name.hasSuffix(".num_batches_tracked") {
      result[prefix + name] = tensor
    }
    return result
  }

  /// A tensor of zeros that takes no memory.
  static func tensor(_ shape: [Int]) -> CheckpointTensor {
    let zero = CheckpointTensor(floats: [0], shape: [1])
    return CheckpointTensor(
      unchecked: .f32, shape: shape, strides: [Int](repeating: 0, count: shape.count), offset: 0,
      count: shape.reduce(1, *), storage: zero.storage, isBigEndian: false)
  }
}
