/// How a checkpoint is imported.
public struct ImportOptions: Sendable {
  /// The source; nil to find it by the names of the tensors.
  public var source: ModelSource?
  /// Whether a generator's discriminator is imported as `discriminator.*` too.
  public var includesDiscriminator = false
  /// Whether weights under spectral normalisation are divided by their norm (for use) or kept with
  /// their vectors (to train on).
  public var foldsSpectralNorm = true
  /// Whether tensors of the architecture may be missing.
  public var allowsMissing = false
  /// Whether the checkpoint may hold tensors of no use.
  public var ignoresUnused = false

  /// The usual options.
  public init(source: ModelSource? = nil) { self.source = source }
}

/// A checkpoint under the names of this program.
///
/// Tensors are views of the file they come from; nothing is in memory until it is written or
/// converted.
public struct ImportedModel: Sendable {
  /// Where it comes from.
  public var source: ModelSource
  /// Tensors by their names in this program.
  public var tensors: [String: CheckpointTensor]
  /// What shapes do not tell: the `config` of a model file.
  public var configuration: [String: ConfigurationValue]
  /// Other metadata of a model file.
  public var metadata: [String: String]
  /// Tensors of the checkpoint for which this program has no use, sorted.
  public var unused: [String]
  /// Tensors that the checkpoint lacks, sorted.
  public var missing: [String]

  /// Maps a checkpoint to the names of this program.
  ///
  /// - Throws: `CheckpointError.unknownModel`, `.unsupportedModel` for an architecture that is not
  ///   supported, `.wrongShape`, and `.incompleteModel` when tensors are missing or of no use and
  ///   the options do not allow it.
  public init(
    _ checkpoint: Checkpoint, options: ImportOptions = ImportOptions()
  ) throws(CheckpointError) {
    let found = ModelSource.detect(checkpoint)
    guard let source = options.source ?? found?.source else {
      throw try Self.unknown(checkpoint)
    }
    var draft = MappingDraft(checkpoint, prefix: found?.prefix ?? "", options: options)
    try source.map(&draft)
    self.source = source
    tensors = draft.tensors
    configuration = draft.configuration
    metadata = checkpoint.metadata.filter { $0.key != "config" }
    metadata["source"] = source.rawValue
    if let reminder = source.licenceReminder { metadata["licence"] = reminder }
    unused = draft.unused
    missing = draft.missing.sorted()
    let isRefused =
      !options.allowsMissing && !missing.isEmpty || !options.ignoresUnused && !unused.isEmpty
    if isRefused {
      throw .incompleteModel(path: checkpoint.path, missing: missing, unused: unused)
    }
  }

  /// One model of several: a generator with its classifiers and its encoder, or a backbone with
  /// its linear weights. Several classifiers become the members of one ensemble.
  ///
  /// - Throws: `CheckpointError.conflictingTensor` when two have a tensor of the same name, and
  ///   `.unfittingParts` when the parts are not made for each other.
  public static func merged(_ models: [ImportedModel]) throws(CheckpointError) -> ImportedModel? {
    guard var result = models.first else { return nil }
    let classifiers = models.filter { $0.source == .editGANClassifier }.count
    var member = 0
    result.tensors = [:]
    for var model in models {
      if model.source == .editGANClassifier {
        if classifiers > 1 { model.renameMember(member) }
        member += 1
      }
      for (name, tensor) in model.tensors {
        guard result.tensors.updateValue(tensor, forKey: name) == nil else {
          throw .conflictingTensor(name: name)
        }
      }
      result.configuration.merge(model.configuration) { first, _ in first }
      result.metadata.merge(model.metadata) { first, other in
        first.contains(other) ? first : "\(first); \(other)"
      }
    }
    result.unused = models.flatMap(\.unused).sorted()
    result.missing = models.flatMap(\.missing).sorted()
    if models.count > 1 { try result.requireFittingParts() }
    return result
  }

  private mutating func renameMember(_ index: Int) {
    var renamed: [String: CheckpointTensor] = [:]
    for (name, tensor) in tensors {
      renamed["segmentation.\(index)" + name.dropFirst("segmentation".count)] = tensor
    }
    tensors = renamed
  }

  /// States that the generator's pictures are `width` x `height` pixels in the middle of its square,
  /// with bands beside them.
  ///
  /// - Throws: `CheckpointError.unfittingParts` when the square is smaller or there is none.
  public mutating func setPictureSize(width: Int, height: Int) throws(CheckpointError) {
    guard case .integer(let side)? = configuration["img_resolution"] else {
      throw .unfittingParts(reason: "a size of pictures is given, but there is no generator")
    }
    guard width > 0, height > 0, max(width, height) <= side else {
      throw .unfittingParts(
        reason: "pictures of \(width)x\(height) do not fit into the generator's \(side)x\(side)")
    }
    configuration["valid"] = .object([
      "top": .integer((side - height) / 2), "left": .integer((side - width) / 2),
      "height": .integer(height), "width": .integer(width),
    ])
  }

  /// Number of weights.
  public var elementCount: Int { tensors.values.reduce(0) { $0 + $1.elementCount } }

  /// Writes the model to a safetensors file.
  ///
  /// - Parameters:
  ///   - precision: how floating-point weights are stored.
  ///   - classes: the text of a class list (JSON), stored under `classes`.
  /// - Throws: `CheckpointError.unwritable` or `.float16Overflow`.
  public func write(
    to path: String, precision: StoredPrecision = .float32, classes: String? = nil
  ) throws(CheckpointError) {
    var metadata = metadata
    if !configuration.isEmpty { metadata["config"] = ConfigurationValue.json(configuration) }
    if let classes { metadata["classes"] = classes }
    try SafetensorsWriter.write(tensors, metadata: metadata, precision: precision, to: path)
  }

  private static func unknown(_ checkpoint: Checkpoint) throws(CheckpointError) -> CheckpointError {
    let names = checkpoint.tensors.keys
    if names.contains(where: { $0.contains("synthesis.input.") || $0.contains("synthesis.L0_") }) {
      return .unsupportedModel(
        path: checkpoint.path, reason: "it is a StyleGAN3 generator; StyleGAN2 is supported")
    }
    if names.contains(where: { $0.hasPrefix("Gs.synthesis.") && $0.hasSuffix("/StyleMod/weight") })
    {
      return .unsupportedModel(
        path: checkpoint.path, reason: "it is a StyleGAN1 generator; StyleGAN2 is supported")
    }
    return .unknownModel(path: checkpoint.path, examples: Array(names.sorted().prefix(3)))
  }
}
