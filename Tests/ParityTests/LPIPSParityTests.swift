import Checkpoints
import TensorCore
import TestSupport
import Testing

@testable import Networks

/// Numbers of the reference implementation (lpips 0.1.4) with hash-filled weights.
@Suite("LPIPS of the reference", .serialized)
struct LPIPSParityTests {
  /// A network, its weights and the numbers of the reference.
  private struct Setup {
    let backbone: LPIPSBackbone
    let folder: String
    let fixture: Fixture
    let weights: (network: WeightTable, linear: WeightTable)

    init(_ backbone: LPIPSBackbone) throws {
      let names: [LPIPSBackbone: String] = [
        .vgg16: "vgg", .alexNet: "alex", .squeezeNet: "squeeze",
      ]
      folder = fixturesFolder(of: #filePath) + "/lpips_" + (names[backbone] ?? "")
      self.backbone = backbone
      fixture = try Fixture(path: folder + "/io.safetensors")
      weights = try HashFill.weights(path: folder + "/weights.json")
    }

    func lpips(linear: Bool = true, version: LPIPS.Version = .scaled) throws -> LPIPS {
      try LPIPS(
        backbone, weights: weights.network, linear: linear ? weights.linear : nil,
        version: version)
    }
  }

  @Test(arguments: LPIPSBackbone.allCases)
  func distances(backbone: LPIPSBackbone) throws {
    let setup = try Setup(backbone)
    let (first, second) = (try setup.fixture.tensor("in0"), try setup.fixture.tensor("in1"))
    for (tag, linear, version) in [
      ("synthlin", true, LPIPS.Version.scaled), ("synthlin_v0.0", true, .unscaled),
      ("nolin", false, .scaled),
    ] {
      let lpips = try setup.lpips(linear: linear, version: version)
      let layers = lpips.layerDistances(first, to: lpips.target(second))
      expectClose(
        .concatenated(layers.map { $0.reshaped([1, 2]) }, axis: 0),
        try setup.fixture.tensor("\(tag).per_layer"), relativeToMax: 1e-5,
        "\(backbone) \(tag) layers")
      expectClose(
        lpips.distance(first, to: lpips.target(second)).reshaped([2, 1, 1, 1]),
        try setup.fixture.tensor("\(tag).dist"), relativeToMax: 1e-5, "\(backbone) \(tag)")
    }
  }

  @Test(arguments: LPIPSBackbone.allCases)
  func gradient(backbone: LPIPSBackbone) throws {
    let setup = try Setup(backbone)
    let lpips = try setup.lpips()
    let first = try setup.fixture.tensor("in0", requiresGradient: true)
    let target = lpips.target(try setup.fixture.tensor("in1"))
    let gradient = gradients(of: lpips.distance(first, to: target).sum(), withRespectTo: [first])
    expectClose(
      gradient[0].slice(0..<1, axis: 0),
      try setup.fixture.tensor("synthlin.grad_in0_of_sum"), relativeToMax: 5e-5,
      allowingKinks: true, "\(backbone) gradient")
  }

  @Test(arguments: LPIPSBackbone.allCases)
  func spatialMap(backbone: LPIPSBackbone) throws {
    let setup = try Setup(backbone)
    let lpips = try setup.lpips()
    let map = lpips.distanceMap(
      try setup.fixture.tensor("in0"), to: lpips.target(try setup.fixture.tensor("in1")))
    expectClose(
      map.slice(0..<1, axis: 0), try setup.fixture.tensor("synthlin.spatial"),
      relativeToMax: 1e-5, "\(backbone) map")
  }

