import Networks
import TensorCore
import TestSupport
import Testing

@Suite("The discriminator gives the reference's numbers")
struct DiscriminatorTests {
  private func parameterNames(_ fixture: GeneratorFixture) -> [String] {
    let prefix = "D.grad_loss_real."
    return fixture.io.names.filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
  }

  @Test("logits, loss and gradients of the weights")
  func loss() throws {
    for fixture in try GeneratorFixture.both() {
      let discriminator = try fixture.discriminator(isTrainable: true)
      let logits = discriminator(
        try fixture.io.tensor("D.img"), labels: try fixture.labels("D.c"))
      try fixture.expect(logits, "D.logits", 1e-5)
      let loss = (-logits).softplus().mean()
      try fixture.expect(loss, "D.loss_real", 1e-5)
      let names = parameterNames(fixture)
      #expect(names.count == 5)
      let leaves = try names.map { try #require(discriminator.parameters[$0]) }
      for (name, gradient) in zip(names, gradients(of: loss, withRespectTo: leaves)) {
        try fixture.expect(gradient, "D.grad_loss_real.\(name)", 5e-5, allowingKinks: true)
      }
    }
  }

  @Test("R1 penalty and its gradients, second order")
  func r1() throws {
    for fixture in try GeneratorFixture.both() {
      let discriminator = try fixture.discriminator(isTrainable: true)
      let pictures = try fixture.io.tensor("D.img", requiresGradient: true)
      let logits = discriminator(pictures, labels: try fixture.labels("D.c"))
      let slope = gradients(of: logits.sum(), withRespectTo: [pictures], recording: true)[0]
      try fixture.expect(slope, "D.r1_grads", 5e-5, allowingKinks: true)
      let penalty = slope.squared().sum(axes: [1, 2, 3])
      try fixture.expect(penalty, "D.r1_penalty", 5e-5)
      let names = parameterNames(fixture)
      let leaves = try names.map { try #require(discriminator.parameters[$0]) }
      let loss = (penalty * (10 / 2)).mean()
      for (name, gradient) in zip(names, gradients(of: loss, withRespectTo: leaves)) {
        try fixture.expect(gradient, "D.grad_r1_gamma10.\(name)", 2e-4, allowingKinks: true)
      }
    }
  }
}
