import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Gradients of the generator are the reference's")
struct GeneratorGradientTests {
  @Test("sum of squared pixels with respect to codes, weights and noise")
  func synthesis() throws {
    for fixture in try GeneratorFixture.both() {
      let generator = try fixture.generator(isTrainable: true)
      let codes = try fixture.io.tensor("ws_psi0.7", requiresGradient: true)
      let layers = generator.synthesis.layers
      let noise = layers.map { $0.noiseConstant.detached(requiresGradient: true) }
      var named: [(name: String, tensor: Tensor)] = [("ws", codes)]
      for (layer, map) in zip(layers, noise) { named.append(("\(layer.name).noise_const", map)) }
      for (name, tensor) in generator.parameters where name.hasPrefix("synthesis.") {
        let short = String(name.dropFirst("synthesis.".count))
        if fixture.io.file.tensors["grad_sumsq.\(short)"] != nil { named.append((short, tensor)) }
      }
      #expect(named.count >= layers.count + 9)
      let loss = generator.synthesis(codes, noise: .explicit(noise)).image.squared().sum()
      let results = gradients(of: loss, withRespectTo: named.map(\.tensor))
      for ((name, _), gradient) in zip(named, results) {
        try fixture.expect(gradient, "grad_sumsq.\(name)", 5e-5, allowingKinks: true)
      }
    }
  }

  @Test("sum of squared pixels with respect to z and the mapping network")
  func mapping() throws {
    for fixture in try GeneratorFixture.both() {
      let generator = try fixture.generator(isTrainable: true)
      let z = try fixture.io.tensor("z", requiresGradient: true)
      let weight = try #require(generator.parameters["mapping.fc0.weight"])
      let loss = generator(z, labels: try fixture.labels("c"), truncationPsi: 0.7).squared().sum()
      let results = gradients(of: loss, withRespectTo: [z, weight])
      try fixture.expect(results[0], "grad_sumsq.z", 5e-5, allowingKinks: true)
      try fixture.expect(
        results[1], "grad_sumsq.mapping.fc0.weight", 5e-5, allowingKinks: true)
    }
  }

  @Test("path length and its gradients, second order")
  func pathLength() throws {
    for fixture in try GeneratorFixture.both() {
      let generator = try fixture.generator(isTrainable: true)
      let codes = generator.wPlus(try fixture.io.tensor("z"), labels: try fixture.labels("c"))
      let noise = try fixture.io.tensor("pl_noise_scaled")
      let projection = (generator.synthesis(codes).image * noise).sum()
      let slope = gradients(of: projection, withRespectTo: [codes], recording: true)[0]
      try fixture.expect(slope, "pl_grads", 5e-5, allowingKinks: true)
      let lengths = slope.squared().sum(axes: [2]).mean(axes: [1]).squareRoot()
      try fixture.expect(lengths, "pl_lengths", 5e-5)
      let loss = ((lengths - 0.5).squared() * 2).mean()
      try fixture.expect(loss, "pl_loss_mean0.5_weight2", 5e-5)
      let names = [
        "mapping.fc0.weight", "synthesis.b4.const", "synthesis.b8.conv0.affine.weight",
        "synthesis.b8.conv0.weight",
      ]
      let leaves = try names.map { try #require(generator.parameters[$0]) }
      for (name, gradient) in zip(names, gradients(of: loss, withRespectTo: leaves)) {
        try fixture.expect(gradient, "grad_pl.\(name)", 2e-4, allowingKinks: true)
      }
    }
  }

  @Test("frozen weights track nothing, codes still do")
  func frozen() throws {
    let fixture = try GeneratorFixture.unconditional()
    let generator = try fixture.generator()
    #expect(generator.parameters.values.allSatisfy { !$0.tracksGradient })
    let codes = try fixture.io.tensor("ws_psi0.7")
    #expect(!generator.synthesis(codes).image.tracksGradient)
    let leaf = codes.detached(requiresGradient: true)
    let loss = generator.synthesis(leaf).image.squared().sum()
    try fixture.expect(
      gradients(of: loss, withRespectTo: [leaf])[0], "grad_sumsq.ws", 5e-5, allowingKinks: true)
  }
}
