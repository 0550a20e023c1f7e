import Checkpoints
import Networks
import TensorCore
import TestSupport
import Testing

/// SPADE's networks at 64x64 and the numbers that the reference gave for them.
struct SPADEFixture {
  let io: Fixture
  private let folder: String

  init() throws {
    folder = fixturesFolder(of: #filePath) + "/spade_small"
    io = try Fixture(path: "\(folder)/io.safetensors")
  }

  /// A checkpoint of the reference, with its spectral vectors or with weights that are divided.
  func weights(_ name: String, folds: Bool = false, isTrainable: Bool = false) throws
    -> WeightTable
  {
    let elsewhere = folder.replacingTarget("CheckpointsTests/Fixtures/spade_small")
    let path = name.contains("_vae_") || name.contains("_E_") ? folder : elsewhere
    var options = ImportOptions()
    options.foldsSpectralNorm = folds
    let model = try ImportedModel(Checkpoint(contentsOf: "\(path)/\(name).pth"), options: options)
    return WeightTable(model.tensors, path: name, isTrainable: isTrainable)
  }

  /// The generator of `latest_net_G_zip` (no style code) or of `latest_net_G_vae_legacy`.
  func generator(withStyle: Bool, folds: Bool = false, isTrainable: Bool = false) throws
    -> SPADEGenerator
  {
    let table = try weights(
      withStyle ? "latest_net_G_vae_legacy" : "latest_net_G_zip", folds: folds,
      isTrainable: isTrainable)
    let generator = try SPADEGenerator(
      table,
      configuration: SPADEConfiguration(
        layoutChannels: 5, filters: 2, hiddenChannels: 8, latentSize: withStyle ? 16 : nil,
        cropSize: 64))
    try table.requireNothingRemains()
    return generator
  }

  func discriminator(isTrainable: Bool = false) throws -> PatchDiscriminator {
    let table = try weights("latest_net_D_zip", isTrainable: isTrainable)
    let discriminator = try PatchDiscriminator(
      table, configuration: PatchDiscriminatorConfiguration(inputChannels: 8, filters: 4))
    try table.requireNothingRemains()
    return discriminator
  }

  func encoder() throws -> StyleEncoder {
    let table = try weights("latest_net_E_legacy")
    let encoder = try StyleEncoder(table, configuration: StyleEncoderConfiguration(filters: 2))
    try table.requireNothingRemains()
    return encoder
  }

  /// The one-hot layout `[N, 5, H, W]` of label map `label` `[N, 1, H, W]`.
  static func oneHot(_ label: Tensor, classes: Int = 5) -> Tensor {
    let (batch, pixels) = (label.shape[0], label.shape[2] * label.shape[3])
    let result = Tensor.zeros([batch, classes, label.shape[2], label.shape[3]])
    for sample in 0..<batch {
      for pixel in 0..<pixels {
        let value = Int(label.pointer[sample * pixels + pixel])
        result.pointer[(sample * classes + value) * pixels + pixel] = 1
      }
    }
    return result
  }

  /// Compares a result with the tensor `name`; the reference stores some of the first sample only.
  func expect(
    _ tensor: Tensor, _ name: String, _ tolerance: Double = 1e-5, allowingKinks: Bool = false
  ) throws {
    let reference = try io.tensor(name)
    let part =
      tensor.shape.rank == 4 ? tensor.slice(0..<reference.shape[0], axis: 0) : tensor
    expectClose(
      part.count == reference.count ? part.reshaped(reference.shape) : part, reference,
      relativeToMax: tolerance, allowingKinks: allowingKinks, name)
  }
}

extension String {
  /// The path with its last three parts (`TARGET/Fixtures/FOLDER`) replaced.
  fileprivate func replacingTarget(_ end: String) -> String {
    split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      + "/" + end
  }
}
