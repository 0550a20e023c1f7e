import Checkpoints
import Networks
import TensorCore
import TestSupport
import Testing

/// What model files say of generators, and what is made of it.
@Suite("Descriptions of layout models")
struct LayoutGeneratorTests {
  private static func pix2pixHD(
    _ normalization: Pix2PixHDConfiguration.Normalization, concatenates: Bool = false,
    isSpectral: Bool = true
  ) -> LayoutGeneratorConfiguration {
    .pix2pixHD(
      Pix2PixHDConfiguration(
        layoutChannels: 4, filters: 2, reductions: 3, residualBlocks: 2, outerKernel: 5,
        normalization: normalization, concatenatesLayout: concatenates, isSpectral: isSpectral,
        width: 32, height: 16))
  }

  private static let variants: [LayoutGeneratorConfiguration] = [
    .spade(SPADEConfiguration(layoutChannels: 4, filters: 2, hiddenChannels: 3, cropSize: 32)),
    .spade(
      SPADEConfiguration(
        layoutChannels: 4, filters: 2, hiddenChannels: 3, latentSize: 5, depth: .most,
        cropSize: 256, aspectRatio: 2, normalization: .init(kind: .instance, kernel: 1),
        conditioning: .concatenation)),
    pix2pixHD(.instance, isSpectral: false), pix2pixHD(.batch),
    pix2pixHD(.batch, concatenates: true),
    pix2pixHD(.spade(.init(kind: .instance, kernel: 1, isSpectral: true), hiddenChannels: 3)),
  ]

  private func weights(_ generator: LayoutGeneratorConfiguration) -> [String: Tensor] {
    generator.generatorWeights.randomWeights(seed: 1, prefix: "generator.", gain: 1)
  }

  @Test("a written description is read again", arguments: variants)
  func roundTrip(generator: LayoutGeneratorConfiguration) throws {
    let written = SPADEDescription(
      generator: generator, encoder: nil, layout: LayoutChannels(classes: 3, hasEdges: true))
    let table = WeightTable(weights(generator))
    let read = try SPADEDescription(metadata: ["config": written.configText], weights: table)
    #expect(read == written)
    let network = try read.generator.generator(table)
    try table.requireNothingRemains()
    let layout = Tensor.ones([2, 4, generator.height, generator.width])
    let latent = generator.latentSize.map { Tensor.ones([2, $0]) }
    let pictures = network.pictures(of: layout, latent: latent, mode: .training)
    #expect(pictures.shape == [2, 3, generator.height, generator.width] && pictures.isFinite)
  }

  @Test("running statistics are those of the file", arguments: variants)
  func runningStatistics(generator: LayoutGeneratorConfiguration) throws {
    let table = WeightTable(weights(generator))
    let network = try generator.generator(table)
    let stored = network.buffers.keys.filter { $0.hasSuffix(".running_mean") }
    #expect(network.runningStatistics.count == stored.count)
  }

  private func error(_ change: (inout String) -> Void) throws -> ModelError? {
    let generator = Self.pix2pixHD(.batch)
    var text = SPADEDescription(
      generator: generator, encoder: nil, layout: LayoutChannels(classes: 4)
    ).configText
    change(&text)
    let table = WeightTable(weights(generator), path: "m")
    do throws(ModelError) {
      let read = try SPADEDescription(metadata: ["config": text], weights: table)
      _ = try read.generator.generator(table)
      return nil
    } catch { return error }
  }

  @Test("options that cannot be followed are named")
  func unsupported() throws {
    #expect(
      try error { $0 = $0.replacing("\"spectralsync_batch\"", with: "\"group\"") }
        == .unsupportedConfiguration(
          path: "m", key: "norm_G", value: "'group'",
          supported: "'[spectral]instance', '[spectral]sync_batch' and "
            + "'[spectral]spadesyncbatch3x3'"))
    #expect(
      try error {
        $0 = $0.replacing("\"resnet_n_downsample\":3", with: "\"resnet_n_downsample\":60")
      }
        == .unsupportedConfiguration(
          path: "m", key: "resnet_n_downsample", value: "60", supported: "1 to 8"))
    #expect(
      try error { $0 = $0.replacing("\"crop_size\":32", with: "\"crop_size\":20") }
        == .unsupportedConfiguration(
          path: "m", key: "aspect_ratio", value: "2.0",
          supported: "pictures of 16 to 8192 pixels whose sides are multiples of 8"))
    #expect(
      try error { $0 = $0.replacing("\"resnet_n_blocks\":2", with: "\"resnet_n_blocks\":3") }
        == .missingTensor(
          path: "m", name: "generator.model.11.conv_block.1.0.weight_u", expected: [16]))
    #expect(try error { _ in } == nil)
  }

  @Test("a spectral norm that is divided out leaves the pictures as they are")
  func foldedPix2PixHD() throws {
    let generator = Self.pix2pixHD(.batch)
    let stored = weights(generator)
    var folded = stored
    for (name, weight) in stored where name.hasSuffix(".weight_orig") {
      let layer = name.dropLast("weight_orig".count)
      let u = try #require(stored[layer + "weight_u"])
      let v = try #require(stored[layer + "weight_v"])
      for part in ["orig", "u", "v"] { folded["\(layer)weight_\(part)"] = nil }
      // sigma = u W v with the rows of W in the order of the outputs.
      let outputsFirst = weight.shape[0] == u.count ? weight : weight.permuted([1, 0, 2, 3])
      let (left, right) = (u.values, v.values)
      var sigma = 0.0
      for (index, value) in outputsFirst.values.enumerated() {
        sigma +=
          Double(left[index / right.count]) * Double(value)
          * Double(right[index % right.count])
      }
      folded[layer + "weight"] = weight / Float(sigma)
    }
    let layout = randomTensor([1, 4, 16, 32], seed: 3)
    let pictures = try [stored, folded].map {
      try generator.generator(WeightTable($0)).pictures(of: layout, latent: nil, mode: .evaluation)
    }
    expectClose(pictures[1], pictures[0], relativeToMax: 1e-5)
  }
}
