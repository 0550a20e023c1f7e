import Foundation
import Layers
import Networks
import TensorCore
import TestSupport
import Testing

/// The generator with the reference's 128 hidden channels; its weights are a hash of their position.
@Suite("SPADE's generator with 128 hidden channels gives the reference's numbers")
struct SPADEHiddenWidthTests {
  private struct Entry: Decodable {
    let key: String
    let shape: [Int]
    let index: UInt64?
    let bound: Double?
    let offset: Double?
    let sum: Double

    enum CodingKeys: String, CodingKey {
      case key, shape, bound, offset
      case index = "tensor_index"
      case sum = "sum_f64"
    }
  }

  private struct List: Decodable {
    let seed: UInt64
    let tensors: [Entry]
  }

  private let folder = fixturesFolder(of: #filePath) + "/spade_ngf8"

  @Test(arguments: ["G", "G_vae"])
  func forward(name: String) throws {
    let io = try Fixture(path: "\(folder)/io.safetensors")
    let generator = try SPADEGenerator(
      weights(name), prefix: "",
      configuration: SPADEConfiguration(
        layoutChannels: 5, filters: 8, latentSize: name == "G" ? nil : 256, cropSize: 64))
    var activations: [String: Tensor] = [:]
    let picture = generator(
      SPADEFixture.oneHot(try io.tensor("label")),
      latent: name == "G" ? nil : try io.tensor("z")
    ) { activations[$0] = $1 }
    expectClose(picture, try io.tensor("\(name).out"), relativeToMax: 1e-5, "\(name).out")
    #expect(activations.count == 7)
    for (block, activation) in activations {
      let reference = try io.tensor("\(name).act.\(block).corner")
      expectClose(
        activation.slice(0..<4, axis: 1).slice(0..<reference.shape[2], axis: 2)
          .slice(0..<reference.shape[3], axis: 3), reference, relativeToMax: 1e-5,
        "\(name).act.\(block)")
      expectClose(
        activation.absolute().mean().reshaped([1]),
        try io.tensor("\(name).act.\(block).mean_abs"), relativeToMax: 1e-5, block)
    }
  }

  /// Fills the tensors; spectral vectors come from three power iterations (the fixture's README).
  private func weights(_ network: String) throws -> WeightTable {
    let lists = try JSONDecoder().decode(
      [String: List].self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/weights.json")))
    let list = try #require(lists[network])
    var tensors: [String: Tensor] = [:]
    var sums: [String: Double] = [:]
    for entry in list.tensors {
      guard let index = entry.index else { continue }
      tensors[entry.key] = HashFill.tensor(
        Shape(entry.shape), index: index, seed: list.seed, bound: entry.bound ?? 0,
        offset: entry.offset ?? 0)
      sums[entry.key] = entry.sum
    }
    for (key, weight) in tensors where key.hasSuffix(".weight_orig") {
      let layer = key.dropLast("weight_orig".count)
      let u = try #require(tensors["\(layer)weight_u"])
      let norm = SpectralNorm(u: u, v: try #require(tensors["\(layer)weight_v"]))
      let matrix = weight.reshaped([u.count, weight.count / u.count])
      for _ in 0..<3 { norm.advance(matrix) }
    }
    for (key, tensor) in tensors {
      // Spectral vectors are sums of products in another order.
      guard key.hasSuffix("weight_u") || key.hasSuffix("weight_v") else {
        try HashFill.check(tensor, sum: try #require(sums[key]), key: key)
        continue
      }
      let sum = tensor.values.reduce(0.0) { $0 + Double($1) }
      #expect(abs(sum - (sums[key] ?? 0)) < 1e-4, "\(key)")
    }
    return WeightTable(tensors, path: network)
  }
}
