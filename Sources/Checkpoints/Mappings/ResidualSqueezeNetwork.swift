/// The IR-SE50 network: the body of the pSp and e4e encoders and of ArcFace (formats spec 5.1).
enum ResidualSqueezeNetwork {
  /// Channels and units of the four groups.
  private static let groups = [(64, 3), (128, 4), (256, 14), (512, 3)]

  /// The body on pictures of `channels` channels.
  static func body(channels: Int?) -> NetworkLayout {
    var layout = NetworkLayout()
    layout.convolution("input_layer.0", channels, 64, 3, hasBias: false)
    layout.normalization("input_layer.1", 64)
    layout.slopes("input_layer.2", 64)
    var inputs = 64
    var unit = 0
    for (outputs, count) in groups {
      for _ in 0..<count {
        addUnit(&layout, "body.\(unit)", inputs, outputs)
        inputs = outputs
        unit += 1
      }
    }
    return layout
  }

  private static func addUnit(
    _ layout: inout NetworkLayout, _ name: String, _ inputs: Int, _ outputs: Int
  ) {
    if inputs != outputs {
      layout.convolution("\(name).shortcut_layer.0", inputs, outputs, 1, hasBias: false)
      layout.normalization("\(name).shortcut_layer.1", outputs)
    }
    layout.normalization("\(name).res_layer.0", inputs)
    layout.convolution("\(name).res_layer.1", inputs, outputs, 3, hasBias: false)
    layout.slopes("\(name).res_layer.2", outputs)
    layout.convolution("\(name).res_layer.3", outputs, outputs, 3, hasBias: false)
    layout.normalization("\(name).res_layer.4", outputs)
    layout.convolution("\(name).res_layer.5.fc1", outputs, outputs / 16, 1, hasBias: false)
    layout.convolution("\(name).res_layer.5.fc2", outputs / 16, outputs, 1, hasBias: false)
  }

  /// ArcFace with its output layers (formats spec 5.4).
  static var identity: NetworkLayout {
    var layout = body(channels: 3)
    layout.normalization("output_layer.0", 512)
    layout.linear("output_layer.3", 512 * 7 * 7, 512)
    layout.normalization("output_layer.4", 512)
    return layout
  }

  /// Maps ArcFace to `identity.*`.
  static func mapIdentity(_ draft: inout MappingDraft) throws(CheckpointError) {
    try identity.take(&draft, to: "identity.")
  }
}
