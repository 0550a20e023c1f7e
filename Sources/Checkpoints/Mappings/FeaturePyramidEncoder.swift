/// EditGAN's encoder: ResNet-50 with a feature pyramid and one head for each row of W+ (formats
/// spec 5.3). It keeps its names under `encoder.`.
enum FeaturePyramidEncoder {
  /// The encoder with these numbers of heads on the three levels.
  static func layout(coarse: Int, medium: Int, fine: Int) -> NetworkLayout {
    var layout = NetworkLayout()
    let pyramid = "FPN_module"
    layout.convolution("\(pyramid).conv1", 3, 64, 7, hasBias: false)
    layout.normalization("\(pyramid).bn1", 64)
    var inputs = 64
    for (group, (planes, count)) in [(64, 3), (128, 4), (256, 6), (512, 3)].enumerated() {
      for unit in 0..<count {
        addBottleneck(&layout, "\(pyramid).layer\(group + 1).\(unit)", inputs, planes)
        inputs = 4 * planes
      }
    }
    layout.convolution("\(pyramid).toplayer", 2048, 512, 1)
    for (index, channels) in [1024, 512, 256].enumerated() {
      layout.convolution("\(pyramid).latlayer\(index + 1)", channels, 512, 1)
      layout.convolution("\(pyramid).smooth\(index + 1)", 512, 512, 3)
    }
    for (name, heads, depth) in [
      ("course_styles", coarse, 5), ("medium_styles", medium, 6), ("fine_styles", fine, 7),
    ] {
      for head in 0..<heads {
        for index in 0..<depth {
          layout.convolution("\(name).\(head).convs.\(2 * index)", 512, 512, 3)
        }
        layout.linear("\(name).\(head).linear", 512, 512)
      }
    }
    return layout
  }

  private static func addBottleneck(
    _ layout: inout NetworkLayout, _ name: String, _ inputs: Int, _ planes: Int
  ) {
    layout.convolution("\(name).conv1", inputs, planes, 1, hasBias: false)
    layout.normalization("\(name).bn1", planes)
    layout.convolution("\(name).conv2", planes, planes, 3, hasBias: false)
    layout.normalization("\(name).bn2", planes)
    layout.convolution("\(name).conv3", planes, 4 * planes, 1, hasBias: false)
    layout.normalization("\(name).bn3", 4 * planes)
    if name.hasSuffix(".0") {
      layout.convolution("\(name).shortcut.0", inputs, 4 * planes, 1, hasBias: false)
      layout.normalization("\(name).shortcut.1", 4 * planes)
    }
  }

  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    func heads(_ name: String) -> Int {
      (0..<32).prefix { draft.has("\(name).\($0).linear.weight") }.count
    }
    let counts = [heads("course_styles"), heads("medium_styles"), heads("fine_styles")]
    try layout(coarse: counts[0], medium: counts[1], fine: counts[2])
      .take(&draft, to: "encoder.")
    draft.configuration["encoder"] = .object([
      "architecture": .text("editgan-fpn"), "rows": .integer(counts.reduce(0, +)),
      "input_channels": .integer(3), "input_size": .integer(512),
    ])
  }
}
