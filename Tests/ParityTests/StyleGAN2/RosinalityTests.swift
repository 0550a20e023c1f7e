import Layers
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("A rosinality checkpoint gives the reference's numbers")
struct RosinalityTests {
  let io: Fixture
  let folder: String

  init() throws {
    folder = fixturesFolder(of: #filePath) + "/rosinality_g32"
    io = try Fixture(path: "\(folder)/io.safetensors")
  }

  private func generator(isTrainable: Bool = false) throws -> Generator {
    let stored = try Fixture(path: "\(folder)/expected_g_ema.safetensors")
    let weights = WeightTable(
      try RosinalityNames.generator(
        stored.file.tensors, meanLatent: try io.file.tensor("latent_avg")),
      path: stored.file.path, isTrainable: isTrainable)
    let generator = try Generator(weights)
    try weights.requireNothingRemains()
    return generator
  }

  private func expect(
    _ tensor: Tensor, _ name: String, _ tolerance: Double = 1e-5, allowingKinks: Bool = false
  ) throws {
    let reference = try io.tensor(name)
    expectClose(
      tensor.count == reference.count ? tensor.reshaped(reference.shape) : tensor, reference,
      relativeToMax: tolerance, allowingKinks: allowingKinks, "rosinality \(name)")
  }

  @Test("mapping, truncation and style mixing")
  func latents() throws {
    let generator = try generator()
    let z = try io.tensor("z")
    let w = generator.mapping(z)
    try expect(w, "w")
    let codes = generator.wPlus(z, truncationPsi: 0.7)
    try expect(codes.selecting(0, axis: 1), "w_psi0.7")
    try expect(codes, "latent")
    let mixed = generator.styleMixing(
      generator.wPlus(z), generator.wPlus(try io.tensor("z2")), cutoff: 3)
    try expect(mixed, "latents_mix_inject3")
    try expect(generator.synthesis(mixed).image, "img_mix_inject3")
  }

  @Test("pictures with stored and given noise")
  func pictures() throws {
    let generator = try generator()
    let codes = try io.tensor("latent")
    let picture = generator.synthesis(codes).image
    try expect(picture, "img_const")
    try expect(picture.squared().sum(), "loss_sumsq")
    let noise = try (0..<7).map { try io.tensor("noise_explicit.\($0)") }
    try expect(
      generator.synthesis(codes, noise: .explicit(noise)).image, "img_noise_explicit")
  }

  @Test("styles, modulated convolutions and activations of every layer")
  func layers() throws {
    let synthesis = try generator().synthesis
    let codes = try io.tensor("latent")
    let output = synthesis(codes, features: .constantAndLayers)
    for (index, layer) in synthesis.layers.enumerated() {
      let name = index == 0 ? "conv1" : "convs.\(index - 1)"
      let style = layer.affine(codes.selecting(index, axis: 1))
      try expect(style, "style.\(name).conv")
      try expect(firstSample(output.features[index + 1].tensor), "act.\(name)")
      if index < 2 {
        let convolved = layer.convolution(output.features[index].tensor, style: style)
        try expect(firstSample(convolved), "modconv.\(name).conv")
      }
    }
    var image: Tensor?
    for (index, block) in synthesis.blocks.enumerated() {
      let name = index == 0 ? "to_rgb1" : "to_rgbs.\(index - 1)"
      let features = output.features[index * 2 + 1].tensor
      let latent = codes.selecting(index * 2 + 1, axis: 1)
      try expect(block.toImage.affine(latent), "style.\(name).conv")
      if index == 1 {
        let convolved = block.toImage.convolution(features, style: block.toImage.style(latent))
        try expect(firstSample(convolved), "modconv.\(name).conv")
      }
      let addition = block.toImage(features, latent: latent)
      let sum = image.map { $0.resampled(by: synthesis.filter.upsampling()) + addition }
      image = sum ?? addition
      try expect(firstSample(sum ?? addition), "act.\(name)")
    }
  }

  @Test("the feature stack of EditGAN, nearest and bilinear")
  func hypercolumn() throws {
    let output = try generator().synthesis(
      try io.tensor("latent").slice(0..<1, axis: 0), features: .constantAndLayers)
    let kinds: [(String, (Int, Int) -> AxisMap)] = [
      ("nearest", { .nearest(from: $0, to: $1) }), ("bilinear", { .bilinear(from: $0, to: $1) }),
    ]
    for (name, axis) in kinds {
      let stack = Tensor.concatenated(
        output.features.map {
          let map = axis($0.resolution, 32)
          return $0.planar().resampled(by: PlaneMap(rows: map, columns: map))
        }, axis: 1)
      let every5th = AxisMap(inputCount: 32, rows: (0..<7).map { [($0 * 5, 1)] })
      try expect(
        stack.resampled(by: PlaneMap(rows: every5th, columns: every5th)),
        "editgan_stack_\(name)_sub")
    }
  }

  @Test("gradients of the sum of squared pixels")
  func gradients() throws {
    let generator = try generator(isTrainable: true)
    let codes = try io.tensor("latent", requiresGradient: true)
    let prefix = "grad_sumsq."
    let names = io.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    #expect(names.count == 8)
    let leaves = try names.map { name in
      if name == "latent" { return codes }
      let shape = try io.tensor(prefix + name).shape.dimensions
      let key = try #require(RosinalityNames.generatorKey(name, shape))
      return try #require(generator.parameters[key.0])
    }
    let loss = generator.synthesis(codes).image.squared().sum()
    for (name, gradient) in zip(names, TensorCore.gradients(of: loss, withRespectTo: leaves)) {
      try expect(gradient, prefix + name, 5e-5, allowingKinks: true)
    }
  }

  @Test("the discriminator and its R1 gradient")
  func discriminator() throws {
    let stored = try Fixture(path: "\(folder)/expected_d.safetensors")
    let weights = WeightTable(
      RosinalityNames.discriminator(stored.tensors(under: "d."), resolution: 32),
      path: stored.file.path)
    let discriminator = try Discriminator(weights)
    try weights.requireNothingRemains()
    let pictures = try io.tensor("D.img", requiresGradient: true)
    let logits = discriminator(pictures)
    try expect(logits, "D.logits")
    try expect(
      TensorCore.gradients(of: logits.sum(), withRespectTo: [pictures])[0], "D.r1_grads", 5e-5,
      allowingKinks: true)
  }

  private func firstSample(_ tensor: Tensor) -> Tensor { tensor.slice(0..<1, axis: 0) }
}
