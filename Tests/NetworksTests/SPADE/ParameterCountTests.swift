import Networks
import TensorCore
import Testing

@Suite("SPADE's networks have the published numbers of parameters")
struct ParameterCountTests {
  @Test("generators (SPADE spec 13)")
  func generators() {
    func count(_ configuration: SPADEConfiguration) -> Int {
      configuration.generatorWeights.parameterCount
    }
    #expect(count(SPADEConfiguration(layoutChannels: 184)) == 97_480_899)
    #expect(count(SPADEConfiguration(layoutChannels: 183)) == 97_450_947)
    #expect(count(SPADEConfiguration(layoutChannels: 184, latentSize: 256)) == 112_626_883)
    #expect(count(SPADEConfiguration(layoutChannels: 151)) == 96_492_483)
    #expect(count(SPADEConfiguration(layoutChannels: 151, latentSize: 256)) == 111_942_595)
    var cityscapes = SPADEConfiguration(
      layoutChannels: 36, depth: .more, cropSize: 512, aspectRatio: 2)
    #expect(count(cityscapes) == 93_048_003)
    cityscapes.latentSize = 256
    #expect(count(cityscapes) == 101_136_579)
    #expect(count(SPADEConfiguration(layoutChannels: 13)) == 92_359_107)
    #expect(count(SPADEConfiguration(layoutChannels: 184, depth: .most)) == 98_515_043)
    #expect(count(SPADEConfiguration(layoutChannels: 184, filters: 48)) == 61_555_155)
    #expect(count(SPADEConfiguration(layoutChannels: 184, filters: 80)) == 141_746_611)
    #expect(count(SPADEConfiguration(layoutChannels: 8, filters: 16)) == 10_668_531)
  }

  @Test("kernels of 1 and 5", arguments: [(1, 71.7), (5, 149.1)])
  func kernels(kernel: Int, millions: Double) {
    let configuration = SPADEConfiguration(
      layoutChannels: 184, normalization: SPADENormalization(kernel: kernel))
    #expect(
      (Double(configuration.generatorWeights.parameterCount) / 1e5).rounded() / 10 == millions)
  }

  @Test("compact decoders (SPADE spec 3)", arguments: [(48, 60.64), (80, 140.68)])
  func compact(filters: Int, millions: Double) {
    let configuration = SPADEConfiguration(layoutChannels: 151, filters: filters)
    #expect(
      (Double(configuration.generatorWeights.parameterCount) / 1e4).rounded() / 100 == millions)
  }

  @Test("the decoder with concatenation: 68.12 and 10.96 million")
  func concatenation() {
    let configuration = SPADEConfiguration(layoutChannels: 151, conditioning: .concatenation)
    #expect(configuration.generatorWeights.parameterCount == 68_122_179 + 10_958_976)
  }

  @Test("pix2pixHD and its variants (SPADE spec 3)")
  func pix2pixHD() {
    func count(_ configuration: Pix2PixHDConfiguration) -> Int {
      configuration.generatorWeights.parameterCount
    }
    #expect(count(Pix2PixHDConfiguration(layoutChannels: 184)) == 182_989_507)
    #expect(
      count(Pix2PixHDConfiguration(layoutChannels: 184, normalization: .batch)) == 183_032_259)
    #expect(
      count(Pix2PixHDConfiguration(layoutChannels: 151, normalization: .batch)) == 182_928_771)
    let compact = count(
      Pix2PixHDConfiguration(layoutChannels: 151, filters: 48, normalization: .batch))
    #expect((Double(compact) / 1e5).rounded() / 10 == 103.0)
    #expect(
      count(
        Pix2PixHDConfiguration(
          layoutChannels: 151, normalization: .spade(.init(), hiddenChannels: 128)))
        == 182_886_019 + 53_993_216)
    #expect(
      count(Pix2PixHDConfiguration(layoutChannels: 151, concatenatesLayout: true))
        == 182_886_019 + 9 * 1024 * 151 * 9)
  }

  @Test(
    "discriminators (SPADE spec 12)",
    arguments: [(187, 5_904_514), (154, 5_836_930), (39, 5_601_410)])
  func discriminators(channels: Int, parameters: Int) {
    let configuration = PatchDiscriminatorConfiguration(inputChannels: channels)
    #expect(configuration.weights.parameterCount == parameters)
  }

  @Test("the encoder")
  func encoder() {
    #expect(StyleEncoderConfiguration(filters: 64).weights.parameterCount == 10_463_424)
  }
}
