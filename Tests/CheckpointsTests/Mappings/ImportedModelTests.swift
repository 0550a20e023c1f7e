import Testing

@testable import Checkpoints

@Suite("Importing models")
struct ImportedModelTests {
  private func checkpoint(_ tensors: [String: CheckpointTensor]) -> Checkpoint {
    Checkpoint(path: "model.pt", format: .torchArchive, tensors: tensors)
  }

  private func refusal(
    _ tensors: [String: CheckpointTensor], _ options: ImportOptions = ImportOptions()
  ) -> String? {
    text { () throws(CheckpointError) in
      _ = try ImportedModel(checkpoint(tensors), options: options)
    }
  }

  private func vgg() throws -> [String: CheckpointTensor] {
    try KeyList.tensors("torchvision_vgg16", prefix: "")
  }

  @Test("Missing and useless tensors are named, and allowed only on request")
  func incomplete() throws {
    var tensors = try vgg()
    tensors["features.5.bias"] = nil
    tensors["head.weight"] = KeyList.tensor([2])
    #expect(
      refusal(tensors)
        == "model.pt is not complete or not of the expected architecture: 1 tensors are missing "
        + "('features.5.bias'), 1 tensors are of no use ('head.weight'); --allow-missing "
        + "--ignore-unused imports the rest")
    var options = ImportOptions()
    options.allowsMissing = true
    #expect(
      refusal(tensors, options)
        == "model.pt is not complete or not of the expected architecture: 1 tensors are missing "
        + "('features.5.bias'), 1 tensors are of no use ('head.weight'); --allow-missing "
        + "--ignore-unused imports the rest")
    options.ignoresUnused = true
    let model = try ImportedModel(checkpoint(tensors), options: options)
    #expect(model.missing == ["features.5.bias"])
    #expect(model.unused == ["head.weight"])
    #expect(model.tensors.count == 25)
  }

  @Test("A tensor of another shape or without float values is named")
  func wrongTensors() throws {
    var tensors = try vgg()
    tensors["features.2.weight"] = KeyList.tensor([64, 32, 3, 3])
    #expect(
      refusal(tensors)
        == "tensor 'features.2.weight' of model.pt has shape [64, 32, 3, 3], expected "
        + "[64, 64, 3, 3]")
    tensors = try vgg()
    tensors["features.0.bias"] = try CheckpointTensor(
      .f8e4m3, shape: [64], storage: ByteRegion(copying: [UInt8](repeating: 0, count: 64)))
    #expect(
      refusal(tensors)
        == "elements of type F8_E4M3 cannot be converted to float; save the tensor as F32")
  }

  @Test("Networks that are not supported are refused as what they are")
  func unsupported() throws {
    #expect(
      refusal(["G_ema.synthesis.input.weight": KeyList.tensor([1])])
        == "model.pt cannot be imported: it is a StyleGAN3 generator; StyleGAN2 is supported")
    #expect(
      refusal(["x": KeyList.tensor([1]), "y": KeyList.tensor([1])])
        == "model.pt holds no model that is known; its tensors are called 'x', 'y'. Name the "
        + "source with --kind")
    #expect(refusal([:]) == "model.pt holds no model that is known: it has no tensors")
    #expect(
      text { () throws(CheckpointError) in
        _ = try ImportedModel(
          Checkpoint(
            path: "f", format: .pickle,
            tensors: ["G_ema.synthesis.b4.const": KeyList.tensor([8, 4, 4])],
            attributes: ["G_ema.synthesis.b4.architecture": .text("resnet")]))
      } == "f cannot be imported: its generator has the architecture 'resnet'; 'skip' is supported")
  }

  @Test("A model of this program passes through with its metadata")
  func ownModel() throws {
    let tensors = ["synthesis.b4.const": CheckpointTensor(floats: [1], shape: [1, 1, 1])]
    let file = Checkpoint(
      path: "f", format: .safetensors, tensors: tensors,
      metadata: [
        "config": #"{"z_dim":4,"conv_clamp":null,"x":[1.5,true,"a",{}]}"#, "classes": "[]",
      ])
    let model = try ImportedModel(file)
    #expect(model.source == .semblance)
    #expect(isEqual(model.tensors, tensors))
    #expect(model.configuration["z_dim"] == .integer(4))
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/m.safetensors"
      try model.write(to: path, precision: .float16, classes: #"[{"name":"a"}]"#)
      let written = try SafetensorsFile(contentsOf: path)
      #expect(
        written.metadata == [
          "config": #"{"conv_clamp":null,"x":[1.5,true,"a",{}],"z_dim":4}"#,
          "classes": #"[{"name":"a"}]"#, "source": "semblance",
        ])
      #expect(written.tensors["synthesis.b4.const"]?.elementType == .f16)
    }
  }

  @Test(
    "The demo models load as they are",
    .enabled(if: Fixture.hasShared("models/faces.safetensors", "models/cars.safetensors")),
    arguments: ["faces", "cars"])
  func demoModels(name: String) throws {
    let file = try Checkpoint(contentsOf: Fixture.shared("models/\(name).safetensors"))
    let model = try ImportedModel(file)
    #expect(model.source == .semblance)
    #expect(isEqual(model.tensors, file.tensors))
    #expect(model.configuration["img_resolution"] == .integer(128))
  }
}
