import TensorCore

/// Appends channels that tell how much the samples of a group differ (Karras et al. 2018;
/// formats spec 1.7).
public struct MinibatchDeviation: Sendable, Equatable {
  /// Samples of a group; the whole batch when nil or when the batch is smaller.
  public var groupSize: Int?
  /// Channels to append.
  public var channels: Int

  /// Groups of `groupSize` samples; group `m` of `M` holds samples `m, m + M, m + 2M, ...`.
  public init(groupSize: Int?, channels: Int = 1) {
    self.groupSize = groupSize
    self.channels = channels
  }

  /// `[N, C, H, W]` to `[N, C + channels, H, W]`. N is a multiple of the group size, C of
  /// `channels`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (batch, height, width) = (x.shape[0], x.shape[2], x.shape[3])
    let group = min(groupSize ?? batch, batch)
    check(
      group > 0 && batch % group == 0 && x.shape[1] % channels == 0,
      "minibatch deviation: \(x.shape) in groups of \(group), \(channels) channels")
    let statistics = batch / group * channels
    let grouped = x.reshaped([group, statistics, x.count / (group * statistics)])
    let centred = grouped - grouped.mean(axes: [0], keepingAxes: true)
    let deviation = (centred.squared().mean(axes: [0]) + 1e-8).squareRoot().mean(axes: [1])
    let appended = deviation.reshaped([1, statistics, 1])
      .broadcast(to: [group, statistics, height * width])
      .reshaped([batch, channels, height, width])
    return .concatenated([x, appended], axis: 1)
  }
}
