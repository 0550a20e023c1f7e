/// SPADE's networks (formats spec 9). They keep their names under `generator.`, `discriminator.`
/// and `encoder.`; convolutions under spectral normalisation are folded or kept, as asked for.
enum SPADENetworks {
  static func mapGenerator(_ draft: inout MappingDraft) throws(CheckpointError) {
    var layout = NetworkLayout()
    let hasUp4 = draft.has("up_4.norm_0.mlp_shared.0.weight")
    let blocks =
      ["head_0", "G_middle_0", "G_middle_1", "up_0", "up_1", "up_2", "up_3"]
      + (hasUp4 ? ["up_4"] : [])
    for block in blocks {
      for index in ["0", "1"] {
        try takeSpectral(&draft, "\(block).conv_\(index)", to: "generator.", hasBias: true)
        try takeNormalization(&draft, "\(block).norm_\(index)")
      }
      // A block that changes the number of channels has a third convolution.
      if draft.has("\(block).norm_s.mlp_shared.0.weight") {
        try takeSpectral(&draft, "\(block).conv_s", to: "generator.", hasBias: false)
        try takeNormalization(&draft, "\(block).norm_s")
      }
    }
    layout.convolution("conv_img", nil, 3, 3)
    if draft.shape("fc.weight")?.count == 2 {
      layout.linear("fc", nil, nil)
    } else {
      layout.convolution("fc", nil, nil, 3)
    }
    try layout.take(&draft, to: "generator.")
    configureGenerator(&draft)
  }

  private static func configureGenerator(_ draft: inout MappingDraft) {
    let width = draft.shape("conv_img.weight")?.dropFirst().first ?? 0
    let hasUp4 = draft.has("up_4.norm_0.mlp_shared.0.weight")
    let isVAE = draft.shape("fc.weight")?.count == 2
    let shared = draft.shape("head_0.norm_0.mlp_shared.0.weight") ?? [0, 0]
    var spade: [String: ConfigurationValue] = [
      "ngf": .integer(hasUp4 ? 2 * width : width), "semantic_nc": .integer(shared[1]),
      "nhidden": .integer(shared[0]), "use_vae": .bool(isVAE),
    ]
    if isVAE { spade["z_dim"] = .integer(draft.shape("fc.weight")?.last ?? 0) }
    draft.configuration["spade"] = .object(spade)
  }

  private static func takeNormalization(
    _ draft: inout MappingDraft, _ name: String
  ) throws(CheckpointError) {
    var layout = NetworkLayout()
    // Kernels of 1, 3 and 5 exist; what is wrong with any other is said of the usual size.
    let stored = draft.shape("\(name).mlp_shared.0.weight")?.last ?? 3
    let kernel = [1, 3, 5].contains(stored) ? stored : 3
    for part in ["mlp_shared.0", "mlp_gamma", "mlp_beta"] {
      layout.convolution("\(name).\(part)", nil, nil, kernel)
    }
    try layout.take(&draft, to: "generator.")
    // Instance normalisation has no statistics.
    guard draft.has("\(name).param_free_norm.running_mean") else { return }
    for part in ["running_mean", "running_var"] {
      let statistic = "\(name).param_free_norm.\(part)"
      try draft.take(statistic, as: "generator.\(statistic)", shape: [nil])
    }
  }

  static func mapDiscriminator(_ draft: inout MappingDraft) throws(CheckpointError) {
    var scale = 0
    while scale < 8, draft.has("discriminator_\(scale).model0.0.weight") {
      let start = "discriminator_\(scale)."
      var layer = 1
      while layer < 16, hasSpectral(draft, "\(start)model\(layer).0.0") {
        try takeSpectral(&draft, "\(start)model\(layer).0.0", to: "discriminator.", hasBias: false)
        layer += 1
      }
      var layout = NetworkLayout()
      layout.convolution("\(start)model0.0", nil, nil, 4)
      layout.convolution("\(start)model\(layer).0", nil, 1, 4)
      try layout.take(&draft, to: "discriminator.")
      scale += 1
    }
  }

  static func mapEncoder(_ draft: inout MappingDraft) throws(CheckpointError) {
    var layer = 1
    while layer < 16, hasSpectral(draft, "layer\(layer).0") {
      try takeSpectral(&draft, "layer\(layer).0", to: "encoder.", hasBias: false)
      layer += 1
    }
    var layout = NetworkLayout()
    layout.linear("fc_mu", nil, nil)
    layout.linear("fc_var", nil, nil)
    try layout.take(&draft, to: "encoder.")
  }

  // Spectral normalisation

  private static func hasSpectral(_ draft: MappingDraft, _ name: String) -> Bool {
    draft.has("\(name).weight_orig") || draft.has("\(name).weight")
  }

  /// A convolution whose weight is `weight_orig` divided by its spectral norm u . (M v), M being
  /// the weight as `[outputs, rest]`. Files of PyTorch before 1.1 have no v but the divided weight.
  private static func takeSpectral(
    _ draft: inout MappingDraft, _ name: String, to target: String, hasBias: Bool
  ) throws(CheckpointError) {
    if hasBias { try draft.take("\(name).bias", as: "\(target)\(name).bias", shape: [nil]) }
    let shape: [Int?] = [nil, nil, nil, nil]
    // A network without spectral normalisation, or one that was folded before.
    guard draft.has("\(name).weight_orig") else {
      return try draft.take("\(name).weight", as: "\(target)\(name).weight", shape: shape)
    }
    guard let weight = try draft.use("\(name).weight_orig", shape: shape),
      let u = try draft.use("\(name).weight_u", shape: [weight.shape[0]])
    else { return }
    let rest = weight.elementCount / max(weight.shape[0], 1)
    let v =
      draft.has("\(name).weight_v")
      ? try draft.use("\(name).weight_v", shape: [rest])
      : CheckpointTensor(
        floats: try SpectralNorm.rightVector(weight, u: try u.floats()), shape: [rest])
    guard let v else { return }
    if draft.options.foldsSpectralNorm {
      if draft.has("\(name).weight") {
        try draft.take("\(name).weight", as: "\(target)\(name).weight", shape: weight.shape)
      } else {
        let norm = try SpectralNorm.norm(weight, u: try u.floats(), v: try v.floats())
        draft.add(weight.divided(by: norm), as: "\(target)\(name).weight")
      }
      return
    }
    draft.ignore(["\(name).weight"])
    for (part, tensor) in [("weight_orig", weight), ("weight_u", u), ("weight_v", v)] {
      draft.add(tensor, as: "\(target)\(name).\(part)")
    }
  }
}
