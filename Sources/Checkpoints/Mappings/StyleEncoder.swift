/// pSp and e4e: an encoder on IR-SE50 with one head for each row of W+, and rosinality's generator
/// (formats spec 5.2). The encoder keeps its names under `encoder.`.
enum StyleEncoder {
  /// The encoder with `rows` heads on pictures of `channels` channels.
  static func layout(rows: Int, channels: Int?) -> NetworkLayout {
    var layout = ResidualSqueezeNetwork.body(channels: channels)
    for row in 0..<rows {
      // Coarse rows read the smallest features and have the fewest convolutions.
      let count = row < 3 ? 4 : row < 7 ? 5 : 6
      for index in 0..<count {
        layout.convolution("styles.\(row).convs.\(2 * index)", 512, 512, 3)
      }
      layout.linear("styles.\(row).linear", 512, 512)
    }
    layout.convolution("latlayer1", 256, 512, 1)
    layout.convolution("latlayer2", 128, 512, 1)
    return layout
  }

  static func map(_ draft: inout MappingDraft, name: String) throws(CheckpointError) {
    guard draft.has("encoder.styles.0.linear.weight") else {
      throw draft.unsupported("its encoder has no head for each row of W+")
    }
    let rows = (0..<32).prefix { draft.has("encoder.styles.\($0).linear.weight") }.count
    let channels = draft.shape("encoder.input_layer.0.weight").flatMap { $0.dropFirst().first }
    try layout(rows: rows, channels: channels).take(&draft, from: "encoder.", to: "encoder.")
    if draft.has("decoder.conv1.conv.weight") {
      try RosinalityStyleGAN2.mapGenerator(&draft, "decoder.")
    }
    let average = draft.checkpoint.tensors["latent_avg"]
    draft.add(try RosinalityStyleGAN2.meanRow(average), as: "mapping.w_avg")
    try addLatentAverage(&draft, average, rows: rows)
    if draft.has("decoder.conv1.conv.weight") {
      try RosinalityStyleGAN2.addMeanLatent(&draft)
      draft.configuration = StyleGAN2Layout.configuration(draft.tensors)
    }
    configure(&draft, name: name, rows: rows, channels: channels ?? 3)
    ignoreTrainingState(&draft)
  }

  /// The mean that the encoder's answers are added to, one row for each head.
  private static func addLatentAverage(
    _ draft: inout MappingDraft, _ average: CheckpointTensor?, rows: Int
  ) throws(CheckpointError) {
    guard let average, let width = average.shape.last else { return }
    let values = try average.floats()
    let isRow = values.count == width
    guard isRow || values.count == rows * width else {
      throw .wrongShape(
        path: draft.checkpoint.path, name: "latent_avg", expected: [rows, width],
        actual: average.shape)
    }
    let all = isRow ? (0..<rows).flatMap { _ in values } : values
    draft.add(CheckpointTensor(floats: all, shape: [rows, width]), as: "encoder.latent_avg")
  }

  private static func configure(
    _ draft: inout MappingDraft, name: String, rows: Int, channels: Int
  ) {
    var encoder: [String: ConfigurationValue] = [
      "architecture": .text(name), "rows": .integer(rows), "input_channels": .integer(channels),
      "input_size": .integer(256),
    ]
    if case .bool(let starts)? = draft.checkpoint.attributes["opts.start_from_latent_avg"] {
      encoder["start_from_latent_avg"] = .bool(starts)
    }
    if case .text(let domain)? = draft.checkpoint.attributes["opts.dataset_type"] {
      encoder["dataset_type"] = .text(domain)
      // Cars are wider than high: the outer eighths of the rows are bands (formats spec 5.2).
      if domain.hasPrefix("cars"), case .integer(let side)? = draft.configuration["img_resolution"]
      {
        draft.configuration["valid"] = .object([
          "top": .integer(side / 8), "left": .integer(0), "height": .integer(side - side / 8 * 2),
          "width": .integer(side),
        ])
      }
    }
    draft.configuration["encoder"] = .object(encoder)
  }

  /// Everything beside the networks: optimisers, discriminators and counters of the training.
  private static func ignoreTrainingState(_ draft: inout MappingDraft) {
    for name in draft.checkpoint.tensors.keys where !name.hasPrefix(draft.prefix) {
      draft.ignoreAll(from: name)
    }
    if draft.prefix.isEmpty { draft.ignoreAll(from: "latent_avg") }
    // pSp's own copy of the pooling and of the loss networks has no use here.
    draft.ignoreAll(from: "\(draft.prefix)face_pool.")
  }
}
