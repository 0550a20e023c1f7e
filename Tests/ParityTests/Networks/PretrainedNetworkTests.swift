import TensorCore
import TestSupport
import Testing

@testable import Networks

/// Encoders, face recognition and the Inception network against numbers of PyTorch operations. Every
/// tensor of the published names must be used: a network that leaves one out or asks for another
/// fails.
@Suite("Networks of other programs")
struct PretrainedNetworkTests {
  private let expected: Fixture

  init() throws {
    expected = try Fixture(path: fixturesFolder(of: #filePath) + "/networks/expected.safetensors")
  }

  private func encoder(
    _ list: String, seed: UInt64, _ description: EncoderDescription = .init(), rowCount: Int,
    adding more: [String: Tensor] = [:]
  ) throws -> any LatentEncoder {
    let weights = try NarrowNetwork.weights(list, prefix: "encoder.", seed: seed)
    let table = WeightTable(weights.merging(more) { $1 })
    let encoder = try table.encoder(
      description, resolution: 256, rowCount: rowCount, meanLatent: .zeros([128]))
    try table.requireNothingRemains()
    return try #require(encoder)
  }

  @Test("The pSp encoder answers as its description says")
  func pSp() throws {
    let encoder = try encoder(
      "e4e_encoder_1024", seed: 31, EncoderDescription(architecture: "psp"), rowCount: 18)
    let codes = encoder(NarrowNetwork.noise([1, 3, 256, 256], seed: 41))
    expectClose(codes, try expected.tensor("psp"), relativeToMax: 1e-5, "pSp codes")
  }

  @Test("The e4e encoder adds its first row and the mean latent to all rows")
  func e4e() throws {
    let mean = NarrowNetwork.noise([18, 128], seed: 51)
    let encoder = try encoder(
      "e4e_encoder_1024", seed: 31, EncoderDescription(architecture: "e4e"), rowCount: 18,
      adding: ["encoder.latent_avg": mean])
    let codes = encoder(NarrowNetwork.noise([1, 3, 256, 256], seed: 41))
    expectClose(codes, try expected.tensor("e4e"), relativeToMax: 1e-5, "e4e codes")
  }

  @Test("The e4e encoder of cars reads the middle rows and gives as many rows as the generator has")
  func e4eCars() throws {
    let encoder = try encoder(
      "e4e_encoder_1024", seed: 31,
      EncoderDescription(architecture: "e4e", dataset: "cars_encode"), rowCount: 16,
      adding: ["encoder.latent_avg": NarrowNetwork.noise([18, 128], seed: 51)])
    let codes = encoder(NarrowNetwork.noise([1, 3, 512, 512], seed: 42))
    expectClose(codes, try expected.tensor("e4e_cars"), relativeToMax: 1e-5, "e4e codes of cars")
  }

  @Test("EditGAN's encoder normalises with the picture's own statistics, or the stored ones")
  func editGAN() throws {
    let encoder = try encoder("editgan_fpn_encoder_n16", seed: 32, rowCount: 16)
    let picture = NarrowNetwork.noise([1, 3, 256, 256], seed: 43)
    // Statistics of few pixels amplify rounding: PyTorch's own single precision is 2.7e-5 off here.
    expectClose(
      encoder(picture), try expected.tensor("editgan_encoder_batch"), relativeToMax: 5e-5,
      "EditGAN codes, statistics of the picture")
    var frozen = try #require(encoder as? ResNetPyramidEncoder)
    frozen.statistics = .running
    expectClose(
      frozen(picture), try expected.tensor("editgan_encoder_running"), relativeToMax: 1e-5,
      "EditGAN codes, stored statistics")
  }

  @Test("An encoder with another number of rows than the generator is refused")
  func rowCount() throws {
    let weights = try NarrowNetwork.weights(
      "editgan_fpn_encoder_n16", prefix: "encoder.", seed: 32)
    #expect(
      throws: ModelError.configurationMismatch(
        path: "memory", key: "encoder.rows", stated: 16, found: 14)
    ) {
      _ = try WeightTable(weights).encoder(
        .init(), resolution: 256, rowCount: 14, meanLatent: .zeros([128]))
    }
  }

  @Test("Identity: embedding, distance and its gradient")
  func identity() throws {
    let distance = try IdentityDistance(
      WeightTable(
        try NarrowNetwork.weights("arcface_ir_se50_112", prefix: "identity.", seed: 33)))
    let face = NarrowNetwork.noise([1, 3, 256, 256], seed: 44).detached(requiresGradient: true)
    let other = NarrowNetwork.noise([1, 3, 256, 256], seed: 45)
    expectClose(
      withoutRecording { distance.embedding(of: face) },
      try expected.tensor("identity_embedding"), relativeToMax: 1e-5, "identity embedding")
    let loss = distance(face, to: distance.embedding(of: other))
    expectClose(
      loss, try expected.tensor("identity_distance"), relativeToMax: 1e-5, "identity distance")
    let gradient = gradients(of: loss.sum(), withRespectTo: [face])[0]
    expectClose(
      gradient.slice(100..<104, axis: 2).slice(60..<76, axis: 3),
      try expected.tensor("identity_gradient"), relativeToMax: 5e-5, allowingKinks: true,
      "identity gradient")
    expectClose(
      gradient.squared().sum().squareRoot().reshaped([1]),
      try expected.tensor("identity_gradient_norm"), relativeToMax: 1e-5,
      "length of the identity gradient")
    #expect(distance(other, to: distance.embedding(of: other)).values[0].magnitude < 1e-6)
  }

  @Test("Inception features of a picture of another size")
  func inception() throws {
    let network = try InceptionNetwork(
      WeightTable(
        try NarrowNetwork.weights("pytorch_fid_inception", prefix: "inception.", seed: 34)))
    #expect(network.featureCount == 512)
    let features = network(NarrowNetwork.noise([1, 3, 64, 80], seed: 46))
    expectClose(features, try expected.tensor("inception"), relativeToMax: 1e-5, "Inception")
  }
}
