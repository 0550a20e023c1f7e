import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// One line of `cases.json`.
struct OperationCase: Decodable {
  var op: String
  var out: String
  var filter: String?
  var up: Int?
  var down: Int?
  var pad: [Int]?
  var flipFilter: Bool?
  var flipWeight: Bool?
  var gain: Float?
  var clamp: Float?
  var act: String?
  var x: String?
  var w: String?

  enum CodingKeys: String, CodingKey {
    case op
    case out
    case filter
    case up
    case down
    case gain
    case clamp
    case act
    case x
    case w
    case pad = "pad_x0_x1_y0_y1"
    case flipFilter = "flip_filter"
    case flipWeight = "flip_weight"
  }
}

@Suite("Single operations give the reference's numbers")
struct OperationTests {
  let io: Fixture
  let cases: [OperationCase]

  init() throws {
    let folder = fixturesFolder(of: #filePath) + "/sg2ada_ops"
    io = try Fixture(path: "\(folder)/io.safetensors")
    cases = try JSONDecoder().decode(
      [OperationCase].self, from: Data(contentsOf: URL(filePath: "\(folder)/cases.json")))
  }

  private func expect(_ tensor: Tensor, _ name: String) throws {
    let reference = try io.tensor(name)
    expectClose(
      tensor.count == reference.count ? tensor.reshaped(reference.shape) : tensor, reference,
      relativeToMax: 1e-5, "ops \(name)")
  }

  private func filter(_ name: String) throws -> FIRFilter {
    let stored = try io.tensor(name)
    if stored.shape.rank == 1 {
      return FIRFilter(
        taps: stored.values.flatMap { row in stored.values.map { row * $0 } },
        height: stored.count, width: stored.count)
    }
    return FIRFilter(taps: stored.values, height: stored.shape[0], width: stored.shape[1])
  }

  @Test("zero insertion, FIR filter, decimation")
  func upfirdn() throws {
    let selected = cases.filter { $0.op == "upfirdn2d" }
    #expect(selected.count == 8)
    for item in selected {
      var filter = try filter(try #require(item.filter))
      if item.flipFilter == true { filter = filter.mirrored }
      let pad = try #require(item.pad)
      let map = FIRResampling(
        filter: filter.taps, filterHeight: filter.height, filterWidth: filter.width,
        up: item.up ?? 1, down: item.down ?? 1, padding: (pad[0], pad[1], pad[2], pad[3]),
        gain: item.gain ?? 1)
      try expect(try io.tensor("x").resampled(by: map), item.out)
    }
  }

  @Test("changes of size by two, blur")
  func resampling() throws {
    let filter = try filter("filter_asym_2d")
    let x = try io.tensor("x")
    try expect(x.resampled(by: filter.upsampling()), "upsample2d_asym")
    try expect(
      x.slice(0..<6, axis: 2).resampled(by: filter.downsampling()), "downsample2d_asym")
    try expect(x.resampled(by: filter.blurring()), "filter2d_asym")
    #expect(FIRFilter.binomial == (try self.filter("filter_1331_2d")))
  }

  @Test("convolution with a change of size")
  func convolution() throws {
    let selected = cases.filter { $0.op == "conv2d_resample" }
    #expect(selected.count == 14)
    for item in selected {
      let x = try io.tensor(try #require(item.x))
      var weight = try io.tensor(try #require(item.w))
      let filter = try filter(try #require(item.filter))
      // A correlation takes the weight as it is, a true convolution its mirror image.
      if item.flipWeight == false { weight = weight.flipped(axes: [2, 3]) }
      // A transposed convolution mirrors: what the layer calls unmirrored is the reference's
      // convolution.
      if item.up == 2, weight.shape[2] > 1 { weight = weight.flipped(axes: [2, 3]) }
      let result: Tensor =
        if item.up == 2 {
          x.convolvedUpsampling(with: weight, filter: filter)
        } else if item.down == 2 {
          x.convolvedDownsampling(with: weight, filter: filter)
        } else {
          x.convolved(with: weight, padding: 1)
        }
      try expect(result, item.out)
    }
  }

  @Test("bias and activation")
  func biasActivation() throws {
    let selected = cases.filter { $0.op == "bias_act" }
    #expect(Set(selected.compactMap(\.act)) == Set(Activation.allCases.map(\.rawValue)))
    for item in selected {
      let activation = try #require(item.act.flatMap(Activation.init))
      let layer = BiasActivation(activation, gain: item.gain, clamp: item.clamp)
      try expect(layer(try io.tensor("x"), bias: try io.tensor("bias")), item.out)
    }
  }

  @Test("modulated convolution")
  func modulated() throws {
    let (x, style) = (try io.tensor("mod.x"), try io.tensor("mod.styles"))
    let noise = try io.tensor("mod.noise")
    let same = ModulatedConvolution(weight: try io.tensor("w3"))
    let pointwise = ModulatedConvolution(weight: try io.tensor("w1"), demodulates: false)
    let twice = ModulatedConvolution(
      weight: try io.tensor("w3"), upsampling: try filter("filter_asym_2d"))
    for kind in ["fusedTrue", "fusedFalse"] {
      try expect(same(x, style: style) + noise, "mod.demod.\(kind)")
      try expect(pointwise(x, style: style), "mod.nodemod1x1.\(kind)")
      try expect(
        twice(x, style: style) + (try io.tensor("mod.noise_up")),
        "mod.demod_up2_asymfilter.\(kind)")
    }
  }

  @Test("minibatch deviation")
  func deviation() throws {
    let x = try io.tensor("mbstd.x")
    for (name, group, channels) in [
      ("group2.ch2", 2, 2), ("group3.ch1", 3, 1), ("group6.ch1", 6, 1), ("groupNone.ch1", nil, 1),
    ] as [(String, Int?, Int)] {
      try expect(MinibatchDeviation(groupSize: group, channels: channels)(x), "mbstd.\(name)")
    }
  }

  @Test("pixel norm and noise autocorrelation")
  func normalization() throws {
    try expect(
      try io.tensor("normalize_2nd_moment.x").pixelNormalized(), "normalize_2nd_moment")
    try expect(try io.tensor("noisereg.x").noiseAutocorrelation(), "noisereg.value")
  }
}
