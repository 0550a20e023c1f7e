import Checkpoints
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("A generator from named tensors")
struct GeneratorLoadingTests {
  @Test("sizes follow from the shapes", arguments: [16, 32, 64, 256, 1024])
  func inference(resolution: Int) throws {
    let architecture = StyleGAN2Architecture(
      resolution: resolution, channelBase: 1024, channelMaximum: 24, inputSize: 7, latentSize: 9,
      labelSize: 3, mappingLayers: 3)
    let table = WeightTable(architecture.generatorWeights(seed: 1))
    let generator = try Generator(table)
    try table.requireNothingRemains()
    #expect(generator.mapping.inputSize == 7)
    #expect(generator.mapping.labelSize == 3)
    #expect(generator.mapping.latentSize == 9)
    #expect(generator.mapping.layers.count == 3)
    #expect(generator.synthesis.latentSize == 9)
    #expect(generator.synthesis.resolution == resolution)
    // 2 log2(resolution) - 2 rows.
    #expect(generator.synthesis.rowCount == 2 * resolution.trailingZeroBitCount - 2)
    let names = generator.synthesis.layers.map(\.name)
    #expect(names.prefix(4) == ["b4.conv1", "b8.conv0", "b8.conv1", "b16.conv0"])
    for layer in generator.synthesis.layers {
      #expect(layer.channels == architecture.channels(at: layer.resolution))
    }
    #expect(generator.parameters.count + generator.buffers.count == table.names.count)
  }

  @Test("channel tables without a rule are fine")
  func oddChannels() throws {
    var weights = smallWeights(resolution: 8)
    // 8x8 with 12 channels behind conv0, 5 behind conv1.
    weights["synthesis.b8.conv1.weight"] = randomTensor([5, 12, 3, 3], seed: 1)
    weights["synthesis.b8.conv1.bias"] = randomTensor([5], seed: 2)
    weights["synthesis.b8.torgb.weight"] = randomTensor([3, 5, 1, 1], seed: 3)
    weights["synthesis.b8.torgb.affine.weight"] = randomTensor([5, 5], seed: 4)
    weights["synthesis.b8.torgb.affine.bias"] = randomTensor([5], seed: 5)
    let generator = try Generator(WeightTable(weights))
    let output = generator.synthesis(generator.wPlus(Tensor.ones([1, 6])), features: .layers)
    #expect(output.features.map(\.channels) == [12, 12, 5])
    #expect(output.image.shape == [1, 3, 8, 8])
  }

  @Test(
    "a missing or misshaped tensor is named",
    arguments: [
      ("synthesis.b4.const", [Int?](arrayLiteral: nil, 4, 4)),
      ("synthesis.b8.conv0.weight", [nil, 12, 3, 3]),
      ("synthesis.b8.conv0.affine.weight", [12, 5]), ("synthesis.b8.conv0.affine.bias", [12]),
      ("synthesis.b8.conv0.noise_const", [8, 8]), ("synthesis.b8.conv0.noise_strength", []),
      ("synthesis.b16.torgb.weight", [3, 6, 1, 1]), ("synthesis.b16.torgb.bias", [3]),
      ("mapping.fc0.weight", [nil, nil]), ("mapping.fc0.bias", [5]),
    ])
  func missing(name: String, shape: [Int?]) throws {
    var weights = smallWeights()
    weights[name] = nil
    let error = #expect(throws: ModelError.self) { try Generator(WeightTable(weights)) }
    #expect(error == .missingTensor(path: "memory", name: name, expected: shape))
    weights[name] = Tensor.ones([1, 2, 3, 4, 5])
    let other = #expect(throws: ModelError.self) { try Generator(WeightTable(weights)) }
    #expect(
      other
        == .wrongShape(path: "memory", name: name, expected: shape, actual: [1, 2, 3, 4, 5]))
  }

  @Test("a block that is left out is noticed")
  func gap() {
    let weights = smallWeights().filter { !$0.key.hasPrefix("synthesis.b8.") }
    let error = #expect(throws: ModelError.self) { try Generator(WeightTable(weights)) }
    #expect(
      error
        == .missingTensor(
          path: "memory", name: "synthesis.b8.conv0.weight", expected: [nil, 12, 3, 3]))
  }

  @Test("a stored filter that is not the configured one is refused")
  func filter() {
    var weights = smallWeights()
    weights["synthesis.b8.resample_filter"] = Tensor.ones([4, 4])
    let error = #expect(throws: ModelError.self) { try Generator(WeightTable(weights)) }
    #expect(error == .filterMismatch(path: "memory", name: "synthesis.b8.resample_filter"))
  }

  @Test("sizes in the metadata are compared with the tensors")
  func statedSizes() throws {
    let good = #"{"img_resolution": 16, "z_dim": 6, "c_dim": 0, "w_dim": 5, "num_ws": 6}"#
    _ = try Generator(WeightTable(smallWeights()), metadata: ["config": good])
    for (key, value) in [("img_resolution", 32), ("z_dim", 5), ("c_dim", 1), ("num_ws", 8)] {
      let error = #expect(throws: ModelError.self) {
        try Generator(WeightTable(smallWeights()), metadata: ["config": "{\"\(key)\": \(value)}"])
      }
      guard case .configurationMismatch(path: "memory", key: key, stated: value, _) = error else {
        Issue.record("\(key): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("a network without stored mean gets one from samples, always the same")
  func estimatedMean() throws {
    var weights = smallWeights()
    weights["mapping.w_avg"] = nil
    let generator = try Generator(WeightTable(weights))
    #expect(generator.meanLatent.values == (try Generator(WeightTable(weights))).meanLatent.values)
    var random = RandomSource(seed: 99)
    let mean = generator.mapping(random.normal([4096, 6])).mean(axes: [0])
    for (estimated, sampled) in zip(generator.meanLatent.values, mean.values) {
      #expect(abs(estimated - sampled) < 0.1)
    }
  }

  @Test("parameters and buffers make the same generator again")
  func roundTrip() throws {
    let generator = try smallGenerator(isTrainable: true)
    #expect(generator.parameters.values.allSatisfy { $0.requiresGradient })
    #expect(generator.buffers.values.allSatisfy { !$0.requiresGradient })
    #expect(generator.buffers.keys.contains("mapping.w_avg"))
    #expect(generator.buffers.keys.contains("synthesis.b4.conv1.noise_const"))
    let all = generator.parameters.merging(generator.buffers) { first, _ in first }
    #expect(Set(all.keys) == Set(smallWeights().keys))
    let again = try Generator(WeightTable(all))
    let z = randomTensor([2, 6], seed: 8)
    #expect(generator(z, truncationPsi: 0.7).values == again(z, truncationPsi: 0.7).values)
  }

  @Test("a step on a parameter changes the pictures")
  func training() throws {
    let generator = try smallGenerator(isTrainable: true)
    let weight = try #require(generator.parameters["synthesis.b8.conv0.weight"])
    let z = randomTensor([1, 6], seed: 9)
    let loss = generator(z).squared().mean()
    let gradient = gradients(of: loss, withRespectTo: [weight])[0]
    AdamMoments(shape: weight.shape).update(weight, gradient: gradient, rate: 1e-3, step: 1)
    #expect(generator(z).squared().mean().item < loss.item)
  }
}
