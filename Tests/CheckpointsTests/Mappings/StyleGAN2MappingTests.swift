import Testing

@testable import Checkpoints

@Suite("Importing StyleGAN2 networks")
struct StyleGAN2MappingTests {
  private func expected(
    _ name: String, under prefix: String, withFilters: Bool = true
  ) throws -> [String: CheckpointTensor] {
    let file = try SafetensorsFile(contentsOf: Fixture.path(name))
    var result: [String: CheckpointTensor] = [:]
    for (name, tensor) in file.tensors
    where name.hasPrefix(prefix) && (withFilters || !name.hasSuffix(".resample_filter")) {
      result[String(name.dropFirst(prefix.count))] = tensor
    }
    return result
  }

  private func part(
    _ model: ImportedModel, _ prefix: String
  ) -> [String: CheckpointTensor] {
    var result: [String: CheckpointTensor] = [:]
    for (name, tensor) in model.tensors where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = tensor
    }
    return result
  }

  @Test("A pickle of stylegan2-ada-pytorch gives G_ema bit for bit, and its settings")
  func persistent() throws {
    let model = try ImportedModel(
      Checkpoint(fixture: "sg2ada_g32/network-snapshot-000000.pkl"))
    #expect(model.source == .styleGAN2ADA)
    #expect(
      isEqual(
        model.tensors,
        try expected("sg2ada_g32/expected_G_ema.safetensors", under: "G_ema.")))
    let configuration = model.configuration
    #expect(configuration["img_resolution"] == .integer(32))
    #expect(configuration["z_dim"] == .integer(32))
    #expect(configuration["c_dim"] == .integer(0))
    #expect(configuration["num_ws"] == .integer(8))
    #expect(configuration["conv_clamp"] == .integer(256))
    #expect(configuration["mapping_layers"] == .integer(8))
    #expect(configuration["mapping_lr_multiplier"] == .number(0.01))
    #expect(configuration["activation"] == .text("lrelu"))
    #expect(configuration["mbstd_group_size"] == .integer(4))
    #expect(
      configuration["resample_filter"]
        == .list([.number(1), .number(3), .number(3), .number(1)]))
    #expect(model.metadata["licence"]?.contains("non-commercial") == true)
  }

  @Test("Labels, clamping and channels-last weights survive, and the discriminator on request")
  func conditional() throws {
    var options = ImportOptions()
    options.includesDiscriminator = true
    let folder = "sg2ada_g16_cond_clamp_nhwc"
    let model = try ImportedModel(
      Checkpoint(fixture: "\(folder)/network-snapshot-000000.pkl"), options: options)
    let generator = model.tensors.filter { !$0.key.hasPrefix("discriminator.") }
    #expect(
      isEqual(
        generator, try expected("\(folder)/expected_G_ema.safetensors", under: "G_ema.")))
    #expect(
      isEqual(
        part(model, "discriminator."),
        try expected("\(folder)/expected_D.safetensors", under: "D.")))
    #expect(model.configuration["conv_clamp"] == .number(0.75))
    #expect(model.configuration["c_dim"] == .integer(3))
    #expect(model.configuration["z_dim"] == .integer(16))
    #expect(model.configuration["mbstd_group_size"] == .integer(2))
  }

  @Test(
    "A pickle of StyleGAN2 for TensorFlow gives Gs as the reference converts it",
    arguments: ["stylegan2-tiny-config-f.pkl", "stylegan2-tiny-config-f_p4.pkl"])
  func tensorFlow(name: String) throws {
    var options = ImportOptions()
    options.includesDiscriminator = true
    let model = try ImportedModel(
      Checkpoint(fixture: "tf_stylegan2_g16/\(name)"), options: options)
    #expect(model.source == .tensorFlow)
    let file = "tf_stylegan2_g16/expected.safetensors"
    let generator = model.tensors.filter { !$0.key.hasPrefix("discriminator.") }
    #expect(isEqual(generator, try expected(file, under: "G_ema.", withFilters: false)))
    #expect(
      isEqual(
        part(model, "discriminator."), try expected(file, under: "D.", withFilters: false)))
    #expect(model.configuration["img_resolution"] == .integer(16))
    #expect(model.configuration["mapping_layers"] == .integer(3))
    #expect(model.configuration["conv_clamp"] == .null)
  }

  @Test("A converted file of rosinality gives every weight under its name")
  func rosinality() throws {
    let model = try ImportedModel(Checkpoint(fixture: "rosinality_g32/converted_zip.pt"))
    #expect(model.source == .rosinality)
    let source = try SafetensorsFile(
      contentsOf: Fixture.path("rosinality_g32/expected_g_ema.safetensors"))
    // Formats spec 1.9, a line for every kind of tensor.
    let pairs = [
      ("mapping.fc0.weight", "style.1.weight", [32, 32]),
      ("mapping.fc3.bias", "style.4.bias", [32]),
      ("synthesis.b4.const", "input.input", [32, 4, 4]),
      ("synthesis.b4.conv1.weight", "conv1.conv.weight", [32, 32, 3, 3]),
      ("synthesis.b4.conv1.noise_const", "noises.noise_0", [4, 4]),
      ("synthesis.b4.torgb.bias", "to_rgb1.bias", [3]),
      ("synthesis.b8.conv0.weight", "convs.0.conv.weight", [32, 32, 3, 3]),
      ("synthesis.b8.conv1.noise_strength", "convs.1.noise.weight", []),
      ("synthesis.b16.conv0.noise_const", "noises.noise_3", [16, 16]),
      ("synthesis.b16.torgb.affine.weight", "to_rgbs.1.conv.modulation.weight", [32, 32]),
      ("synthesis.b32.conv0.weight", "convs.4.conv.weight", [16, 32, 3, 3]),
      ("synthesis.b32.conv1.bias", "convs.5.activate.bias", [16]),
      ("synthesis.b32.conv1.affine.bias", "convs.5.conv.modulation.bias", [16]),
      ("synthesis.b32.conv1.noise_const", "noises.noise_6", [32, 32]),
      ("synthesis.b32.torgb.weight", "to_rgbs.2.conv.weight", [3, 16, 1, 1]),
    ]
    for (target, name, shape) in pairs {
      #expect(model.tensors[target]?.shape == shape, "\(target)")
      #expect(try model.tensors[target]?.floats() == source.tensor(name).floats(), "\(target)")
    }
    let layout = StyleGAN2Layout(resolution: 32, mappingLayers: 4, hasLabels: false)
    #expect(model.tensors.keys.sorted() == layout.generatorNames.sorted())
    #expect(
      try model.tensors["mapping.w_avg"]?.floats()
        == Checkpoint(fixture: "rosinality_g32/converted_zip.pt").tensor("latent_avg").floats())
  }

  @Test(
    "A training file of rosinality gives g_ema, d on request and an estimated mean latent",
    .enabled(if: Fixture.hasShared("fixtures/rosinality_g32/train_legacy.pt")))
  func rosinalityTraining() throws {
    var options = ImportOptions()
    options.includesDiscriminator = true
    let file = try Checkpoint(
      contentsOf: Fixture.shared("fixtures/rosinality_g32/train_legacy.pt"))
    let model = try ImportedModel(file, options: options)
    let converted = try ImportedModel(Checkpoint(fixture: "rosinality_g32/converted_zip.pt"))
    for (name, tensor) in converted.tensors where name != "mapping.w_avg" {
      #expect(try model.tensors[name]?.floats() == tensor.floats(), "\(name)")
    }
    let layout = StyleGAN2Layout(resolution: 32, mappingLayers: 4, hasLabels: false)
    let discriminator = model.tensors.keys.filter { $0.hasPrefix("discriminator.") }
    #expect(
      discriminator.sorted()
        == layout.discriminatorNames(mappingLayers: 0).map { "discriminator.\($0)" }.sorted())
    #expect(
      try model.tensors["discriminator.b16.conv1.weight"]?.floats()
        == file.tensor("d.convs.2.conv2.1.weight").floats())
    #expect(model.tensors["mapping.w_avg"]?.shape == [32])
  }

  @Test("The estimated mean latent is the mean of the mapping network's results")
  func meanLatent() throws {
    // One layer whose weights are zero: the result is the activated bias, whatever z is.
    let zero = CheckpointTensor(floats: [Float](repeating: 0, count: 6), shape: [3, 2])
    let bias = CheckpointTensor(floats: [100, -100, 50], shape: [3])
    let mean = try MeanLatent.estimate(["mapping.fc0.weight": zero, "mapping.fc0.bias": bias])
    let values = try #require(try mean?.floats())
    for (value, expected) in zip(values, [1.4142135, -0.28284273, 0.70710677] as [Float]) {
      // The sum of 4096 samples is rounded.
      #expect(abs(value - expected) < 1e-5)
    }
    #expect(try MeanLatent.estimate([:]) == nil)
    #expect(
      try MeanLatent.estimate([
        "mapping.fc0.weight": KeyList.tensor([1 << 40, 1]),
        "mapping.fc0.bias": KeyList.tensor([1 << 40]),
      ]) == nil)
  }

  @Test("Full-size key lists of rosinality map onto those of stylegan2-ada-pytorch")
  func fullSize() throws {
    var tensors = try KeyList.tensors("rosinality_generator_1024", prefix: "g_ema.")
    tensors.merge(try KeyList.tensors("rosinality_discriminator_1024", prefix: "d.")) { $1 }
    tensors["latent_avg"] = KeyList.tensor([512])
    var options = ImportOptions()
    options.includesDiscriminator = true
    let model = try ImportedModel(
      Checkpoint(path: "f", format: .torchArchive, tensors: tensors), options: options)
    func shapes(_ list: String, _ prefix: String) throws -> [String: [Int]] {
      try KeyList.tensors(list, prefix: prefix).mapValues(\.shape)
        .filter { !$0.key.hasSuffix(".resample_filter") }
    }
    var expected = try shapes("sg2ada_generator_1024_base32768", "")
    expected.merge(try shapes("sg2ada_discriminator_1024_base32768", "discriminator.")) { $1 }
    #expect(model.tensors.mapValues(\.shape) == expected)
  }
}
