import Layers
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Synthesis")
struct SynthesisTests {
  private func codes(_ generator: Generator, count: Int = 2) -> Tensor {
    generator.wPlus(randomTensor([count, 6], seed: 1))
  }

  @Test("features come in order, with the constant when asked for, and leave the picture alone")
  func features() throws {
    let generator = try smallGenerator()
    let codes = codes(generator)
    let plain = generator.synthesis(codes)
    #expect(plain.features.isEmpty)
    let names = ["b4.conv1", "b8.conv0", "b8.conv1", "b16.conv0", "b16.conv1"]
    let layers = generator.synthesis(codes, features: .layers)
    #expect(layers.features.map(\.name) == names)
    #expect(layers.features.map(\.resolution) == [4, 8, 8, 16, 16])
    #expect(layers.features.map(\.channels) == [12, 12, 12, 6, 6])
    #expect(layers.image.values == plain.image.values)
    let all = generator.synthesis(codes, features: .constantAndLayers)
    #expect(all.features.map(\.name) == ["b4.const"] + names)
    #expect(all.features.map(\.isConstant) == [true] + [Bool](repeating: false, count: 5))
    #expect(all.features[0].tensor.shape == [2, 12, 4, 4])
    #expect(all.image.values == plain.image.values)
  }

  @Test("samples of a batch do not meet")
  func batch() throws {
    let generator = try smallGenerator()
    let codes = codes(generator)
    let both = generator.synthesis(codes).image
    for n in 0..<2 {
      let alone = generator.synthesis(codes.slice(n..<n + 1, axis: 0)).image
      expectClose(alone, both.slice(n..<n + 1, axis: 0), relativeToMax: 1e-6)
    }
  }

  @Test("every row of W+ reaches the picture, and only from its layer on")
  func rows() throws {
    let generator = try smallGenerator()
    let codes = codes(generator, count: 1)
    let features = generator.synthesis(codes, features: .layers).features
    for row in 0..<generator.synthesis.rowCount {
      let changed = codes.copied()
      changed.pointer[row * 5] += 1
      let output = generator.synthesis(changed, features: .layers)
      #expect(output.image.values != generator.synthesis(codes).image.values)
      for (index, feature) in output.features.enumerated() {
        #expect((feature.tensor.values == features[index].tensor.values) == (index < row))
      }
    }
  }

  @Test("noise: none, constant, explicit and random")
  func noise() throws {
    let generator = try smallGenerator()
    let codes = codes(generator)
    func picture(_ noise: SynthesisNoise) -> [Float] {
      generator.synthesis(codes, noise: noise).image.values
    }
    let maps = generator.synthesis.layers.map(\.noiseConstant)
    #expect(picture(.constant) == picture(.explicit(maps)))
    #expect(picture(.none) == picture(.explicit(maps.map { Tensor.zeros($0.shape) })))
    #expect(picture(.none) != picture(.constant))
    #expect(picture(.random(seed: 1)) == picture(.random(seed: 1)))
    #expect(picture(.random(seed: 1)) != picture(.random(seed: 2)))
    let perSample = maps.map { randomTensor([2, 1, $0.shape[0], $0.shape[0]], seed: 3) }
    let first = perSample.map { $0.slice(0..<1, axis: 0) }
    let both = generator.synthesis(codes, noise: .explicit(perSample)).image
    let alone = generator.synthesis(codes.slice(0..<1, axis: 0), noise: .explicit(first)).image
    expectClose(alone, both.slice(0..<1, axis: 0), relativeToMax: 1e-6)
  }

  @Test("truncation pulls towards the mean, up to the cutoff")
  func truncation() throws {
    let generator = try smallGenerator()
    let z = randomTensor([1, 6], seed: 4)
    let w = generator.mapping(z).values
    let mean = generator.meanLatent.values
    let codes = generator.wPlus(z, truncationPsi: 0.25, truncationCutoff: 2)
    for row in 0..<6 {
      let expected = zip(w, mean).map { row < 2 ? $1 + 0.25 * ($0 - $1) : $0 }
      let values = codes.selecting(row, axis: 1).values
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    let centre = generator.wPlus(z, truncationPsi: 0).selecting(3, axis: 1).values
    #expect(zip(centre, mean).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("style mixing takes the first code's rows below the cutoff")
  func styleMixing() throws {
    let generator = try smallGenerator()
    let (first, second) = (randomTensor([1, 6, 5], seed: 5), randomTensor([1, 6, 5], seed: 6))
    for cutoff in 0...6 {
      let mixed = generator.styleMixing(first, second, cutoff: cutoff)
      #expect(
        mixed.values == Array(first.values[..<(cutoff * 5)] + second.values[(cutoff * 5)...]))
    }
  }

  @Test("labels change the picture")
  func labels() throws {
    let generator = try smallGenerator(labelSize: 2)
    let z = randomTensor([1, 6], seed: 7)
    let pictures = [[Float(1), 0], [0, 1]].map {
      generator(z, labels: Tensor($0, shape: [1, 2])).values
    }
    #expect(pictures[0] != pictures[1])
  }

  @Test("the clamp limits every feature")
  func clamp() throws {
    let generator = try smallGenerator(configuration: StyleGAN2Configuration(convClamp: 0.5))
    let output = generator.synthesis(codes(generator), features: .layers)
    for feature in output.features {
      #expect(feature.tensor.values.allSatisfy { abs($0) <= 0.5 })
      #expect(feature.tensor.values.contains { abs($0) == 0.5 })
    }
  }

  @Test("gradients of first and second order, with a smooth activation")
  func gradients() throws {
    let generator = try smallGenerator(
      configuration: StyleGAN2Configuration(activation: .softplus))
    let noise = generator.synthesis.layers.map(\.noiseConstant)
    let inputs = [codes(generator, count: 1)] + noise
    let function: ([Tensor]) -> Tensor = { arguments in
      generator.synthesis(arguments[0], noise: .explicit(Array(arguments.dropFirst()))).image
    }
    finiteDifferenceCheck(of: function, at: inputs, tolerance: 5e-3, sampling: 16)
    secondOrderDifferenceCheck(
      of: { generator.synthesis($0[0]).image }, at: [inputs[0]], tolerance: 1e-2)
  }

  @Test("a blocked feature map is the planar one")
  func blockedFeatures() {
    let planar = randomTensor([2, 19, 4, 4], seed: 8)
    let map = FeatureMap(
      name: "b4.conv1", resolution: 4, channels: 19, tensor: planar.blocked(), layout: .blocked)
    #expect(map.tensor.shape == [2, 2, 4, 4, 16])
    #expect(map.planar().values == planar.values)
  }
}
