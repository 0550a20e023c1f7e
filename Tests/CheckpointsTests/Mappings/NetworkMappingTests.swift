import Testing

@testable import Checkpoints

@Suite("Importing encoders, classifiers and other networks")
struct NetworkMappingTests {
  private func shapes(_ model: ImportedModel, under prefix: String) -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for (name, tensor) in model.tensors where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = tensor.shape
    }
    return result
  }

  private func checkpoint(
    _ list: String, prefix: String = "", _ attributes: [String: Checkpoint.Attribute] = [:]
  ) throws -> Checkpoint {
    Checkpoint(
      path: "f", format: .torchArchive, tensors: try KeyList.tensors(list, prefix: prefix),
      attributes: attributes)
  }

  @Test(
    "A published network is recognised and every tensor of it taken",
    arguments: [
      ("arcface_ir_se50_112", "", ModelSource.arcFace, "identity."),
      ("editgan_fpn_encoder_n16", "model_state_dict.", .editGANEncoder, "encoder."),
      ("editgan_fpn_encoder_n16", "model_state_dict.module.", .editGANEncoder, "encoder."),
      ("pytorch_fid_inception", "", .inception, "inception."),
    ])
  func published(list: String, prefix: String, source: ModelSource, target: String) throws {
    let model = try ImportedModel(try checkpoint(list, prefix: prefix))
    #expect(model.source == source)
    #expect(
      shapes(model, under: target) == (try KeyList.tensors(list, prefix: "").mapValues(\.shape)))
  }

  @Test(
    "The feature part of a backbone is taken, its classifier is not",
    arguments: [
      ("torchvision_vgg16", ModelSource.vgg16), ("torchvision_vgg19", .vgg19),
      ("torchvision_alexnet", .alexNet), ("torchvision_squeezenet1_1", .squeezeNet),
    ])
  func backbones(list: String, source: ModelSource) throws {
    let model = try ImportedModel(try checkpoint(list))
    #expect(model.source == source)
    let expected = try KeyList.tensors(list, prefix: "").filter { $0.key.hasPrefix("features.") }
    #expect(model.tensors.mapValues(\.shape) == expected.mapValues(\.shape))
  }

  @Test("e4e and pSp give their encoder, the generator and the mean latent")
  func styleEncoders() throws {
    var tensors = try KeyList.tensors("e4e_encoder_1024", prefix: "state_dict.encoder.")
    tensors.merge(
      try KeyList.tensors("rosinality_generator_1024", prefix: "state_dict.decoder.")
    ) { $1 }
    let row = (0..<512).map { Float($0) }
    tensors["latent_avg"] = CheckpointTensor(
      floats: (0..<18).flatMap { _ in row }, shape: [18, 512])
    tensors["discriminator_state_dict.x"] = KeyList.tensor([3])
    let attributes: [String: Checkpoint.Attribute] = [
      "opts.encoder_type": .text("Encoder4Editing"), "opts.start_from_latent_avg": .bool(true),
    ]
    func model(_ attributes: [String: Checkpoint.Attribute]) throws -> ImportedModel {
      try ImportedModel(
        Checkpoint(
          path: "f", format: .torchArchive, tensors: tensors, attributes: attributes))
    }
    let e4e = try model(attributes)
    #expect(e4e.source == .e4e)
    #expect(try model([:]).source == .pSp)
    var encoder = shapes(e4e, under: "encoder.")
    encoder["latent_avg"] = nil
    #expect(encoder == (try KeyList.tensors("e4e_encoder_1024", prefix: "").mapValues(\.shape)))
    #expect(try e4e.tensors["encoder.latent_avg"]?.floats().count == 18 * 512)
    #expect(try e4e.tensors["mapping.w_avg"]?.floats() == row)
    #expect(e4e.tensors["synthesis.b1024.conv1.weight"]?.shape == [32, 32, 3, 3])
    #expect(e4e.configuration["img_resolution"] == .integer(1024))
    guard case .object(let settings)? = e4e.configuration["encoder"] else {
      Issue.record("no encoder in the configuration")
      return
    }
    #expect(settings["architecture"] == .text("e4e"))
    #expect(settings["rows"] == .integer(18))
    #expect(settings["start_from_latent_avg"] == .bool(true))
  }

  @Test(
    "Linear weights of LPIPS keep their values",
    arguments: [
      ("vgg_legacy", [64, 128, 256, 512, 512]), ("vgg_zip", [64, 128, 256, 512, 512]),
      ("alex_zip", [64, 192, 384, 256, 256]),
      ("squeeze_legacy", [64, 128, 256, 384, 384, 512, 512]),
    ])
  func lpips(name: String, channels: [Int]) throws {
    let file = try Checkpoint(fixture: "lpips/\(name).pth")
    let model = try ImportedModel(file)
    #expect(model.source == .lpips)
    #expect(isEqual(model.tensors, file.tensors))
    for (index, count) in channels.enumerated() {
      #expect(model.tensors["lin\(index).model.1.weight"]?.shape == [1, count, 1, 1])
    }
  }

  @Test("A classifier's normalisations are folded into the layers behind them")
  func classifier() throws {
    let file = try Checkpoint(fixture: "editgan_classifier/car_model_6class_legacy.pth")
    let model = try ImportedModel(file)
    #expect(model.source == .editGANClassifier)
    #expect(
      model.tensors.mapValues(\.shape) == [
        "segmentation.fc0.weight": [128, 24], "segmentation.fc0.bias": [128],
        "segmentation.fc1.weight": [32, 128], "segmentation.fc1.bias": [32],
        "segmentation.fc2.weight": [6, 32], "segmentation.fc2.bias": [6],
      ])
    // Both ways on one feature vector, in double precision.
    func values(_ name: String) throws -> [Double] {
      try file.tensor("model_state_dict.module.layers.\(name)").floats().map(Double.init)
    }
    func folded(_ name: String) throws -> [Double] {
      try #require(model.tensors["segmentation.\(name)"]).floats().map(Double.init)
    }
    func linear(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      bias.indices.map { row in
        x.indices.reduce(bias[row]) { $0 + x[$1] * weight[row * x.count + $1] }
      }
    }
    var x = (0..<24).map { Double($0) / 12 - 1 }
    var y = x
    for (layer, normalization) in [(0, 2), (3, 5)] {
      x = linear(x, try values("\(layer).weight"), try values("\(layer).bias")).map { max($0, 0) }
      let mean = try values("\(normalization).running_mean")
      let variance = try values("\(normalization).running_var")
      let scale = try values("\(normalization).weight")
      let shift = try values("\(normalization).bias")
      for index in x.indices {
        x[index] =
          (x[index] - mean[index]) / (variance[index] + 1e-5).squareRoot() * scale[index]
          + shift[index]
      }
      y = linear(y, try folded("fc\(layer / 3).weight"), try folded("fc\(layer / 3).bias"))
        .map { max($0, 0) }
    }
    x = linear(x, try values("6.weight"), try values("6.bias"))
    y = linear(y, try folded("fc2.weight"), try folded("fc2.bias"))
    let largest = x.map(abs).max() ?? 0
    for (a, b) in zip(x, y) { #expect(abs(a - b) <= 1e-6 * largest) }
  }

  @Test("Several classifiers and a generator become one model with an ensemble")
  func merging() throws {
    let generator = try ImportedModel(Checkpoint(fixture: "rosinality_g32/converted_zip.pt"))
    let classifier = try classifier(features: 224, classes: 6)
    let model = try #require(
      try ImportedModel.merged([generator, classifier, classifier]))
    #expect(model.tensors["segmentation.0.fc0.weight"]?.shape == [128, 224])
    #expect(model.tensors["segmentation.1.fc2.bias"]?.shape == [6])
    #expect(model.tensors["segmentation.fc0.weight"] == nil)
    #expect(model.tensors.count == generator.tensors.count + 12)
    #expect(model.configuration["img_resolution"] == .integer(32))
    #expect(model.configuration["segmentation"] != nil)
    let single = try #require(try ImportedModel.merged([generator, classifier]))
    #expect(single.tensors["segmentation.fc2.bias"]?.shape == [6])
    #expect(
      text { () throws(CheckpointError) in _ = try ImportedModel.merged([generator, generator]) }?
        .hasPrefix("two of the files have a tensor '") == true)
  }

  /// A pixel classifier of EditGAN with weights of zero.
  private func classifier(features: Int, classes: Int) throws -> ImportedModel {
    var tensors = [
      "layers.0.weight": KeyList.tensor([128, features]), "layers.0.bias": KeyList.tensor([128]),
      "layers.3.weight": KeyList.tensor([32, 128]), "layers.3.bias": KeyList.tensor([32]),
      "layers.6.weight": KeyList.tensor([classes, 32]), "layers.6.bias": KeyList.tensor([classes]),
    ]
    for (layer, count) in [(2, 128), (5, 32)] {
      for part in ["weight", "bias", "running_mean", "running_var"] {
        tensors["layers.\(layer).\(part)"] = KeyList.tensor([count])
      }
    }
    return try ImportedModel(Checkpoint(path: "c", format: .torchStream, tensors: tensors))
  }

  @Test("Parts that were not made for each other are refused")
  func unfittingParts() throws {
    func refusal(_ parts: [ImportedModel]) -> String? {
      text { () throws(CheckpointError) in _ = try ImportedModel.merged(parts) }
    }
    let generator = try ImportedModel(Checkpoint(fixture: "rosinality_g32/converted_zip.pt"))
    // 32 + 32 features of each size up to 16 (32 at 4), 16 + 16 at 32, with or without a constant.
    for features in [192, 224] {
      #expect(refusal([generator, try classifier(features: features, classes: 3)]) == nil)
    }
    #expect(
      refusal([generator, try classifier(features: 6016, classes: 3)])
        == "the files do not make one model: the classifier reads 6016 features, the generator has "
        + "192, or 224 with its constant")
    #expect(
      refusal([
        try classifier(features: 24, classes: 3), try classifier(features: 24, classes: 4),
      ]) == "the files do not make one model: the classifiers know 3 and 4 classes; they must know "
        + "the same")
    #expect(
      refusal([
        try classifier(features: 24, classes: 3), try classifier(features: 25, classes: 3),
      ]) == "the files do not make one model: the classifiers read 24 and 25 features; they must "
        + "read equally many")
    let encoder = try ImportedModel(
      try checkpoint("editgan_fpn_encoder_n16", prefix: "model_state_dict."))
    #expect(
      refusal([generator, encoder])
        == "the files do not make one model: the encoder answers with 16 rows of W+, the generator "
        + "has 8")
  }

  @Test("The size of pictures with bands is stated in the middle of the square")
  func pictureSize() throws {
    var model = try ImportedModel(Checkpoint(fixture: "rosinality_g32/converted_zip.pt"))
    try model.setPictureSize(width: 32, height: 24)
    #expect(
      model.configuration["valid"]
        == .object([
          "top": .integer(4), "left": .integer(0), "height": .integer(24), "width": .integer(32),
        ]))
    let wanted = model
    #expect(
      text { () throws(CheckpointError) in
        var model = wanted
        try model.setPictureSize(width: 33, height: 24)
      }
        == "the files do not make one model: pictures of 33x24 do not fit into the generator's 32x32"
    )
  }
}
