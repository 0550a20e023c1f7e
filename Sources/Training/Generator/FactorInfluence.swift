import Evaluation
import Networks
import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much each dimension of the factors changes small versions of pictures and masks.
enum FactorInfluence {
  /// Gains of the dimensions, of mean square 1: roots of their shares in a linear model of the
  /// dimensions and their squares.
  ///
  /// Two halves of the samples are fitted apart; the products of their weights are free of the part
  /// that noise alone would give.
  ///
  /// - Parameters:
  ///   - factors: `[N, D]`.
  ///   - summaries: `[N, T]`.
  static func gains(_ factors: Tensor, _ summaries: Tensor) throws(TrainingError) -> [Float] {
    let (count, width) = (factors.shape[0], factors.shape[1])
    var products = [Double](repeating: 0, count: 2 * width)
    guard count >= 8 else { return [Float](repeating: 1, count: width) }
    let squares = (factors.squared() - 1) * Float(0.5).squareRoot()
    let features = Tensor.concatenated([factors, squares], axis: 1)
    var fits: [RidgeRegression] = []
    for half in 0..<2 {
      let rows = (half * count / 2)..<((half + 1) * count / 2)
      do throws(EvaluationError) {
        fits.append(
          try RidgeRegression(
            features: features.slice(rows, axis: 0), targets: summaries.slice(rows, axis: 0),
            penalty: 0.3))
      } catch { throw .evaluation(error) }
    }
    for (first, second) in zip(fits[0].weights, fits[1].weights) {
      for index in products.indices { products[index] += Double(first[index] * second[index]) }
    }
    let influence = (0..<width).map { max(products[$0], 0) + max(products[width + $0], 0) }
    let mean = influence.reduce(0, +) / Double(width)
    guard mean > 0, mean.isFinite else { return [Float](repeating: 1, count: width) }
    let roots = influence.map { ($0 / mean).squareRoot() }
    let limited = normalized(roots).map { min(max($0, 0.15), 6) }
    return normalized(limited).map(Float.init)
  }

  private static func normalized(_ values: [Double]) -> [Double] {
    let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    return values.map { $0 / square.squareRoot() }
  }
}

/// The weights that a paired training starts from.
enum PairedStart {
  /// The mapping network begins as smooth features of the factors that matter: its first layer sees
  /// each factor with its gain and no ballast, later layers are near the identity. New resolutions
  /// begin almost silent.
  static func weights(
    _ architecture: StyleGAN2Architecture, latents: FactorLatents, gains: [Float],
    classCount: Int, seed: UInt64
  ) -> [String: Tensor] {
    var weights = architecture.generatorWeights(seed: seed)
    let (width, inputs) = (architecture.latentSize, architecture.inputSize)
    if let first = weights["mapping.fc0.weight"] {
      let stretch = (Float(inputs) / Float(latents.factorCount)).squareRoot()
      for row in 0..<width {
        for column in 0..<inputs {
          first.pointer[row * inputs + column] *=
            column < latents.factorCount ? stretch * gains[column] : 0
        }
      }
    }
    let gain = StyleGAN2Configuration().mappingLearningRateMultiplier / Float(width).squareRoot()
    for index in 1..<architecture.mappingLayers {
      var random = RandomSource(seed: seed, stream: 1 << 32 + UInt64(index))
      let noise = random.normal([width, width])
      let scale = 0.3 / Float(width).squareRoot()
      weights["mapping.fc\(index).weight"] = Tensor(
        (0..<width * width).map { place in
          let isDiagonal = place % (width + 1) == 0
          return (noise.pointer[place] * scale + (isDiagonal ? Float(0.5).squareRoot() : 0)) / gain
        }, shape: [width, width])
    }
    for name in weights.keys where name.hasSuffix("torgb.weight") && !name.contains(".b4.") {
      weights[name] = weights[name].map { $0 * 0.2 }
    }
    let channels = architecture.layerChannels
    weights.merge(
      TrainableBranch.randomWeights(channels: channels, classCount: classCount, seed: seed &+ 1)
    ) { first, _ in first }
    return weights
  }
}
