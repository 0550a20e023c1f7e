import Layers
import TensorCore

/// Maps z (and labels) to the intermediate latent w (formats spec 1.2).
public struct MappingNetwork {
  /// The linear layers, first to last.
  public let layers: [EqualizedLinear]
  /// Embeds labels; nil for a network without.
  public let embedding: EqualizedLinear?
  /// The truncation centre `[w]`: the mean of w over z.
  public let meanLatent: Tensor?

  /// Reads `PREFIXfc{i}.*`, `PREFIXembed.*` and `PREFIXw_avg` (where there is one).
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String, configuration: StyleGAN2Configuration = .init()
  ) throws(ModelError) {
    var embedded = 0
    if weights.shape(of: "\(prefix)embed.weight") != nil {
      let weight = try weights.tensor("\(prefix)embed.weight", shape: [nil, nil])
      embedded = weight.shape[0]
      embedding = EqualizedLinear(
        weight: weight,
        bias: try weights.tensor("\(prefix)embed.bias", shape: [embedded]))
    } else {
      embedding = nil
    }
    var layers: [EqualizedLinear] = []
    repeat {
      let name = "\(prefix)fc\(layers.count)"
      let weight = try weights.tensor("\(name).weight", shape: [nil, layers.last?.outputs])
      layers.append(
        EqualizedLinear(
          weight: weight, bias: try weights.tensor("\(name).bias", shape: [weight.shape[0]]),
          learningRateMultiplier: configuration.mappingLearningRateMultiplier,
          activation: configuration.activation))
    } while weights.shape(of: "\(prefix)fc\(layers.count).weight") != nil
    self.layers = layers
    guard layers[0].inputs >= embedded else {
      throw .wrongShape(
        path: weights.path, name: "\(prefix)embed.weight", expected: [layers[0].inputs, nil],
        actual: weights.shape(of: "\(prefix)embed.weight") ?? [])
    }
    meanLatent =
      weights.shape(of: "\(prefix)w_avg") == nil
      ? nil
      : try weights.tensor(
        "\(prefix)w_avg", shape: [layers[layers.count - 1].outputs], role: .buffer)
  }

  /// A network made of layers.
  public init(layers: [EqualizedLinear], embedding: EqualizedLinear?, meanLatent: Tensor?) {
    check(!layers.isEmpty, "mapping network: no layers")
    self.layers = layers
    self.embedding = embedding
    self.meanLatent = meanLatent
  }

  /// Numbers of a z; 0 for a network of labels alone.
  public var inputSize: Int { layers[0].inputs - (embedding?.outputs ?? 0) }
  /// Numbers of a label; 0 for a network without labels.
  public var labelSize: Int { embedding?.inputs ?? 0 }
  /// Numbers of a w.
  public var latentSize: Int { layers[layers.count - 1].outputs }

  /// w `[N, latentSize]` of z `[N, inputSize]` and labels `[N, labelSize]`.
  public func callAsFunction(_ z: Tensor?, labels: Tensor? = nil) -> Tensor {
    check(
      (z?.shape[1] ?? 0) == inputSize && (labels?.shape[1] ?? 0) == labelSize,
      "mapping network: z \(z?.shape ?? []) of \(inputSize), labels \(labels?.shape ?? []) of \(labelSize)"
    )
    var parts: [Tensor] = []
    if let z { parts.append(z.pixelNormalized()) }
    if let labels, let embedding { parts.append(embedding(labels).pixelNormalized()) }
    var h = Tensor.concatenated(parts, axis: 1)
    for layer in layers { h = layer(h) }
    return h
  }

  /// w `[N, w]` repeated for `rowCount` layers, `[N, rowCount, w]`, and pulled towards the mean:
  /// `mean + psi (w - mean)` for rows below `cutoff` (all when nil).
  public func wPlus(
    _ w: Tensor, rowCount: Int, truncationPsi psi: Float = 1, cutoff: Int? = nil
  ) -> Tensor {
    let shape: Shape = [w.shape[0], rowCount, w.shape[1]]
    let rows = w.reshaped([w.shape[0], 1, w.shape[1]])
    guard psi != 1, let meanLatent else {
      check(psi == 1, "mapping network: truncation without a mean latent")
      return rows.broadcast(to: shape)
    }
    let cutoff = min(cutoff ?? rowCount, rowCount)
    let factors = Tensor(
      (0..<rowCount).map { $0 < cutoff ? psi : 1 }, shape: [1, rowCount, 1])
    return meanLatent + (rows - meanLatent) * factors
  }

  /// The numbers of `count` labels drawn evenly; empty for a network without labels.
  public func drawLabels(_ count: Int, using random: inout RandomSource) -> [Int] {
    guard labelSize > 0 else { return [] }
    return (0..<count).map { _ in Int.random(in: 0..<labelSize, using: &random) }
  }

  /// Labels `[N, labelSize]` that are 1 at the numbers `indices`; nil for a network without labels.
  public func oneHot(_ indices: [Int]) -> Tensor? {
    guard labelSize > 0 else { return nil }
    check(
      indices.allSatisfy { (0..<labelSize).contains($0) },
      "mapping network: labels \(indices) of \(labelSize)")
    let labels = Tensor.zeros([indices.count, labelSize])
    for (row, index) in indices.enumerated() { labels.pointer[row * labelSize + index] = 1 }
    return labels
  }

  /// The mean of w over `count` random z (and labels drawn evenly from the one-hot ones), the
  /// truncation centre of a network that was stored without one.
  public func estimatedMean(count: Int = 4096, seed: UInt64 = 0) -> Tensor {
    withoutRecording {
      var random = RandomSource(seed: seed)
      var total = Tensor.zeros([latentSize])
      var done = 0
      while done < count {
        let batch = min(256, count - done)
        let z = inputSize > 0 ? random.normal([batch, inputSize]) : nil
        let labels = drawLabels(batch, using: &random)
        total = total + self(z, labels: oneHot(labels)).sum(axes: [0])
        done += batch
      }
      return total / Float(count)
    }
  }
}
