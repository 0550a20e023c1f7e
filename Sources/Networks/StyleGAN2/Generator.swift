import Checkpoints
import TensorCore

/// A StyleGAN2 generator: mapping and synthesis network.
public struct Generator {
  /// z and labels to w.
  public let mapping: MappingNetwork
  /// W+ to pictures and features.
  public var synthesis: SynthesisNetwork
  /// What the shapes do not tell.
  public let configuration: StyleGAN2Configuration
  /// The truncation centre `[w]`.
  public let meanLatent: Tensor
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: noise maps, the mean latent, filters.
  public let buffers: [String: Tensor]

  /// Reads `PREFIXmapping.*` and `PREFIXsynthesis.*`.
  ///
  /// A mapping network without stored mean gets the mean of 4096 samples.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "", configuration: StyleGAN2Configuration = .init()
  ) throws(ModelError) {
    self.configuration = configuration
    let mapping = try MappingNetwork(
      weights, prefix: "\(prefix)mapping.", configuration: configuration)
    synthesis = try SynthesisNetwork(
      weights, prefix: "\(prefix)synthesis.", latentSize: mapping.latentSize,
      configuration: configuration)
    let mean = mapping.meanLatent ?? mapping.estimatedMean()
    meanLatent = mean
    self.mapping = MappingNetwork(
      layers: mapping.layers, embedding: mapping.embedding, meanLatent: mean)
    var parameters: [String: Tensor] = [:]
    var buffers = ["\(prefix)mapping.w_avg": mean]
    for part in ["\(prefix)mapping.", "\(prefix)synthesis."] {
      parameters.merge(weights.taken(under: part, role: .parameter)) { first, _ in first }
      buffers.merge(weights.taken(under: part, role: .buffer)) { first, _ in first }
    }
    self.parameters = parameters
    self.buffers = buffers
  }

  /// Reads the generator of a model file, with the `config` of its metadata.
  ///
  /// - Throws: `ModelError`, also when stated sizes contradict the tensors.
  public init(_ weights: WeightTable, metadata: [String: String]) throws(ModelError) {
    let configuration = try StyleGAN2Configuration(metadata: metadata, path: weights.path)
    try self.init(weights, configuration: configuration)
    guard
      let stated = try StyleGAN2Configuration.statedSizes(metadata: metadata, path: weights.path)
    else { return }
    let sizes = [
      ("img_resolution", stated.resolution, synthesis.resolution),
      ("z_dim", stated.inputSize, mapping.inputSize),
      ("c_dim", stated.labelSize, mapping.labelSize),
      ("w_dim", stated.latentSize, mapping.latentSize),
      ("num_ws", stated.rowCount, synthesis.rowCount),
    ]
    for (key, stated, found) in sizes {
      if let stated, stated != found {
        throw .configurationMismatch(path: weights.path, key: key, stated: stated, found: found)
      }
    }
  }

  /// The W+ codes `[N, rowCount, w]` of z `[N, z]` and labels `[N, c]`.
  ///
  /// - Parameters:
  ///   - truncationPsi: 1 leaves w alone, 0 gives the mean.
  ///   - truncationCutoff: rows from here on are not truncated; nil truncates all.
  public func wPlus(
    _ z: Tensor, labels: Tensor? = nil, truncationPsi: Float = 1, truncationCutoff: Int? = nil
  ) -> Tensor {
    mapping.wPlus(
      mapping(z, labels: labels), rowCount: synthesis.rowCount, truncationPsi: truncationPsi,
      cutoff: truncationCutoff)
  }

  /// The rows of `first` below `cutoff` and of `second` from there on (style mixing).
  public func styleMixing(_ first: Tensor, _ second: Tensor, cutoff: Int) -> Tensor {
    check(
      first.shape == second.shape && (0...synthesis.rowCount).contains(cutoff),
      "style mixing: \(first.shape) and \(second.shape) at row \(cutoff)")
    if cutoff == 0 { return second }
    if cutoff == synthesis.rowCount { return first }
    return .concatenated(
      [first.slice(0..<cutoff, axis: 1), second.slice(cutoff..<synthesis.rowCount, axis: 1)],
      axis: 1)
  }

  /// Pictures `[N, 3, H, W]` of z `[N, z]` and labels `[N, c]`.
  public func callAsFunction(
    _ z: Tensor, labels: Tensor? = nil, truncationPsi: Float = 1, truncationCutoff: Int? = nil,
    noise: SynthesisNoise = .constant
  ) -> Tensor {
    let codes = wPlus(
      z, labels: labels, truncationPsi: truncationPsi, truncationCutoff: truncationCutoff)
    return synthesis(codes, noise: noise).image
  }
}
