import Layers
import Networks
import Testing

@Suite("StyleGAN2 configuration in a file's metadata")
struct ConfigurationTests {
  private func read(_ config: String?) throws -> StyleGAN2Configuration {
    try StyleGAN2Configuration(metadata: config.map { ["config": $0] } ?? [:], path: "m")
  }

  @Test("without config, or for missing keys, StyleGAN2's own values")
  func defaults() throws {
    for text in [nil, "{}", #"{"z_dim": 384, "domain": "faces", "conv_clamp": null}"#] {
      let configuration = try read(text)
      #expect(configuration == StyleGAN2Configuration())
      #expect(configuration.convClamp == nil)
      #expect(configuration.mappingLearningRateMultiplier == 0.01)
      #expect(configuration.filter == .binomial)
      #expect(configuration.activation == .leakyReLU)
      #expect(configuration.deviationGroupSize == 4)
    }
  }

  @Test("stated values")
  func stated() throws {
    let configuration = try read(
      """
      {"conv_clamp": 256, "mapping_lr_multiplier": 0.5, "architecture": "skip",
       "resample_filter": [1, 2, 1], "activation": "lrelu", "mbstd_group_size": 8}
      """)
    #expect(configuration.convClamp == 256)
    #expect(configuration.mappingLearningRateMultiplier == 0.5)
    #expect(configuration.filter == FIRFilter(separable: [1, 2, 1]))
    #expect(configuration.deviationGroupSize == 8)
  }

  @Test(
    "what cannot be followed is refused by name",
    arguments: [
      (#"{"architecture": "resnet"}"#, "architecture"), (#"{"conv_clamp": 0}"#, "conv_clamp"),
      (#"{"conv_clamp": -1}"#, "conv_clamp"),
      (#"{"mapping_lr_multiplier": 0}"#, "mapping_lr_multiplier"),
      (#"{"resample_filter": [1]}"#, "resample_filter"),
      (#"{"resample_filter": [1, -1]}"#, "resample_filter"),
      (#"{"activation": "gelu"}"#, "activation"), (#"{"mbstd_group_size": 0}"#, "mbstd_group_size"),
    ])
  func unsupported(text: String, key: String) {
    let error = #expect(throws: ModelError.self) { try read(text) }
    guard case .unsupportedConfiguration(path: "m", key: key, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "what is not JSON, or of another type, is refused",
    arguments: [
      ("no JSON", "it is not a JSON object"), ("[1, 2]", "it is not a JSON object"),
      (#"{"conv_clamp": "high"}"#, "'conv_clamp' has a value of another type"),
    ])
  func invalid(text: String, reason: String) {
    let error = #expect(throws: ModelError.self) { try read(text) }
    #expect(error == .invalidConfiguration(path: "m", reason: reason))
  }
}
