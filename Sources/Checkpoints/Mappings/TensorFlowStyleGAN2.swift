/// Pickles of the original StyleGAN2 for TensorFlow, networks G, D and Gs; Gs is the one to use
/// (formats spec 1.9 and 2.7). Convolutions are stored HWIO, dense layers input first.
enum TensorFlowStyleGAN2 {
  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    var layers = 0
    while layers < 64, draft.has("Gs.mapping.Dense\(layers)/weight") {
      try takeDense(&draft, "Gs.mapping.Dense\(layers)", "mapping.fc\(layers)")
      layers += 1
    }
    if draft.has("Gs.mapping.LabelEmbed/weight") {
      try takeDense(&draft, "Gs.mapping.LabelEmbed", "mapping.embed")
    } else if draft.has("Gs.mapping.LabelConcat/weight") {
      throw draft.unsupported("its mapping network concatenates labels without a bias")
    }
    try draft.take("Gs.dlatent_avg", as: "mapping.w_avg")
    guard let const = try draft.use("Gs.synthesis.4x4/Const/const", shape: [1, nil, 4, 4]) else {
      return
    }
    draft.add(const.element(0), as: "synthesis.b4.const")
    let sides = StyleGAN2Layout.resolutions(to: 4096)
      .prefix { $0 == 4 || draft.has("Gs.synthesis.\($0)x\($0)/Conv1/weight") }
    for (block, side) in sides.enumerated() { try mapBlock(&draft, block, side) }
    guard sides.count > 1, draft.names(from: "Gs.").allSatisfy({ !$0.contains("/Skip/") }) else {
      throw draft.unsupported("its generator has no 'skip' architecture (configurations E and F)")
    }
    draft.ignore(["Gs.lod", "Gs.synthesis.lod"])
    draft.configuration = StyleGAN2Layout.configuration(draft.tensors)
    if draft.options.includesDiscriminator { try mapDiscriminator(&draft, Array(sides)) }
    for other in ["G.", "D."] { draft.ignoreAll(from: draft.prefix + other) }
  }

  private static func mapBlock(
    _ draft: inout MappingDraft, _ block: Int, _ side: Int
  ) throws(CheckpointError) {
    let source = "Gs.synthesis.\(side)x\(side)"
    let target = "synthesis.b\(side)"
    let layers =
      side == 4
      ? [("Conv", "conv1", 0)]
      : [("Conv0_up", "conv0", 2 * block - 1), ("Conv1", "conv1", 2 * block)]
    for (name, own, noise) in layers {
      // A transposed convolution of TensorFlow has its kernel turned around.
      try takeConvolution(
        &draft, "\(source)/\(name)", "\(target).\(own)", isFlipped: name == "Conv0_up")
      try takeModulation(&draft, "\(source)/\(name)", "\(target).\(own)")
      try draft.take(
        "\(source)/\(name)/noise_strength", as: "\(target).\(own).noise_strength", shape: [])
      try draft.take(
        "Gs.synthesis.noise\(noise)", as: "\(target).\(own).noise_const",
        reshapedTo: [side, side])
    }
    try takeConvolution(&draft, "\(source)/ToRGB", "\(target).torgb")
    try takeModulation(&draft, "\(source)/ToRGB", "\(target).torgb")
  }

  private static func mapDiscriminator(
    _ draft: inout MappingDraft, _ sides: [Int]
  ) throws(CheckpointError) {
    let top = sides[sides.count - 1]
    try takeConvolution(
      &draft, "D.\(top)x\(top)/FromRGB", "discriminator.b\(top).fromrgb")
    for side in sides.dropFirst() {
      let source = "D.\(side)x\(side)"
      let target = "discriminator.b\(side)"
      try takeConvolution(&draft, "\(source)/Conv0", "\(target).conv0")
      try takeConvolution(&draft, "\(source)/Conv1_down", "\(target).conv1")
      try takeConvolution(&draft, "\(source)/Skip", "\(target).skip", hasBias: false)
    }
    try takeConvolution(&draft, "D.4x4/Conv", "discriminator.b4.conv")
    try takeDense(&draft, "D.4x4/Dense0", "discriminator.b4.fc")
    try takeDense(&draft, "D.Output", "discriminator.b4.out")
  }

  private static func takeConvolution(
    _ draft: inout MappingDraft, _ source: String, _ target: String, isFlipped: Bool = false,
    hasBias: Bool = true
  ) throws(CheckpointError) {
    if let weight = try draft.use("\(source)/weight", shape: [nil, nil, nil, nil]) {
      let transposed = weight.permuted([3, 2, 0, 1])
      draft.add(isFlipped ? transposed.flipped([2, 3]) : transposed, as: "\(target).weight")
    }
    if hasBias { try draft.take("\(source)/bias", as: "\(target).bias") }
  }

  private static func takeDense(
    _ draft: inout MappingDraft, _ source: String, _ target: String
  ) throws(CheckpointError) {
    let weight = try draft.use("\(source)/weight", shape: [nil, nil])
    draft.add(weight?.permuted([1, 0]), as: "\(target).weight")
    try draft.take("\(source)/bias", as: "\(target).bias")
  }

  private static func takeModulation(
    _ draft: inout MappingDraft, _ source: String, _ target: String
  ) throws(CheckpointError) {
    let weight = try draft.use("\(source)/mod_weight", shape: [nil, nil])
    draft.add(weight?.permuted([1, 0]), as: "\(target).affine.weight")
    if let bias = try draft.use("\(source)/mod_bias", shape: [nil]) {
      // The stored bias is added to one.
      let values = try bias.floats().map { $0 + 1 }
      draft.add(
        CheckpointTensor(floats: values, shape: bias.shape), as: "\(target).affine.bias")
    }
  }
}
