import Testing

@testable import Checkpoints

@Suite("Importing SPADE networks")
struct SPADEMappingTests {
  @Test(
    "A discriminator kept for training has every tensor bit for bit",
    arguments: ["latest_net_D_zip.pth", "latest_net_D_legacy.pth"])
  func keptDiscriminator(name: String) throws {
    var options = ImportOptions()
    options.foldsSpectralNorm = false
    let model = try ImportedModel(Checkpoint(fixture: "spade_small/\(name)"), options: options)
    #expect(model.source == .spadeDiscriminator)
    let expected = try SafetensorsFile(
      contentsOf: Fixture.path("spade_small/expected_D.safetensors"))
    var renamed: [String: CheckpointTensor] = [:]
    for (name, tensor) in expected.tensors { renamed["discriminator.\(name)"] = tensor }
    #expect(isEqual(model.tensors, renamed))
  }

  @Test("A generator is folded: every spectral norm of the result is one")
  func foldedGenerator() throws {
    let file = try Checkpoint(fixture: "spade_small/latest_net_G_zip.pth")
    let model = try ImportedModel(file)
    #expect(model.source == .spadeGenerator)
    #expect(!model.tensors.keys.contains { $0.contains("weight_") })
    var folded = 0
    for (name, tensor) in model.tensors where name.hasSuffix("conv_0.weight") {
      let source = name.dropFirst("generator.".count).dropLast("weight".count)
      let u = try file.tensor("\(source)weight_u").floats()
      let v = try file.tensor("\(source)weight_v").floats()
      #expect(abs(try SpectralNorm.norm(tensor, u: u, v: v) - 1) < 1e-5)
      folded += 1
    }
    #expect(folded == 7)
    #expect(
      model.configuration["spade"]
        == .object([
          "ngf": .integer(2), "semantic_nc": .integer(5), "nhidden": .integer(8),
          "use_vae": .bool(false),
        ]))
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/g.safetensors"
      try model.write(to: path)
      let written = try SafetensorsFile(contentsOf: path)
      for (name, tensor) in model.tensors {
        #expect(try written.tensor(name).floats() == tensor.floats())
      }
    }
  }

  /// A discriminator of one scale with one layer under spectral normalisation, as PyTorch before
  /// 1.1 wrote it: the divided weight and u, but no v.
  private func oldFile(hasWeight: Bool) -> Checkpoint {
    let original = CheckpointTensor(floats: [3, 0, 0, 4], shape: [2, 2, 1, 1])
    var tensors = [
      "discriminator_0.model0.0.weight": KeyList.tensor([2, 3, 4, 4]),
      "discriminator_0.model0.0.bias": KeyList.tensor([2]),
      "discriminator_0.model1.0.0.weight_orig": original,
      "discriminator_0.model1.0.0.weight_u": CheckpointTensor(floats: [0, 1], shape: [2]),
      "discriminator_0.model2.0.weight": KeyList.tensor([1, 2, 4, 4]),
      "discriminator_0.model2.0.bias": KeyList.tensor([1]),
    ]
    if hasWeight {
      tensors["discriminator_0.model1.0.0.weight"] = CheckpointTensor(
        floats: [0.75, 0, 0, 1], shape: [2, 2, 1, 1])
    }
    return Checkpoint(path: "f", format: .torchStream, tensors: tensors)
  }

  @Test("A file of PyTorch before 1.1 is read with or without its divided weight")
  func oldFiles() throws {
    for hasWeight in [true, false] {
      let file = oldFile(hasWeight: hasWeight)
      let folded = try ImportedModel(file)
      #expect(
        try folded.tensors["discriminator.discriminator_0.model1.0.0.weight"]?.floats()
          == [0.75, 0, 0, 1])
      var options = ImportOptions()
      options.foldsSpectralNorm = false
      let kept = try ImportedModel(file, options: options)
      #expect(
        try kept.tensors["discriminator.discriminator_0.model1.0.0.weight_v"]?.floats() == [0, 1])
    }
  }

  @Test("SPADE layers may have kernels of 1 and 5", arguments: [1, 5])
  func kernels(kernel: Int) throws {
    var tensors = try Checkpoint(fixture: "spade_small/latest_net_G_zip.pth").tensors
    for (name, tensor) in tensors where name.contains("mlp_") && name.hasSuffix("weight") {
      tensors[name] = KeyList.tensor(Array(tensor.shape.prefix(2)) + [kernel, kernel])
    }
    let model = try ImportedModel(Checkpoint(path: "f", format: .torchStream, tensors: tensors))
    #expect(
      model.tensors["generator.up_3.norm_s.mlp_gamma.weight"]?.shape == [4, 8, kernel, kernel])
  }
}
