import TensorCore

/// Normalisation without learned parameters: every channel to mean 0 and variance 1.
public enum ChannelNormalization {
  /// Over batch and pixels; evaluation uses running statistics.
  case batch(RunningStatistics)
  /// Over the pixels of each sample, in training and evaluation alike.
  case instance

  /// What is added to a variance before its root is taken.
  public static let epsilon: Float = 1e-5

  /// `[N, C, H, W]`, normalised.
  public func callAsFunction(_ x: Tensor, mode: NetworkMode) -> Tensor {
    switch self {
    case .batch(let statistics) where mode == .evaluation: return statistics.normalized(x)
    case .batch(let statistics):
      return Self.standardized(x, for: [statistics])
    case .instance:
      let (batch, channels) = (x.shape[0], x.shape[1])
      return x.reshaped([1, batch * channels, x.shape[2], x.shape[3]])
        .standardized(epsilon: Self.epsilon).result.reshaped(x.shape)
    }
  }

  /// What several normalisations of one kind make of the same `x`; in training it is computed once.
  public static func normalize(
    _ x: Tensor, by normalizations: [ChannelNormalization], mode: NetworkMode
  ) -> [Tensor] {
    let running = normalizations.compactMap { normalization -> RunningStatistics? in
      if case .batch(let statistics) = normalization { statistics } else { nil }
    }
    guard mode == .training, running.count == normalizations.count else {
      return normalizations.map { $0(x, mode: mode) }
    }
    let result = standardized(x, for: running)
    return normalizations.map { _ in result }
  }

  /// A batch by its own mean and variance, which go into running statistics of the same processes.
  private static func standardized(_ x: Tensor, for running: [RunningStatistics]) -> Tensor {
    let processes = running.first?.processes
    let (result, mean, variance) = x.standardized(epsilon: epsilon, across: processes)
    let count = x.count / max(x.shape[1], 1) * (processes?.count ?? 1)
    for statistics in running {
      statistics.update(mean: mean, variance: variance, count: count)
    }
    return result
  }
}

/// Mean and variance of every channel, averaged exponentially over training steps.
public final class RunningStatistics {
  /// `[C]`, changed in place.
  public let mean: Tensor
  /// `[C]`, changed in place; the unbiased variance.
  public let variance: Tensor
  /// The share of each new batch in training.
  public var momentum: Float = 0.1
  /// The processes whose batches are normalised together; nil for this one alone.
  public var processes: (any ProcessGroup)?
  /// Whether the normalisation is one over the batches of all processes that train together.
  public let isSynchronized: Bool

  /// Statistics to start from: zeros and ones, or those of a checkpoint.
  public init(mean: Tensor, variance: Tensor, isSynchronized: Bool = true) {
    self.isSynchronized = isSynchronized
    check(mean.shape == variance.shape, "running statistics: \(mean.shape), \(variance.shape)")
    self.mean = mean
    self.variance = variance
  }

  /// Takes the mean and the biased variance of `count` numbers of every channel into account.
  func update(mean batchMean: Tensor, variance batchVariance: Tensor, count: Int) {
    let unbiased = Float(Double(count) / Double(max(count - 1, 1)))
    for channel in 0..<mean.count {
      mean.pointer[channel] +=
        momentum * (batchMean.pointer[channel] - mean.pointer[channel])
      variance.pointer[channel] +=
        momentum * (batchVariance.pointer[channel] * unbiased - variance.pointer[channel])
    }
  }

  func normalized(_ x: Tensor) -> Tensor {
    let scale = (variance + ChannelNormalization.epsilon).reciprocalSquareRoot()
    return (x - mean.copied().alongChannels(rank: 4)) * scale.alongChannels(rank: 4)
  }
}
