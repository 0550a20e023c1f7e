/// Pickles of stylegan2-ada-pytorch, and of the StyleGAN2 configurations of stylegan3: the names
/// are already those of this program (formats spec 2.5).
enum PersistentStyleGAN2 {
  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    try requireSupported(draft)
    let generator = draft.names(from: "G_ema.").map { String($0.dropFirst("G_ema.".count)) }
    let sides = StyleGAN2Layout.resolutions(to: 4096)
      .prefix { draft.has("G_ema.synthesis.b\($0).conv1.weight") }
    guard let resolution = sides.last, resolution >= 8 else {
      throw draft.unsupported("its generator has no blocks of 4 and 8 pixels")
    }
    let layout = StyleGAN2Layout(
      resolution: resolution,
      mappingLayers: (0..<64).prefix { draft.has("G_ema.mapping.fc\($0).weight") }.count,
      hasLabels: draft.has("G_ema.mapping.embed.weight"))
    for name in layout.generatorNames + generator.filter({ $0.hasSuffix(".resample_filter") }) {
      try draft.take("G_ema.\(name)", as: name)
    }
    draft.configuration = StyleGAN2Layout.configuration(draft.tensors)
    configure(&draft)
    if draft.options.includesDiscriminator { try mapDiscriminator(&draft, layout) }
    for other in ["G.", "D.", "augment_pipe."] { draft.ignoreAll(from: draft.prefix + other) }
  }

  private static func requireSupported(_ draft: MappingDraft) throws(CheckpointError) {
    for block in ["b4", "b8"] {
      if case .text(let architecture)? = draft.attribute("G_ema.synthesis.\(block).architecture"),
        architecture != "skip"
      {
        throw draft.unsupported(
          "its generator has the architecture '\(architecture.printable)'; 'skip' is supported")
      }
    }
  }

  /// Settings that shapes do not tell.
  private static func configure(_ draft: inout MappingDraft) {
    let layer = "G_ema.synthesis.b4.conv1."
    switch draft.attribute("\(layer)conv_clamp") {
    case .integer(let clamp)?: draft.configuration["conv_clamp"] = .integer(clamp)
    case .double(let clamp)?: draft.configuration["conv_clamp"] = .number(clamp)
    default: break
    }
    if case .text(let activation)? = draft.attribute("\(layer)activation") {
      draft.configuration["activation"] = .text(activation)
    }
    if case .double(let multiplier)? = draft.attribute("G_ema.mapping.fc0.bias_gain") {
      draft.configuration["mapping_lr_multiplier"] = .number(multiplier)
    }
    if case .integer(let size)? = draft.attribute("D.b4.mbstd.group_size") {
      draft.configuration["mbstd_group_size"] = .integer(size)
    }
    if let filter = draft.tensors["synthesis.b8.conv0.resample_filter"],
      let taps = separableTaps(filter)
    {
      draft.configuration["resample_filter"] = .list(taps)
    }
  }

  /// The taps whose outer product with themselves, divided by its sum, is `filter`.
  private static func separableTaps(_ filter: CheckpointTensor) -> [ConfigurationValue]? {
    guard filter.shape.count == 2, filter.shape[0] == filter.shape[1], filter.shape[0] <= 16,
      let values = try? filter.floats()
    else { return nil }
    let size = filter.shape[0]
    let rows = (0..<size).map { row in values[row * size..<(row + 1) * size].reduce(0, +) }
    let smallest = rows.filter { $0 > 0 }.min() ?? 1
    return rows.map { .number(Double($0 / smallest)) }
  }

  private static func mapDiscriminator(
    _ draft: inout MappingDraft, _ layout: StyleGAN2Layout
  ) throws(CheckpointError) {
    let layers = (0..<64).prefix { draft.has("D.mapping.fc\($0).weight") }.count
    let filters = draft.names(from: "D.").filter { $0.hasSuffix(".resample_filter") }
      .map { String($0.dropFirst("D.".count)) }
    for name in layout.discriminatorNames(mappingLayers: layers) + filters {
      try draft.take("D.\(name)", as: "discriminator.\(name)")
    }
  }
}
