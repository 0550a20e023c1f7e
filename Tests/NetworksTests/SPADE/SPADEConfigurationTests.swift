import Networks
import TensorCore
import Testing

@Suite("SPADE configurations")
struct SPADEConfigurationTests {
  @Test(
    "texts of normalisations are read and written",
    arguments: [
      ("spectralspadesyncbatch3x3", SPADENormalization()),
      ("spadebatch1x1", SPADENormalization(kind: .batch, kernel: 1, isSpectral: false)),
      ("spectralspadeinstance5x5", SPADENormalization(kind: .instance, kernel: 5)),
    ])
  func texts(text: String, expected: SPADENormalization) throws {
    #expect(SPADENormalization(text) == expected)
    #expect(expected.text == text)
  }

  @Test(
    "other texts are not",
    arguments: [
      "", "spectral", "spade", "syncbatch3x3", "spectralspadegroup3x3", "spadebatch3x5",
      "spadebatch7x7", "spadebatch", "spadebatch3x3 ",
    ])
  func otherTexts(text: String) {
    #expect(SPADENormalization(text) == nil)
  }

  @Test("sizes follow from crop and aspect ratio (SPADE spec 2.2)")
  func sizes() {
    func sizes(_ crop: Int, _ depth: SPADEConfiguration.Depth, _ ratio: Double = 1) -> [Int] {
      let configuration = SPADEConfiguration(
        layoutChannels: 4, depth: depth, cropSize: crop, aspectRatio: ratio)
      return [
        configuration.baseWidth, configuration.baseHeight, configuration.width,
        configuration.height,
      ]
    }
    #expect(sizes(256, .normal) == [8, 8, 256, 256])
    #expect(sizes(512, .more, 2) == [8, 4, 512, 256])
    #expect(sizes(512, .normal) == [16, 16, 512, 512])
    #expect(sizes(256, .most) == [2, 2, 256, 256])
    #expect(sizes(160, .normal, 2) == [5, 2, 160, 64])
  }

  @Test(
    "random weights fit every variant; a picture comes out of all of them",
    arguments: [SPADEConfiguration.Depth.normal, .more, .most], [nil, 6])
  func variants(depth: SPADEConfiguration.Depth, latentSize: Int?) throws {
    for (kind, kernel) in [(SPADENormalization.Kind.batch, 1), (.instance, 5)] {
      for conditioning in [SPADEConfiguration.Conditioning.spade, .concatenation] {
        let configuration = SPADEConfiguration(
          layoutChannels: 3, filters: 2, hiddenChannels: 4, latentSize: latentSize, depth: depth,
          cropSize: 2 << depth.doublings, aspectRatio: 2,
          normalization: SPADENormalization(kind: kind, kernel: kernel),
          conditioning: conditioning)
        let table = WeightTable(configuration.generatorWeights.randomWeights(seed: 1, prefix: "g."))
        let generator = try SPADEGenerator(table, prefix: "g.", configuration: configuration)
        try table.requireNothingRemains()
        #expect(
          generator.parameters.values.reduce(0) { $0 + $1.count }
            == configuration.generatorWeights.parameterCount)
        let picture = generator(
          Tensor.ones([2, 3, configuration.height, configuration.width]),
          latent: latentSize.map { Tensor.ones([2, $0]) })
        #expect(picture.shape == [2, 3, configuration.height, configuration.width])
        #expect(picture.isFinite)
      }
    }
  }

  @Test("pix2pixHD variants make pictures, too")
  func pix2pixHD() throws {
    let normalizations: [Pix2PixHDConfiguration.Normalization] = [
      .instance, .batch, .spade(SPADENormalization(kind: .batch), hiddenChannels: 4),
    ]
    for normalization in normalizations {
      for concatenates in [false, true] {
        for isSpectral in [false, true] {
          let configuration = Pix2PixHDConfiguration(
            layoutChannels: 3, filters: 2, reductions: 2, residualBlocks: 2,
            normalization: normalization, concatenatesLayout: concatenates,
            isSpectral: isSpectral)
          let table = WeightTable(configuration.generatorWeights.randomWeights(seed: 1))
          let generator = try Pix2PixHDGenerator(table, prefix: "", configuration: configuration)
          try table.requireNothingRemains()
          let picture = generator(Tensor.ones([1, 3, 16, 24]), mode: .training)
          #expect(picture.shape == [1, 3, 16, 24] && picture.isFinite)
        }
      }
    }
  }
}
