import Networks
import TensorCore
import TestSupport
import Testing

@Suite("The generator gives the reference's numbers")
struct GeneratorForwardTests {
  @Test("mapping and truncation")
  func mapping() throws {
    for fixture in try GeneratorFixture.both() {
      let generator = try fixture.generator()
      let z = try fixture.io.tensor("z")
      let labels = try fixture.labels("c")
      try fixture.expect(generator.wPlus(z, labels: labels), "ws_psi1", 1e-5)
      try fixture.expect(
        generator.wPlus(z, labels: labels, truncationPsi: 0.7), "ws_psi0.7", 1e-5)
      try fixture.expect(
        generator.wPlus(z, labels: labels, truncationPsi: 0.5, truncationCutoff: 4),
        "ws_psi0.5_cut4", 1e-5)
    }
  }

  @Test("styles, features and skip images of every layer")
  func layers() throws {
    for fixture in try GeneratorFixture.both() {
      let synthesis = try fixture.generator().synthesis
      let codes = try fixture.io.tensor("ws_psi0.7")
      let output = synthesis(codes, features: .layers)
      for (row, (layer, feature)) in zip(synthesis.layers, output.features).enumerated() {
        #expect(layer.name == feature.name)
        let latent = codes.selecting(row, axis: 1)
        try fixture.expect(layer.affine(latent), "style.\(layer.name)", 1e-5)
        try fixture.expect(firstSample(feature.tensor), "act.\(layer.name)", 1e-5)
      }
      var image: Tensor?
      var row = 0
      for block in synthesis.blocks {
        row += block.layers.count
        let latent = codes.selecting(row, axis: 1)
        let addition = block.toImage(output.features[row - 1].tensor, latent: latent)
        let name = "b\(block.resolution)"
        try fixture.expect(block.toImage.affine(latent), "style.\(name).torgb", 1e-5)
        try fixture.expect(firstSample(addition), "act.\(name).torgb", 1e-5)
        let skip = image.map { $0.resampled(by: synthesis.filter.upsampling()) + addition }
        image = skip ?? addition
        try fixture.expect(firstSample(skip ?? addition), "rgb.\(name)", 1e-5)
      }
    }
  }

  @Test("pictures with every kind of noise")
  func pictures() throws {
    for fixture in try GeneratorFixture.both() {
      let generator = try fixture.generator()
      let codes = try fixture.io.tensor("ws_psi0.7")
      let picture = generator.synthesis(codes).image
      try fixture.expect(picture, "img_const", 1e-5)
      try fixture.expect(picture, "img_const_nonfused", 1e-5)
      try fixture.expect(picture.squared().sum(), "loss_sumsq", 1e-5)
      try fixture.expect(
        generator.synthesis(try fixture.io.tensor("ws_psi0.5_cut4")).image, "img_const_cut4", 1e-5)
      try fixture.expect(generator.synthesis(codes, noise: .none).image, "img_none", 1e-5)
      try fixture.expect(
        generator.synthesis(codes, noise: fixture.randomNoise(generator)).image, "img_random", 1e-5)
    }
  }

  @Test("z to picture in one call")
  func wholeGenerator() throws {
    for fixture in try GeneratorFixture.both() {
      let picture = try fixture.generator()(
        fixture.io.tensor("z"), labels: fixture.labels("c"), truncationPsi: 0.7)
      try fixture.expect(picture, "img_const", 1e-5)
    }
  }

  private func firstSample(_ tensor: Tensor) -> Tensor { tensor.slice(0..<1, axis: 0) }
}
