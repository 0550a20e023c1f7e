import Layers
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Discriminator from named tensors")
struct DiscriminatorTests {
  private func architecture(labelSize: Int = 0) -> StyleGAN2Architecture {
    StyleGAN2Architecture(
      resolution: 16, channelBase: 96, channelMaximum: 8, latentSize: 5, labelSize: labelSize,
      mappingLayers: 2)
  }

  @Test("sizes follow from the shapes, all tensors are used", arguments: [0, 3])
  func inference(labelSize: Int) throws {
    let table = WeightTable(
      architecture(labelSize: labelSize).discriminatorWeights(seed: 1), isTrainable: true)
    let discriminator = try Discriminator(table)
    try table.requireNothingRemains()
    #expect(discriminator.resolution == 16)
    #expect(discriminator.labelSize == labelSize)
    #expect(discriminator.blocks.map(\.resolution) == [16, 8])
    #expect(discriminator.deviation == MinibatchDeviation(groupSize: 4, channels: 1))
    #expect(discriminator.parameters.values.allSatisfy { $0.requiresGradient })
    let labels = labelSize > 0 ? randomTensor([8, 3], seed: 2) : nil
    #expect(discriminator(randomTensor([8, 3, 16, 16], seed: 3), labels: labels).shape == [8, 1])
  }

  @Test("under a prefix, beside other networks")
  func prefixed() throws {
    var weights: [String: Tensor] = ["mapping.fc0.weight": Tensor.ones([2, 2])]
    for (name, tensor) in architecture().discriminatorWeights(seed: 1) {
      weights["discriminator.\(name)"] = tensor
    }
    let discriminator = try Discriminator(WeightTable(weights), prefix: "discriminator.")
    #expect(discriminator.mapping == nil)
    #expect(discriminator.parameters.keys.contains("discriminator.b4.out.weight"))
  }

  @Test("a missing or misshaped tensor is named")
  func missing() {
    var weights = architecture().discriminatorWeights(seed: 1)
    weights["b8.skip.weight"] = nil
    let error = #expect(throws: ModelError.self) { try Discriminator(WeightTable(weights)) }
    #expect(
      error == .missingTensor(path: "memory", name: "b8.skip.weight", expected: [8, 8, 1, 1]))
    weights["b8.skip.weight"] = Tensor.ones([8, 7, 1, 1])
    let other = #expect(throws: ModelError.self) { try Discriminator(WeightTable(weights)) }
    #expect(
      other
        == .wrongShape(
          path: "memory", name: "b8.skip.weight", expected: [8, 8, 1, 1], actual: [8, 7, 1, 1]))
  }

  @Test("too few input channels at 4x4 are refused")
  func epilogue() {
    var weights = architecture().discriminatorWeights(seed: 1)
    weights["b4.conv.weight"] = Tensor.ones([8, 7, 3, 3])
    let error = #expect(throws: ModelError.self) { try Discriminator(WeightTable(weights)) }
    #expect(
      error
        == .wrongShape(
          path: "memory", name: "b4.conv.weight", expected: [nil, 9, 3, 3], actual: [8, 7, 3, 3]))
  }

  @Test("gradients of first and second order, with a smooth activation")
  func gradients() throws {
    let configuration = StyleGAN2Configuration(activation: .softplus, deviationGroupSize: 2)
    let discriminator = try Discriminator(
      WeightTable(architecture().discriminatorWeights(seed: 1)), configuration: configuration)
    // Along four directions in the space of pictures: a single pixel moves the logits too little
    // for single precision.
    let directions = randomTensor([4, 2 * 3 * 16 * 16], seed: 4)
    let function: ([Tensor]) -> Tensor = {
      discriminator($0[0].matrixProduct(directions).reshaped([2, 3, 16, 16]))
    }
    let point = randomTensor([1, 4], seed: 5)
    finiteDifferenceCheck(of: function, at: [point], tolerance: 5e-3)
    secondOrderDifferenceCheck(of: function, at: [point], tolerance: 1e-2)
  }
}
