import Checkpoints
import Layers
import Networks
import TensorCore
import TestSupport
import Testing

/// A stylegan2-ada-pytorch generator and the numbers that the reference gave for it.
struct GeneratorFixture {
  let io: Fixture
  let folder: String
  let configuration: StyleGAN2Configuration

  /// The unconditional network at 32x32 with eight mapping layers.
  static func unconditional() throws -> GeneratorFixture {
    try GeneratorFixture("sg2ada_g32", StyleGAN2Configuration(convClamp: 256))
  }

  /// The class-conditional network at 16x16 whose clamp is active, stored channels-last.
  static func conditional() throws -> GeneratorFixture {
    try GeneratorFixture(
      "sg2ada_g16_cond_clamp_nhwc",
      StyleGAN2Configuration(convClamp: 0.75, deviationGroupSize: 2))
  }

  static func both() throws -> [GeneratorFixture] { [try unconditional(), try conditional()] }

  init(_ name: String, _ configuration: StyleGAN2Configuration) throws {
    folder = fixturesFolder(of: #filePath) + "/" + name
    io = try Fixture(path: "\(folder)/io.safetensors")
    self.configuration = configuration
  }

  func generator(isTrainable: Bool = false) throws -> Generator {
    let path = "\(folder)/expected_G_ema.safetensors"
    let weights = WeightTable(
      try Fixture(path: path).tensors(under: "G_ema."), path: path, isTrainable: isTrainable)
    let generator = try Generator(weights, configuration: configuration)
    try weights.requireNothingRemains()
    return generator
  }

  func discriminator(isTrainable: Bool = false) throws -> Discriminator {
    let path = "\(folder)/expected_D.safetensors"
    let weights = WeightTable(
      try Fixture(path: path).tensors(under: "D."), path: path, isTrainable: isTrainable)
    let discriminator = try Discriminator(weights, configuration: configuration)
    try weights.requireNothingRemains()
    return discriminator
  }

  /// The labels `name`, nil for the unconditional network.
  func labels(_ name: String) throws -> Tensor? {
    io.file.tensors[name] == nil ? nil : try io.tensor(name)
  }

  /// The reference's maps of random noise, in the order of the layers.
  func randomNoise(_ generator: Generator) throws -> SynthesisNoise {
    .explicit(try generator.synthesis.layers.map { try io.tensor("noise_random.\($0.name)") })
  }

  /// Compares a result with the tensor `name`.
  func expect(
    _ tensor: Tensor, _ name: String, _ tolerance: Double, allowingKinks: Bool = false
  ) throws {
    let reference = try io.tensor(name)
    // Scalars and single values are stored with either shape.
    expectClose(
      tensor.count == reference.count ? tensor.reshaped(reference.shape) : tensor, reference,
      relativeToMax: tolerance, allowingKinks: allowingKinks, "\(folder.suffix(12)) \(name)")
  }
}
