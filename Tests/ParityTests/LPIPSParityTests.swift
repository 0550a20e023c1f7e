@testable import Networks
import TensorCore
import TestSupport
import Testing

/// Numbers of the reference implementation (lpips 0.1.4) with hash-filled weights.
@Suite("LPIPS of the reference", .serialized)
struct LPIPSParityTests {
  /// A network, its weights and the numbers of the reference.
  private struct Setup {
    let backbone: LPIPSBackbone
    let fixture: Fixture
    let weights: (network: WeightTable, linear: WeightTable)

    init(_ backbone: LPIPSBackbone) throws {
      let names: [LPIPSBackbone: String] = [
        .vgg16: "vgg", .alexNet: "alex", .squeezeNet: "squeeze",
      ]
      let folder = fixturesFolder(of: #filePath) + "/lpips_" + (names[backbone] ?? "")
      self.backbone = backbone
      fixture = try Fixture(path: folder + "/io.safetensors")
      weights = try HashFill.weights(path: folder + "/weights.json")
    }

    func lpips(linear: Bool = true, version: LPIPS.Version = .v0_1) throws -> LPIPS {
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
      ("synthlin", true, LPIPS.Version.v0_1), ("synthlin_v0.0", true, .v0_0),
      ("nolin", false, .v0_1),
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
    for (index, feature) in lpips.features(images).enumerated() {
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
}
