/// Weights of the perceptual distance LPIPS: torchvision's backbones and the linear layers
/// (formats spec 3). They keep their names: `features.*` and `lin{i}.model.1.weight`.
enum PerceptualWeights {
  /// Convolutions of a backbone's feature part.
  static func layout(_ source: ModelSource) -> NetworkLayout {
    var layout = NetworkLayout()
    switch source {
    case .vgg16, .vgg19:
      let repeats = source == .vgg16 ? [2, 2, 3, 3, 3] : [2, 2, 4, 4, 4]
      var index = 0
      var inputs = 3
      for (outputs, count) in zip([64, 128, 256, 512, 512], repeats) {
        for _ in 0..<count {
          layout.convolution("features.\(index)", inputs, outputs, 3)
          inputs = outputs
          index += 2
        }
        index += 1
      }
    case .alexNet:
      layout.convolution("features.0", 3, 64, 11)
      layout.convolution("features.3", 64, 192, 5)
      layout.convolution("features.6", 192, 384, 3)
      layout.convolution("features.8", 384, 256, 3)
      layout.convolution("features.10", 256, 256, 3)
    default:
      layout.convolution("features.0", 3, 64, 3)
      var inputs = 64
      for (index, squeeze) in zip([3, 4, 6, 7, 9, 10, 11, 12], [16, 16, 32, 32, 48, 48, 64, 64]) {
        layout.convolution("features.\(index).squeeze", inputs, squeeze, 1)
        layout.convolution("features.\(index).expand1x1", squeeze, 4 * squeeze, 1)
        layout.convolution("features.\(index).expand3x3", squeeze, 4 * squeeze, 3)
        inputs = 8 * squeeze
      }
    }
    return layout
  }

  static func map(_ draft: inout MappingDraft, _ source: ModelSource) throws(CheckpointError) {
    try layout(source).take(&draft, to: "")
    draft.configuration["perceptual"] = .object(["backbone": .text(source.rawValue)])
    // The part that names what is in a picture.
    draft.ignore(draft.names(from: "classifier."))
  }

  /// Channels of the layers that each backbone compares.
  private static let linearChannels: [[Int]] = [
    [64, 128, 256, 512, 512], [64, 192, 384, 256, 256], [64, 128, 256, 384, 384, 512, 512],
  ]

  static func mapLinear(_ draft: inout MappingDraft) throws(CheckpointError) {
    let channels = (0..<16).prefix { draft.has("lin\($0).model.1.weight") }
      .map { draft.shape("lin\($0).model.1.weight")?.dropFirst().first ?? 0 }
    let known =
      linearChannels.first { $0 == channels }
      ?? linearChannels.first {
        $0.count >= channels.count && Array($0.prefix(channels.count)) == channels
      }
    guard let known else {
      throw draft.unsupported("its layers \(channels) are those of no known backbone")
    }
    for (index, count) in known.enumerated() {
      let name = "lin\(index).model.1.weight"
      try draft.take(name, as: name, shape: [1, count, 1, 1])
    }
  }
}
