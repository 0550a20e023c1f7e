import Layers
import TensorCore

/// IR-SE50: the body of ArcFace (Deng et al. 2019) and of the pSp and e4e encoders, residual units
/// with squeeze-and-excitation (formats spec 5.1).
struct ResidualSqueezeNetwork {
  private let convolution: PlainConvolution
  private let normalization: BatchNormalization
  private let slopes: Tensor
  private let units: [Unit]
  /// 3 units, 4, 14 and 3; the first of each group halves the map.
  private static let starts = [0, 3, 7, 21]
  private static let count = 24

  /// Reads `PREFIXinput_layer.*` and `PREFIXbody.*`.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  init(_ weights: WeightTable, prefix: String) throws(ModelError) {
    convolution = try weights.convolution("\(prefix)input_layer.0", [nil, 3, 3, 3], bias: false)
    var channels = convolution.weight.shape[0]
    normalization = try weights.normalization("\(prefix)input_layer.1", channels)
    slopes = try weights.tensor("\(prefix)input_layer.2.weight", shape: [channels])
    var units: [Unit] = []
    for index in 0..<Self.count {
      units.append(
        try Unit(
          weights, "\(prefix)body.\(index)", inputs: channels,
          stride: Self.starts.contains(index) ? 2 : 1))
      channels = units[index].outputs
    }
    self.units = units
  }

  /// Channels of the result of a unit.
  func channels(afterUnit index: Int) -> Int { units[index].outputs }

  /// The results of the units `taps` (ascending) for pictures `[N, 3, H, W]`.
  func callAsFunction(_ pictures: Tensor, taps: [Int]) -> [Tensor] {
    var h = normalization(convolution(pictures)).parametricReLU(slopes: slopes)
    var features: [Tensor] = []
    for (index, unit) in units.enumerated() {
      h = unit(h)
      if taps.contains(index) { features.append(h) }
    }
    return features
  }
}

/// A residual unit: normalisation, convolution, PReLU, convolution, normalisation, then every
/// channel scaled by what its mean says.
private struct Unit {
  private let first: BatchNormalization
  private let convolution: PlainConvolution
  private let slopes: Tensor
  private let strided: PlainConvolution
  private let second: BatchNormalization
  private let squeeze: (PlainConvolution, PlainConvolution)
  private let shortcut: (convolution: PlainConvolution, normalization: BatchNormalization)?

  init(_ weights: WeightTable, _ name: String, inputs: Int, stride: Int) throws(ModelError) {
    first = try weights.normalization("\(name).res_layer.0", inputs)
    convolution = try weights.convolution(
      "\(name).res_layer.1", [nil, inputs, 3, 3], bias: false)
    let outputs = convolution.weight.shape[0]
    slopes = try weights.tensor("\(name).res_layer.2.weight", shape: [outputs])
    strided = try weights.convolution(
      "\(name).res_layer.3", [outputs, outputs, 3, 3], stride: stride, bias: false)
    second = try weights.normalization("\(name).res_layer.4", outputs)
    let reduce = try weights.convolution(
      "\(name).res_layer.5.fc1", [nil, outputs, 1, 1], bias: false)
    squeeze = (
      reduce,
      try weights.convolution(
        "\(name).res_layer.5.fc2", [outputs, reduce.weight.shape[0], 1, 1], bias: false)
    )
    guard inputs != outputs else {
      shortcut = nil
      return
    }
    shortcut = (
      try weights.convolution(
        "\(name).shortcut_layer.0", [outputs, inputs, 1, 1], stride: stride, bias: false),
      try weights.normalization("\(name).shortcut_layer.1", outputs)
    )
  }

  var outputs: Int { strided.weight.shape[0] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var h = convolution(first(x)).parametricReLU(slopes: slopes)
    h = second(strided(h))
    let means = h.mean(axes: [2, 3], keepingAxes: true)
    h = h * squeeze.1(squeeze.0(means).rectified()).sigmoid()
    if let shortcut { return h + shortcut.normalization(shortcut.convolution(x)) }
    // Every second pixel where the unit halves the map.
    return h + (strided.stride == 1 ? x : x.maxPooled(kernel: 1, stride: strided.stride))
  }
}
