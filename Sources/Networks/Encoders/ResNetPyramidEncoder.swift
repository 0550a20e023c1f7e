import Layers
import TensorCore

/// EditGAN's encoder: ResNet-50 (He et al. 2016) with a feature pyramid (Lin et al. 2017) and a head
/// for each row of W+ (formats spec 5.3).
///
/// It reads pictures of 512 pixels, or of 256; others are averaged or interpolated to 512.
public struct ResNetPyramidEncoder: LatentEncoder {
  /// Statistics of the batch normalisations. EditGAN never leaves training mode, so its published
  /// numbers need those of the picture itself (editgan spec 3.1).
  public var statistics = BatchNormalization.Statistics.batch

  private let stem: (convolution: PlainConvolution, normalization: BatchNormalization)
  private let groups: [[Bottleneck]]
  private let top: PlainConvolution
  private let lateral: [PlainConvolution]
  private let smoothing: [PlainConvolution]
  private let heads: [[StyleHead]]

  /// Reads `encoder.FPN_module.*` and `encoder.{course,medium,fine}_styles.*`.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  init(_ weights: WeightTable, rowCount: Int, width: Int) throws(ModelError) {
    let prefix = "encoder.FPN_module."
    let convolution = try weights.convolution(
      "\(prefix)conv1", [nil, 3, 7, 7], stride: 2, bias: false)
    var channels = convolution.weight.shape[0]
    stem = (convolution, try weights.normalization("\(prefix)bn1", channels))
    var groups: [[Bottleneck]] = []
    var outputs: [Int] = []
    for (group, count) in [3, 4, 6, 3].enumerated() {
      var units: [Bottleneck] = []
      for unit in 0..<count {
        units.append(
          try Bottleneck(
            weights, "\(prefix)layer\(group + 1).\(unit)", inputs: channels,
            stride: group > 0 && unit == 0 ? 2 : 1))
        channels = units[unit].outputs
      }
      groups.append(units)
      outputs.append(channels)
    }
    self.groups = groups
    top = try weights.convolution("\(prefix)toplayer", [nil, channels, 1, 1])
    let common = top.weight.shape[0]
    var lateral: [PlainConvolution] = []
    var smoothing: [PlainConvolution] = []
    for index in 0..<3 {
      lateral.append(
        try weights.convolution(
          "\(prefix)latlayer\(index + 1)", [common, outputs[2 - index], 1, 1]))
      smoothing.append(
        try weights.convolution("\(prefix)smooth\(index + 1)", [common, common, 3, 3]))
    }
    self.lateral = lateral
    self.smoothing = smoothing
    var heads: [[StyleHead]] = []
    for (name, depth) in [("course", 5), ("medium", 6), ("fine", 7)] {
      var level: [StyleHead] = []
      while weights.shape(of: "encoder.\(name)_styles.\(level.count).linear.weight") != nil {
        level.append(
          try StyleHead(
            weights, "encoder.\(name)_styles.\(level.count)", channels: common, depth: depth,
            width: width, isEqualized: false))
      }
      heads.append(level)
    }
    self.heads = heads
    let found = heads.reduce(0) { $0 + $1.count }
    guard found == rowCount else {
      throw .configurationMismatch(
        path: weights.path, key: "encoder.rows", stated: found, found: rowCount)
    }
  }

  /// The code `[N, rows, w]` of pictures `[N, 3, S, S]` in -1...1.
  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    let side = pictures.shape[2] == 256 ? 256 : 512
    var h = stem.convolution(pictures.meanPooled(height: side, width: side))
    h = stem.normalization(h, statistics: statistics).rectified()
    // What follows a ReLU is never below the zeros of the padding.
    h = h.padded(before: 1, after: 1, axis: 2).padded(before: 1, after: 1, axis: 3)
      .maxPooled(kernel: 3, stride: 2)
    var levels: [Tensor] = []
    for group in groups {
      for unit in group { h = unit(h, statistics: statistics) }
      levels.append(h)
    }
    var sum = top(levels[3])
    var codes: [Tensor] = []
    for (index, heads) in heads.enumerated() {
      let level = levels[2 - index]
      sum =
        sum.resizedBilinear(height: level.shape[2], width: level.shape[3]) + lateral[index](level)
      let smooth = smoothing[index](sum)
      codes += heads.map { $0(smooth) }
    }
    return .concatenated(codes, axis: 1)
  }
}

/// A unit of ResNet-50: 1x1, 3x3 and 1x1 convolutions beside a shortcut.
private struct Bottleneck {
  private let convolutions: [PlainConvolution]
  private let normalizations: [BatchNormalization]
  private let shortcut: (convolution: PlainConvolution, normalization: BatchNormalization)?

  init(_ weights: WeightTable, _ name: String, inputs: Int, stride: Int) throws(ModelError) {
    let first = try weights.convolution("\(name).conv1", [nil, inputs, 1, 1], bias: false)
    let planes = first.weight.shape[0]
    let second = try weights.convolution(
      "\(name).conv2", [planes, planes, 3, 3], stride: stride, bias: false)
    let third = try weights.convolution("\(name).conv3", [nil, planes, 1, 1], bias: false)
    let outputs = third.weight.shape[0]
    convolutions = [first, second, third]
    normalizations = [
      try weights.normalization("\(name).bn1", planes),
      try weights.normalization("\(name).bn2", planes),
      try weights.normalization("\(name).bn3", outputs),
    ]
    guard inputs != outputs || stride != 1 else {
      shortcut = nil
      return
    }
    shortcut = (
      try weights.convolution(
        "\(name).shortcut.0", [outputs, inputs, 1, 1], stride: stride, bias: false),
      try weights.normalization("\(name).shortcut.1", outputs)
    )
  }

  var outputs: Int { convolutions[2].weight.shape[0] }

  func callAsFunction(_ x: Tensor, statistics: BatchNormalization.Statistics) -> Tensor {
    var h = x
    for index in 0..<3 {
      h = normalizations[index](convolutions[index](h), statistics: statistics)
      if index < 2 { h = h.rectified() }
    }
    let side = shortcut.map { $0.normalization($0.convolution(x), statistics: statistics) } ?? x
    return (h + side).rectified()
  }
}
