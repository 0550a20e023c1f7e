/// Names and settings of a StyleGAN2 generator and discriminator in this program, which are those
/// of stylegan2-ada-pytorch.
struct StyleGAN2Layout {
  /// Side of the pictures, a power of two from 8.
  let resolution: Int
  /// Layers of the mapping network.
  let mappingLayers: Int
  /// Whether the mapping network takes labels.
  let hasLabels: Bool

  /// Sides of the blocks.
  var resolutions: [Int] { Self.resolutions(to: resolution) }

  static func resolutions(to resolution: Int) -> [Int] {
    var sides: [Int] = []
    var side = 4
    while side <= resolution, side <= 4096 {
      sides.append(side)
      side *= 2
    }
    return sides
  }

  /// The side of the block that is numbered `index` from 0 at 4 pixels.
  static func side(_ index: Int) -> Int { 4 << index }

  /// The styled convolutions of a block.
  static func convolutions(_ side: Int) -> [String] { side == 4 ? ["conv1"] : ["conv0", "conv1"] }

  /// Names of all tensors of the generator but the resampling filters.
  var generatorNames: [String] {
    var names = ["mapping.w_avg", "synthesis.b4.const"]
    for layer in 0..<mappingLayers {
      names += ["mapping.fc\(layer).weight", "mapping.fc\(layer).bias"]
    }
    if hasLabels { names += ["mapping.embed.weight", "mapping.embed.bias"] }
    for side in resolutions {
      for convolution in Self.convolutions(side) {
        let layer = "synthesis.b\(side).\(convolution)"
        names += Self.styledParts.map { "\(layer).\($0)" }
      }
      names += ["weight", "bias", "affine.weight", "affine.bias"].map {
        "synthesis.b\(side).torgb.\($0)"
      }
    }
    return names
  }

  static let styledParts = [
    "weight", "bias", "affine.weight", "affine.bias", "noise_const", "noise_strength",
  ]

  /// Names of all tensors of the discriminator but the resampling filters; `mappingLayers` is
  /// that of its own mapping network.
  func discriminatorNames(mappingLayers: Int) -> [String] {
    var names = ["b\(resolution).fromrgb.weight", "b\(resolution).fromrgb.bias"]
    for side in resolutions.dropFirst() {
      names += ["conv0.weight", "conv0.bias", "conv1.weight", "conv1.bias", "skip.weight"].map {
        "b\(side).\($0)"
      }
    }
    for layer in ["conv", "fc", "out"] { names += ["b4.\(layer).weight", "b4.\(layer).bias"] }
    for layer in 0..<mappingLayers {
      names += ["mapping.fc\(layer).weight", "mapping.fc\(layer).bias"]
    }
    if hasLabels { names += ["mapping.embed.weight", "mapping.embed.bias"] }
    return names
  }

  /// The `config` that a generator's mapped tensors tell.
  static func configuration(
    _ tensors: [String: CheckpointTensor]
  ) -> [String: ConfigurationValue] {
    func size(_ name: String, _ axis: Int) -> Int? {
      tensors[name].flatMap { axis < $0.shape.count ? $0.shape[axis] : nil }
    }
    let sides = resolutions(to: 4096).prefix { tensors["synthesis.b\($0).conv1.weight"] != nil }
    let layers = (0..<64).prefix { tensors["mapping.fc\($0).weight"] != nil }.count
    let labels = size("mapping.embed.weight", 1) ?? 0
    let width = size("synthesis.b4.conv1.affine.weight", 1) ?? 0
    let input = (size("mapping.fc0.weight", 1) ?? 0) - (labels > 0 ? width : 0)
    var channels: [String: ConfigurationValue] = [:]
    for side in sides {
      channels["\(side)"] = .integer(size("synthesis.b\(side).conv1.weight", 0) ?? 0)
    }
    return [
      "architecture": .text("skip"), "z_dim": .integer(input), "c_dim": .integer(labels),
      "w_dim": .integer(width), "img_resolution": .integer(sides.last ?? 0),
      "img_channels": .integer(size("synthesis.b4.torgb.weight", 0) ?? 3),
      "mapping_layers": .integer(layers), "mapping_lr_multiplier": .number(0.01),
      "num_ws": .integer(2 * sides.count), "channels": .object(channels),
      "resample_filter": .integers([1, 3, 3, 1]), "value_range": .integers([-1, 1]),
      "conv_clamp": .null,
    ]
  }
}
