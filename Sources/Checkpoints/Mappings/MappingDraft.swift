/// A mapping in progress: which tensors of the source were used, under which names, and which
/// were looked for in vain.
struct MappingDraft {
  /// The source file.
  let checkpoint: Checkpoint
  /// What all names of the source begin with.
  let prefix: String
  /// The user's wishes.
  let options: ImportOptions
  /// The result so far.
  private(set) var tensors: [String: CheckpointTensor] = [:]
  /// Names of the source that it lacks.
  private(set) var missing: Set<String> = []
  /// The `config` of the result.
  var configuration: [String: ConfigurationValue] = [:]
  private var used: Set<String> = []

  init(_ checkpoint: Checkpoint, prefix: String, options: ImportOptions) {
    self.checkpoint = checkpoint
    self.prefix = prefix
    self.options = options
  }

  /// The shape of a tensor of the source, or nil when there is none.
  func shape(_ name: String) -> [Int]? { checkpoint.tensors[prefix + name]?.shape }

  /// True when the source has this tensor.
  func has(_ name: String) -> Bool { checkpoint.tensors[prefix + name] != nil }

  /// Names of the source that begin with `start`, without the common prefix, sorted.
  func names(from start: String = "") -> [String] {
    checkpoint.tensors.keys.filter { $0.hasPrefix(prefix + start) }
      .map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  /// A setting of the source.
  func attribute(_ name: String) -> Checkpoint.Attribute? { checkpoint.attributes[prefix + name] }

  /// Marks a tensor of the source as used and returns it; a missing one is noted.
  ///
  /// - Throws: `CheckpointError.wrongShape` when a size of `shape` is not nil and differs, or
  ///   `.notConvertible` for element types without a float value.
  mutating func use(
    _ name: String, shape: [Int?]? = nil
  ) throws(CheckpointError) -> CheckpointTensor? {
    guard let tensor = checkpoint.tensors[prefix + name] else {
      missing.insert(prefix + name)
      return nil
    }
    used.insert(prefix + name)
    if let shape {
      let fits =
        tensor.shape.count == shape.count
        && zip(tensor.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
      guard fits else {
        throw .wrongShape(
          path: checkpoint.path, name: prefix + name, expected: shape, actual: tensor.shape)
      }
    }
    guard tensor.elementType.convertsToFloat else { throw .notConvertible(tensor.elementType) }
    return tensor
  }

  /// Takes a tensor of the source under a name of this program.
  mutating func take(
    _ name: String, as target: String, shape: [Int?]? = nil
  ) throws(CheckpointError) {
    tensors[target] = try use(name, shape: shape)
  }

  /// Takes a tensor whose dimensions of size one are arranged differently; `nil` in `shape` stands
  /// for any size.
  mutating func take(
    _ name: String, as target: String, reshapedTo shape: [Int]
  ) throws(CheckpointError) {
    guard let tensor = try use(name) else { return }
    guard let reshaped = tensor.reshaped(droppingOnesTo: shape) else {
      throw .wrongShape(
        path: checkpoint.path, name: prefix + name, expected: shape, actual: tensor.shape)
    }
    tensors[target] = reshaped
  }

  /// Adds a tensor that the mapping has made.
  mutating func add(_ tensor: CheckpointTensor?, as target: String) { tensors[target] = tensor }

  /// Marks tensors of the source as of no use on purpose; nothing happens when they are missing.
  mutating func ignore(_ names: some Sequence<String>) {
    for name in names { used.insert(prefix + name) }
  }

  /// Marks all tensors of the file whose full name begins with `start` as of no use on purpose.
  mutating func ignoreAll(from start: String) {
    for name in checkpoint.tensors.keys where name.hasPrefix(start) { used.insert(name) }
  }

  /// The tensors of the file that were neither taken nor ignored, sorted. Counters of batch
  /// normalisations never count.
  var unused: [String] {
    checkpoint.tensors.keys
      .filter { !used.contains($0) && !$0.hasSuffix(".num_batches_tracked") }.sorted()
  }

  func unsupported(_ reason: String) -> CheckpointError {
    .unsupportedModel(path: checkpoint.path, reason: reason)
  }
}

extension ModelSource {
  /// Maps a checkpoint of this source.
  func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    switch self {
    case .semblance: try mapSemblance(&draft)
    case .styleGAN2ADA: try PersistentStyleGAN2.map(&draft)
    case .rosinality: try RosinalityStyleGAN2.map(&draft)
    case .tensorFlow: try TensorFlowStyleGAN2.map(&draft)
    case .editGANClassifier: try PixelClassifierMapping.map(&draft)
    case .editGANEncoder: try FeaturePyramidEncoder.map(&draft)
    case .pSp, .e4e: try StyleEncoder.map(&draft, name: rawValue)
    case .lpips: try PerceptualWeights.mapLinear(&draft)
    case .vgg16, .vgg19, .alexNet, .squeezeNet: try PerceptualWeights.map(&draft, self)
    case .arcFace: try ResidualSqueezeNetwork.mapIdentity(&draft)
    case .inception: try InceptionFeatures.map(&draft)
    case .spadeGenerator: try SPADENetworks.mapGenerator(&draft)
    case .spadeDiscriminator: try SPADENetworks.mapDiscriminator(&draft)
    case .spadeEncoder: try SPADENetworks.mapEncoder(&draft)
    }
  }

  private func mapSemblance(_ draft: inout MappingDraft) throws(CheckpointError) {
    for name in draft.names() { try draft.take(name, as: name) }
    if let text = draft.checkpoint.metadata["config"] {
      guard let configuration = ConfigurationValue.parse(text) else {
        throw draft.unsupported("its 'config' is not a JSON object")
      }
      draft.configuration = configuration
    }
  }
}
