import Layers
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("The augmentation pipeline gives the reference's numbers")
struct AugmentationTests {
  let io: Fixture

  init() throws {
    io = try Fixture(path: fixturesFolder(of: #filePath) + "/sg2ada_ops/io.safetensors")
  }

  /// Groups as the fixture names them; every transformation happens.
  private static func group(_ name: String) -> AdaptiveAugmentation {
    var result = AdaptiveAugmentation(probability: 1)
    if name == "blit" || name == "bgcf" { result.enableBlitting() }
    if name == "geom" || name == "bgcf" { result.enableGeometry() }
    if name == "color" || name == "bgcf" { result.enableColor() }
    if name == "filter" || name == "bgcf" { result.filterBands = 1 }
    if name == "cutout" { result.cutout = 1 }
    return result
  }

  @Test(
    "a group at a percentile",
    arguments: ["blit", "geom", "color", "filter", "cutout", "bgcf"], [0.2, 0.65])
  func groups(name: String, percentile: Double) throws {
    let pictures = try io.tensor("ada.img")
    let result = Self.group(name)(pictures, percentile: percentile)
    expectClose(
      result.slice(0..<1, axis: 0), try io.tensor("ada.\(name).p\(percentile)"),
      relativeToMax: 1e-4, "\(name) at \(percentile)")
  }

  @Test("the wavelet filters")
  func filters() throws {
    expectClose(
      Tensor(AdaptiveAugmentation.geometryTaps, shape: [12]), try io.tensor("ada.Hz_geom"),
      relativeToMax: 1e-5, "geometry filter")
    expectClose(
      Tensor(AdaptiveAugmentation.filterBank.flatMap { $0.map(Float.init) }, shape: [4, 43]),
      try io.tensor("ada.Hz_fbank"), relativeToMax: 1e-5, "filter bank")
  }
}
