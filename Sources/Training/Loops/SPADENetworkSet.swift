import Layers
import Networks
import TensorCore

/// The networks of a SPADE training, which share their weights with the tables they were made from.
final class SPADENetworkSet {
  /// Pictures of a batch, and the distribution of its styles.
  struct Generated {
    let pictures: Tensor
    let style: StyleDistribution?
  }

  let generator: any LayoutGenerator
  let encoder: StyleEncoder?
  let discriminator: PatchDiscriminator
  private let description: SPADEDescription
  private let discriminatorSizes: PatchDiscriminatorConfiguration

  /// Networks with random weights.
  convenience init(random description: SPADEDescription, options: SPADETrainingOptions)
    throws(TrainingError)
  {
    let sizes = PatchDiscriminatorConfiguration(
      inputChannels: description.layout.count + 3, filters: options.discriminatorFilters,
      scales: options.discriminatorScales)
    var weights = description.generator.generatorWeights.randomWeights(
      seed: options.seed, prefix: "generator.", gain: options.initialGain)
    weights.merge(
      sizes.weights.randomWeights(
        seed: options.seed &+ 1, prefix: "discriminator.", gain: options.initialGain)
    ) { first, _ in first }
    if let encoder = description.encoder {
      weights.merge(
        encoder.weights.randomWeights(
          seed: options.seed &+ 2, prefix: "encoder.", gain: options.initialGain)
      ) { first, _ in first }
    }
    try self.init(weights, description, sizes)
  }

  /// Networks on these weights, which are shared.
  init(
    _ weights: [String: Tensor], _ description: SPADEDescription,
    _ sizes: PatchDiscriminatorConfiguration, isTrainable: Bool = true
  ) throws(TrainingError) {
    self.description = description
    discriminatorSizes = sizes
    let table = WeightTable(weights, isTrainable: isTrainable)
    do throws(ModelError) {
      generator = try description.generator.generator(table)
      discriminator = try PatchDiscriminator(table, configuration: sizes)
      encoder = try description.encoder.map { (sizes) throws(ModelError) in
        try StyleEncoder(table, configuration: sizes)
      }
    } catch { throw .model(error) }
  }

  /// What the generator's optimiser changes: the encoder's parameters, too.
  var generatorParameters: [String: Tensor] {
    generator.parameters.merging(encoder?.parameters ?? [:]) { first, _ in first }
  }

  /// All tensors.
  var all: [String: Tensor] {
    var result = generatorParameters
    for group in [
      generator.buffers, encoder?.buffers ?? [:], discriminator.parameters, discriminator.buffers,
    ] { result.merge(group) { first, _ in first } }
    return result
  }

  /// Pictures of layouts in the style of their photos, in training mode.
  ///
  /// - Parameter batch: where these layouts stand in the batch of all processes, which share the
  ///   numbers of `random`.
  func generate(
    _ layouts: Tensor, _ photos: Tensor, _ random: inout RandomSource, in batch: BatchPart
  ) -> Generated {
    let style = encoder?(photos, mode: .training)
    var latent: Tensor?
    if let size = description.generator.latentSize {
      let noise = random.normal([batch.size, size]).slice(batch.range, axis: 0)
      latent = style?.sample(noise: noise) ?? noise
    }
    return Generated(
      pictures: generator.pictures(of: layouts, latent: latent, mode: .training), style: style)
  }

  /// The discriminator's results for made pictures and photos, from one pass over both.
  func judge(_ layouts: Tensor, _ made: Tensor, _ photos: Tensor)
    -> (made: PatchDiscriminator.Output, real: PatchDiscriminator.Output)
  {
    let count = layouts.shape[0]
    let output = discriminator(
      .concatenated(
        [
          .concatenated([layouts, made], axis: 1), .concatenated([layouts, photos], axis: 1),
        ], axis: 0), mode: .training)
    func half(_ range: Range<Int>) -> PatchDiscriminator.Output {
      output.map { $0.map { $0.slice(range, axis: 0) } }
    }
    return (half(0..<count), half(count..<2 * count))
  }

  /// Networks of their own that learn nothing, with some weights exchanged.
  func copy(with weights: [String: Tensor]) throws(TrainingError) -> SPADENetworkSet {
    try SPADENetworkSet(
      all.merging(weights) { $1 }.mapValues { $0.copied() }, description, discriminatorSizes,
      isTrainable: false)
  }

  /// Normalises over the batches of all processes where the normalisation is a synchronised one.
  func synchronize(across processes: any ProcessGroup) {
    for statistics in generator.runningStatistics where statistics.isSynchronized {
      statistics.processes = processes
    }
  }

  /// How much of a new batch goes into the running statistics.
  func setStatisticsMomentum(_ momentum: Float) {
    for statistics in generator.runningStatistics { statistics.momentum = momentum }
  }

  /// Generator and encoder with weights divided by their spectral norms.
  func folded() -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    let tensors = generatorParameters.merging(generator.buffers) { first, _ in first }
      .merging(encoder?.buffers ?? [:]) { first, _ in first }
    for (name, tensor) in tensors {
      guard name.hasSuffix(".weight_orig") else {
        if !name.hasSuffix(".weight_u"), !name.hasSuffix(".weight_v") { result[name] = tensor }
        continue
      }
      let layer = name.dropLast("weight_orig".count)
      guard let u = tensors[layer + "weight_u"], let v = tensors[layer + "weight_v"] else {
        continue
      }
      // Transposed convolutions store their inputs, twice as many as outputs, first.
      let isTransposed = tensor.shape[0] != u.count
      result[layer + "weight"] = SpectralConvolution(
        weight: tensor.detached(), bias: nil, norm: SpectralNorm(u: u, v: v), padding: 0,
        isTransposed: isTransposed
      ).kernel(mode: .evaluation)
    }
    return result
  }
}
