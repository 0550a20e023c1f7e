import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

@Suite("SPADE's fast generator gives the reference's numbers")
struct FastGeneratorTests {
  @Test("pictures, from the layout and from a style", arguments: [false, true], [false, true])
  func pictures(withStyle: Bool, folds: Bool) throws {
    let fixture = try SPADEFixture()
    let table = try fixture.weights(
      withStyle ? "latest_net_G_vae_legacy" : "latest_net_G_zip", folds: folds)
    let generator = try BlockedSPADEGenerator(
      table,
      configuration: SPADEConfiguration(
        layoutChannels: 5, filters: 2, hiddenChannels: 8, latentSize: withStyle ? 16 : nil,
        cropSize: 64))
    try table.requireNothingRemains()
    let label = try fixture.io.tensor("label")
    let expected = try fixture.io.tensor(withStyle ? "G_vae.out" : "G.out")
    let z = withStyle ? try fixture.io.tensor("z") : nil
    for sample in 0..<2 {
      let map = LabelMap(
        width: 64, height: 64,
        labels: label.slice(sample..<sample + 1, axis: 0).values.map { UInt8($0) })
      expectClose(
        generator(
          SemanticLayout(labels: map, classCount: 5),
          latent: z?.slice(sample..<sample + 1, axis: 0)),
        expected.slice(sample..<sample + 1, axis: 0), relativeToMax: 1e-5, "picture \(sample)")
    }
  }
}
