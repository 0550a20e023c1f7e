import Checkpoints
import Networks
import TensorCore
import Testing

@Suite("Weight table")
struct WeightTableTests {
  private func table(isTrainable: Bool = false) -> WeightTable {
    WeightTable(
      [
        "a.weight": CheckpointTensor(floats: [1, 2, 3, 4, 5, 6], shape: [2, 3]),
        "a.mean": CheckpointTensor(floats: [7], shape: [1]),
        "b.broken": CheckpointTensor(floats: [0, .nan], shape: [2]),
      ], path: "faces.safetensors", isTrainable: isTrainable)
  }

  @Test("hands out tensors of the expected shape; nil sizes may be anything")
  func shapes() throws {
    let weights = table()
    #expect(weights.shape(of: "a.weight") == [2, 3])
    #expect(weights.shape(of: "nothing") == nil)
    let tensor = try weights.tensor("a.weight", shape: [2, nil])
    #expect(tensor.shape == [2, 3] && tensor.values == [1, 2, 3, 4, 5, 6])
    #expect(try weights.tensor("a.weight", shape: [2, 3]) === tensor)
  }

  @Test("a missing tensor is named with the shape that is wanted")
  func missing() {
    let error = #expect(throws: ModelError.self) {
      try table().tensor("c.bias", shape: [nil, 3])
    }
    #expect(error == .missingTensor(path: "faces.safetensors", name: "c.bias", expected: [nil, 3]))
  }

  @Test(
    "a tensor of another shape is named with both shapes",
    arguments: [[3, 2], [2], [2, 3, 1], [6]])
  func misshaped(expected: [Int]) {
    let error = #expect(throws: ModelError.self) {
      try table().tensor("a.weight", shape: expected)
    }
    #expect(
      error
        == .wrongShape(
          path: "faces.safetensors", name: "a.weight", expected: expected, actual: [2, 3]))
  }

  @Test("a weight that is not finite is refused")
  func notFinite() {
    let error = #expect(throws: ModelError.self) { try table().tensor("b.broken", shape: [2]) }
    #expect(error == .notFinite(path: "faces.safetensors", name: "b.broken", element: 1))
  }

  @Test("knows what nobody took")
  func surplus() throws {
    let weights = table()
    _ = try weights.tensor("a.weight", shape: [2, 3])
    #expect(weights.remaining() == ["a.mean", "b.broken"])
    #expect(weights.remaining(under: "a.") == ["a.mean"])
    let error = #expect(throws: ModelError.self) { try weights.requireNothingRemains(under: "a.") }
    #expect(error == .surplusTensors(path: "faces.safetensors", names: ["a.mean"]))
    _ = try weights.tensor("a.mean", shape: [1], role: .buffer)
    try weights.requireNothingRemains(under: "a.")
    #expect(weights.taken(under: "a.", role: .parameter).keys.sorted() == ["a.weight"])
    #expect(weights.taken(under: "a.", role: .buffer).keys.sorted() == ["a.mean"])
  }

  @Test("only parameters of a trainable table track gradients")
  func trainable() throws {
    for isTrainable in [true, false] {
      let weights = table(isTrainable: isTrainable)
      #expect(try weights.tensor("a.weight", shape: [2, 3]).requiresGradient == isTrainable)
      #expect(try !weights.tensor("a.mean", shape: [1], role: .buffer).requiresGradient)
    }
  }

  @Test("tensors in memory are shared, not copied")
  func shared() throws {
    let mine = Tensor([1, 2])
    let weights = WeightTable(["x": mine], isTrainable: true)
    let handed = try weights.tensor("x", shape: [2])
    mine.pointer[0] = 5
    #expect(handed.values == [5, 2] && handed.requiresGradient && !mine.requiresGradient)
  }
}