  @Test(arguments: LPIPSBackbone.allCases)
  func features(backbone: LPIPSBackbone) throws {
    let setup = try Setup(backbone)
    let lpips = try setup.lpips()
    let images = try setup.fixture.tensor("in0")
    expectClose(
      lpips.scaled(images).slice(0..<1, axis: 0).slice(0..<4, axis: 2).slice(0..<4, axis: 3)
        .reshaped([3, 4, 4]),
      try setup.fixture.tensor("scaled_in0.corner"), relativeToMax: 1e-5)
    for (index, blocked) in lpips.features(images).enumerated() {
      let feature = blocked.unblocked(channels: backbone.channels[index])
      let expected = try setup.fixture.tensor("feat\(index).corner")
      let corner = feature.slice(0..<1, axis: 0).slice(0..<4, axis: 1)
        .slice(0..<expected.shape[1], axis: 2).slice(0..<expected.shape[2], axis: 3)
      expectClose(
        corner.reshaped(expected.shape), expected, relativeToMax: 1e-5,
        "\(backbone) feature \(index)")
      expectClose(
        feature.absolute().mean().reshaped([1]),
        try setup.fixture.tensor("feat\(index).mean_abs"), relativeToMax: 1e-5)
    }
  }

  /// The published files are such streams, with the same names.
  @Test(arguments: LPIPSBackbone.allCases, ["legacy", "zip"])
  func linearLayersOfTorchFiles(backbone: LPIPSBackbone, format: String) throws {
    let setup = try Setup(backbone)
    let file = try Checkpoint(contentsOf: "\(setup.folder)/lin_synthetic_\(format).pth")
    let lpips = try LPIPS(
      backbone, weights: setup.weights.network,
      linear: WeightTable(file.tensors, path: file.path))
    expectClose(
      lpips.distance(
        try setup.fixture.tensor("in0"), to: lpips.target(try setup.fixture.tensor("in1"))
      ).reshaped([2, 1, 1, 1]),
      try setup.fixture.tensor("synthlin.dist"), relativeToMax: 1e-5)
  }

  /// The names inside an LPIPS module, and those of the encoder trainers' variant of the layers.
  @Test func otherNamesOfTheSameWeights() throws {
    let setup = try Setup(.squeezeNet)
    var renamed: [String: Tensor] = [:]
    for (index, slice) in LPIPSBackbone.squeezeNet.slices.enumerated() {
      for layer in slice.layers {
        let number =
          switch layer {
          case .convolution(let number, _, _, _, _), .fire(let number, _, _): number
          }
        for name in setup.weights.network.names where name.hasPrefix("features.\(number).") {
          let shape = try #require(setup.weights.network.shape(of: name))
          renamed["net.slice\(index + 1).\(name.dropFirst("features.".count))"] =
            try setup.weights.network.tensor(name, shape: shape)
        }
      }
      renamed["\(index).1.weight"] = try setup.weights.linear.tensor(
        "lin\(index).model.1.weight", shape: [1, nil, 1, 1])
    }
    let table = WeightTable(renamed)
    let (plain, other) = (
      try setup.lpips(), try LPIPS(.squeezeNet, weights: table, linear: table)
    )
    try table.requireNothingRemains()
    let (first, second) = (try setup.fixture.tensor("in0"), try setup.fixture.tensor("in1"))
    #expect(
      plain.distance(first, to: plain.target(second)).values
        == other.distance(first, to: other.target(second)).values)
  }

  @Test func aMissingTensorIsAnErrorThatNamesIt() {
    #expect(
      throws: ModelError.missingTensor(
        path: "memory", name: "features.0.weight", expected: [64, 3, 3, 3])
    ) { try LPIPS(.vgg16, weights: WeightTable([:] as [String: Tensor]), linear: nil) }
  }

  /// The smallest pictures that are promised to work.
  @Test(arguments: LPIPSBackbone.allCases)
  func smallestPictures(backbone: LPIPSBackbone) throws {
    let lpips = try Setup(backbone).lpips()
    let side = lpips.minimumSide
    let pictures = randomTensor([1, 3, side, side + 3], seed: 1).hyperbolicTangent()
    let distance = lpips.distance(pictures, to: lpips.target(-pictures)).item
    #expect(distance.isFinite && distance > 0)
  }
}
