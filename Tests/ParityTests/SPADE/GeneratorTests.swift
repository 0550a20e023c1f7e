import Networks
import TensorCore
import TestSupport
import Testing

@Suite("SPADE's generator gives the reference's numbers")
struct SPADEGeneratorTests {
  @Test("picture, blocks and SPADE layers", arguments: [false, true], [false, true])
  func forward(withStyle: Bool, folds: Bool) throws {
    let fixture = try SPADEFixture()
    let name = withStyle ? "G_vae" : "G"
    let generator = try fixture.generator(withStyle: withStyle, folds: folds)
    let layout = SPADEFixture.oneHot(try fixture.io.tensor("label"))
    let z = withStyle ? try fixture.io.tensor("z") : nil
    var activations: [String: Tensor] = [:]
    let picture = generator(layout, latent: z) { activations[$0] = $1 }
    try fixture.expect(picture, "\(name).out")
    #expect(activations.count == 7)
    for (block, activation) in activations {
      try fixture.expect(activation, "\(name).act.\(block)")
    }
    guard let before = activations["up_2"], let shortcut = generator.blocks.last?.shortcut,
      case .spade(let layer) = shortcut.norm
    else {
      Issue.record("the last block has no shortcut")
      return
    }
    try fixture.expect(
      layer(
        before.resizedNearest(height: 64, width: 64), layout: LayoutPyramid(layout),
        mode: .evaluation), "\(name).spade.up_3.norm_s")
    try fixture.expect(
      generator.blocks[6].conv0.kernel(mode: .evaluation), "\(name).effective_weight.up_3.conv_0")
  }

  @Test("gradients of weights, layout and style code", arguments: [false, true])
  func gradient(withStyle: Bool) throws {
    let fixture = try SPADEFixture()
    let name = withStyle ? "G_vae" : "G"
    let generator = try fixture.generator(withStyle: withStyle, isTrainable: true)
    let layout = SPADEFixture.oneHot(try fixture.io.tensor("label")).detached(
      requiresGradient: true)
    let z = withStyle ? try fixture.io.tensor("z", requiresGradient: true) : nil
    let prefix = "\(name).grad_sumsq."
    let names = fixture.io.names.filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
    #expect(names.count == (withStyle ? 7 : 6))
    let leaves = try names.map { key in
      switch key {
      case "seg": layout
      case "z": try #require(z)
      default: try #require(generator.parameters["generator.\(key)"])
      }
    }
    let loss = generator(layout, latent: z).squared().sum()
    for (key, gradient) in zip(names, gradients(of: loss, withRespectTo: leaves)) {
      try fixture.expect(gradient, prefix + key, 5e-5, allowingKinks: true)
    }
  }
}
