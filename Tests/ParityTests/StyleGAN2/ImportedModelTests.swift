import Checkpoints
import Foundation
import Networks
import TensorCore
import TestSupport
import Testing

/// A published checkpoint of another program, the numbers of its reference and where they lie.
struct ImportedCase: Sendable, CustomTestStringConvertible {
  var checkpoint: String
  var numbers: String
  /// Names in the file of numbers.
  var codes: String
  var picture: String
  var psi: Float
  var hasDiscriminator: Bool

  var testDescription: String { checkpoint }
}

@Suite("Imported checkpoints give the reference's numbers")
struct ImportedModelTests {
  static let cases = [
    ImportedCase(
      checkpoint: "sg2ada_g32/network-snapshot-000000.pkl", numbers: "sg2ada_g32",
      codes: "ws_psi0.7", picture: "img_const", psi: 0.7, hasDiscriminator: true),
    ImportedCase(
      checkpoint: "sg2ada_g16_cond_clamp_nhwc/network-snapshot-000000.pkl",
      numbers: "sg2ada_g16_cond_clamp_nhwc", codes: "ws_psi0.7", picture: "img_const", psi: 0.7,
      hasDiscriminator: true),
    ImportedCase(
      checkpoint: "rosinality_g32/converted_zip.pt", numbers: "rosinality_g32",
      codes: "latent", picture: "img_const", psi: 0.7, hasDiscriminator: false),
    ImportedCase(
      checkpoint: "tf_stylegan2_g16/stylegan2-tiny-config-f.pkl", numbers: "tf_stylegan2_g16",
      codes: "ws_psi0.5", picture: "img_const_psi0.5", psi: 0.5, hasDiscriminator: true),
  ]

  @Test("file to file to pictures and logits", arguments: cases)
  func pictures(item: ImportedCase) throws {
    let folder = fixturesFolder(of: #filePath)
    let io = try Fixture(path: "\(folder)/\(item.numbers)/io.safetensors")
    var options = ImportOptions()
    options.includesDiscriminator = item.hasDiscriminator
    let imported = try ImportedModel(
      Checkpoint(contentsOf: "\(folder)/../../CheckpointsTests/Fixtures/\(item.checkpoint)"),
      options: options)
    let path = NSTemporaryDirectory() + "imported-\(item.numbers)-\(getpid()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try imported.write(to: path)

    let file = try SafetensorsFile(contentsOf: path)
    let weights = WeightTable(file)
    let generator = try Generator(weights, metadata: file.metadata)
    let labels = io.file.tensors["c"] == nil ? nil : try io.tensor("c")
    let codes = generator.wPlus(try io.tensor("z"), labels: labels, truncationPsi: item.psi)
    expectClose(
      codes, try io.tensor(item.codes), relativeToMax: 1e-5, "\(item.numbers) \(item.codes)")
    expectClose(
      generator.synthesis(codes).image, try io.tensor(item.picture), relativeToMax: 1e-5,
      "\(item.numbers) \(item.picture)")
    if item.hasDiscriminator {
      let discriminator = try Discriminator(
        weights, prefix: "discriminator.", configuration: generator.configuration)
      let logits = discriminator(
        try io.tensor("D.img"), labels: labels == nil ? nil : try io.tensor("D.c"))
      expectClose(
        logits, try io.tensor("D.logits"), relativeToMax: 1e-5, "\(item.numbers) D.logits")
    }
    try weights.requireNothingRemains()
  }
}
