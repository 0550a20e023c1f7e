/// State dictionaries of rosinality's stylegan2-pytorch: files of its training (`g`, `d`, `g_ema`)
/// and of its converter (`g_ema`, `latent_avg`), and bare generators (formats spec 1.9).
enum RosinalityStyleGAN2 {
  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    let generator = draft.has("g_ema.conv1.conv.weight") ? "g_ema." : ""
    try mapGenerator(&draft, generator)
    // Training files have no mean; the wrapper was taken off when only the generator is inside.
    for name in ["latent_avg", "mean_latent"] where draft.checkpoint.tensors[name] != nil {
      draft.add(try meanRow(draft.checkpoint.tensors[name]), as: "mapping.w_avg")
      draft.ignoreAll(from: name)
    }
    try addMeanLatent(&draft)
    draft.configuration = StyleGAN2Layout.configuration(draft.tensors)
    if draft.options.includesDiscriminator, generator == "g_ema." {
      try mapDiscriminator(&draft, "d.")
    }
    for other in ["g.", "d.", "g_optim.", "d_optim.", "ada_aug_p"] {
      draft.ignoreAll(from: other)
    }
  }

  /// Maps the generator whose names begin with `start`.
  static func mapGenerator(
    _ draft: inout MappingDraft, _ start: String
  ) throws(CheckpointError) {
    var layer = 0
    while layer < 64, draft.has("\(start)style.\(layer + 1).weight") {
      for part in ["weight", "bias"] {
        try draft.take("\(start)style.\(layer + 1).\(part)", as: "mapping.fc\(layer).\(part)")
      }
      layer += 1
    }
    guard let const = try draft.use("\(start)input.input", shape: [1, nil, 4, 4]) else { return }
    draft.add(const.element(0), as: "synthesis.b4.const")
    try mapLayer(
      &draft, "\(start)conv1", "synthesis.b4.conv1", noise: "\(start)noises.noise_0", side: 4)
    try mapToRGB(&draft, "\(start)to_rgb1", "synthesis.b4.torgb")
    var block = 0
    while block < 9, draft.has("\(start)convs.\(2 * block).conv.weight") {
      let side = 8 << block
      for (offset, name) in ["conv0", "conv1"].enumerated() {
        let index = 2 * block + offset
        try mapLayer(
          &draft, "\(start)convs.\(index)", "synthesis.b\(side).\(name)",
          noise: "\(start)noises.noise_\(index + 1)", side: side)
      }
      try mapToRGB(&draft, "\(start)to_rgbs.\(block)", "synthesis.b\(side).torgb")
      block += 1
    }
    guard block > 0 else { throw draft.unsupported("its generator has a block of 4 pixels only") }
    // The filter [1, 3, 3, 1] in several scalings.
    draft.ignore(draft.names(from: start).filter { $0.hasSuffix(".kernel") })
  }

  private static func mapLayer(
    _ draft: inout MappingDraft, _ source: String, _ target: String, noise: String, side: Int
  ) throws(CheckpointError) {
    let weight = try draft.use("\(source).conv.weight", shape: [1, nil, nil, 3, 3])
    draft.add(weight?.element(0), as: "\(target).weight")
    try mapModulation(&draft, source, target)
    try draft.take("\(source).activate.bias", as: "\(target).bias", shape: [weight?.shape[1]])
    try draft.take("\(source).noise.weight", as: "\(target).noise_strength", reshapedTo: [])
    try draft.take(noise, as: "\(target).noise_const", reshapedTo: [side, side])
  }

  private static func mapToRGB(
    _ draft: inout MappingDraft, _ source: String, _ target: String
  ) throws(CheckpointError) {
    let weight = try draft.use("\(source).conv.weight", shape: [1, nil, nil, 1, 1])
    draft.add(weight?.element(0), as: "\(target).weight")
    try mapModulation(&draft, source, target)
    try draft.take(
      "\(source).bias", as: "\(target).bias", reshapedTo: [weight?.shape[1] ?? 3])
  }

  private static func mapModulation(
    _ draft: inout MappingDraft, _ source: String, _ target: String
  ) throws(CheckpointError) {
    for part in ["weight", "bias"] {
      try draft.take("\(source).conv.modulation.\(part)", as: "\(target).affine.\(part)")
    }
  }

  /// Maps the discriminator whose names begin with `start`.
  static func mapDiscriminator(
    _ draft: inout MappingDraft, _ start: String
  ) throws(CheckpointError) {
    let blocks = (1..<10).prefix { draft.has("\(start)convs.\($0).conv1.0.weight") }.count
    let top = "discriminator.b\(4 << blocks)."
    try draft.take("\(start)convs.0.0.weight", as: "\(top)fromrgb.weight")
    try draft.take("\(start)convs.0.1.bias", as: "\(top)fromrgb.bias")
    for block in 0..<blocks {
      let source = "\(start)convs.\(block + 1)."
      let target = "discriminator.b\(4 << (blocks - block))."
      try draft.take("\(source)conv1.0.weight", as: "\(target)conv0.weight")
      try draft.take("\(source)conv1.1.bias", as: "\(target)conv0.bias")
      try draft.take("\(source)conv2.1.weight", as: "\(target)conv1.weight")
      try draft.take("\(source)conv2.2.bias", as: "\(target)conv1.bias")
      try draft.take("\(source)skip.1.weight", as: "\(target)skip.weight")
    }
    try draft.take("\(start)final_conv.0.weight", as: "discriminator.b4.conv.weight")
    try draft.take("\(start)final_conv.1.bias", as: "discriminator.b4.conv.bias")
    for (index, name) in ["fc", "out"].enumerated() {
      for part in ["weight", "bias"] {
        try draft.take(
          "\(start)final_linear.\(index).\(part)", as: "discriminator.b4.\(name).\(part)")
      }
    }
  }

  /// `[w]` of a mean latent stored as `[w]`, `[1, w]` or `[rows, w]` (their mean; rows are equal in
  /// published files).
  static func meanRow(_ tensor: CheckpointTensor?) throws(CheckpointError) -> CheckpointTensor? {
    guard let tensor, let width = tensor.shape.last, tensor.shape.count > 1 else { return tensor }
    if let row = tensor.reshaped(droppingOnesTo: [width]) { return row }
    let values = try tensor.floats()
    let rows = values.count / max(width, 1)
    let isConstant = (0..<values.count).allSatisfy { values[$0] == values[$0 % width] }
    let mean = (0..<width).map { column -> Float in
      if isConstant { return values[column] }
      let sum = (0..<rows).reduce(0.0) { $0 + Double(values[$1 * width + column]) }
      return Float(sum / Double(rows))
    }
    return CheckpointTensor(floats: mean, shape: [width])
  }

  /// Fills in the mean latent when the file has none.
  static func addMeanLatent(_ draft: inout MappingDraft) throws(CheckpointError) {
    guard draft.tensors["mapping.w_avg"] == nil else { return }
    draft.add(try MeanLatent.estimate(draft.tensors), as: "mapping.w_avg")
  }
}
