import Networks
import TensorCore
import TestSupport
import Testing

@Suite("SPADE's discriminator and encoder give the reference's numbers")
struct SPADEDiscriminatorAndEncoderTests {
  @Test("features and judgements of both scales")
  func features() throws {
    let fixture = try SPADEFixture()
    let output = try fixture.discriminator()(try input(fixture))
    #expect(output.map(\.count) == [5, 5])
    for (scale, layers) in output.enumerated() {
      for (layer, features) in layers.enumerated() {
        try fixture.expect(features, "D.out.\(scale).\(layer)")
      }
    }
  }

  @Test("hinge losses and the gradient of the picture")
  func hinge() throws {
    let fixture = try SPADEFixture()
    let discriminator = try fixture.discriminator()
    let input = try input(fixture).detached(requiresGradient: true)
    let output = discriminator(input)
    try fixture.expect(AdversarialLoss.hinge.discriminator(output, isReal: true), "D.hinge_d_real")
    try fixture.expect(AdversarialLoss.hinge.discriminator(output, isReal: false), "D.hinge_d_fake")
    let loss = AdversarialLoss.hinge.generator(output)
    try fixture.expect(loss, "D.hinge_g")
    try fixture.expect(
      gradients(of: loss, withRespectTo: [input])[0], "D.grad_hinge_g.input", 5e-5,
      allowingKinks: true)
  }

  @Test("distribution of style codes and its divergence")
  func encoder() throws {
    let fixture = try SPADEFixture()
    var activations: [Int: Tensor] = [:]
    let style = try fixture.encoder()(try fixture.io.tensor("E.image64")) { activations[$0] = $1 }
    try fixture.expect(style.mean, "E.mu")
    try fixture.expect(style.logVariance, "E.logvar")
    try fixture.expect(style.divergence, "E.kld")
    let first = try #require(activations[1])
    try fixture.expect(first.slice(0..<8, axis: 2).slice(0..<8, axis: 3), "E.act.layer1")
    try fixture.expect(try #require(activations[6]), "E.act.layer6")
  }

  private func input(_ fixture: SPADEFixture) throws -> Tensor {
    .concatenated(
      [
        SPADEFixture.oneHot(try fixture.io.tensor("label")), try fixture.io.tensor("D.image"),
      ], axis: 1)
  }
}
