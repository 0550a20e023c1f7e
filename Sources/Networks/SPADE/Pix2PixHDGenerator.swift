import Layers
import TensorCore

/// The generator of pix2pixHD (Wang et al. 2018) as SPADE's comparisons use it, and their variants
/// (SPADE spec 3): down, residual blocks, up.
public final class Pix2PixHDGenerator {
  /// A convolution with what follows it.
  struct Stage {
    enum Normalization {
      case none
      case plain(ChannelNormalization)
      case affine(ChannelNormalization, scale: Tensor, shift: Tensor)
      case spade(SPADELayer)
    }

    let convolution: SpectralConvolution
    let normalization: Normalization

    var runningStatistics: RunningStatistics? {
      switch normalization {
      case .plain(.batch(let statistics)), .affine(.batch(let statistics), _, _): statistics
      case .spade(let layer):
        if case .batch(let statistics) = layer.normalization { statistics } else { nil }
      case .none, .plain, .affine: nil
      }
    }

    func callAsFunction(_ x: Tensor, layout: LayoutPyramid, mode: NetworkMode) -> Tensor {
      let h = convolution(x, mode: mode)
      switch normalization {
      case .none: return h
      case .plain(let normalization): return normalization(h, mode: mode)
      case .affine(let normalization, let scale, let shift):
        return normalization(h, mode: mode) * scale.alongChannels(rank: 4)
          + shift.alongChannels(rank: 4)
      case .spade(let layer): return layer(h, layout: layout, mode: mode)
      }
    }
  }

  /// Sizes and variant.
  public let configuration: Pix2PixHDConfiguration
  let first: Stage
  let down: [Stage]
  let blocks: [[Stage]]
  let up: [Stage]
  let last: Stage
  /// What gradient descent learns, by the names of the checkpoint.
  public let parameters: [String: Tensor]
  /// What is stored beside: running statistics, spectral vectors.
  public let buffers: [String: Tensor]

  /// Reads `PREFIXmodel.*` by the names of the reference.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "generator.", configuration: Pix2PixHDConfiguration
  ) throws(ModelError) {
    self.configuration = configuration
    func read(_ stages: [Pix2PixHDConfiguration.Stage]) throws(ModelError) -> [Stage] {
      var result: [Stage] = []
      for stage in stages {
        result.append(try Self.read(stage, weights, prefix: prefix, configuration))
      }
      return result
    }
    first = try Self.read(configuration.first, weights, prefix: prefix, configuration)
    down = try read(configuration.down)
    var blocks: [[Stage]] = []
    for block in configuration.blocks { blocks.append(try read(block)) }
    self.blocks = blocks
    up = try read(configuration.up)
    last = try Self.read(configuration.last, weights, prefix: prefix, configuration)
    parameters = weights.taken(under: prefix, role: .parameter)
    buffers = weights.taken(under: prefix, role: .buffer)
  }

  /// The running statistics of all batch normalisations.
  public var runningStatistics: [RunningStatistics] {
    ([first] + down + blocks.flatMap { $0 } + up).compactMap(\.runningStatistics)
  }

  private static func read(
    _ stage: Pix2PixHDConfiguration.Stage, _ weights: WeightTable, prefix: String,
    _ configuration: Pix2PixHDConfiguration
  ) throws(ModelError) -> Stage {
    let convolution = try stage.convolution.layer(weights, prefix: prefix)
    guard let name = stage.normalization else {
      return Stage(convolution: convolution, normalization: .none)
    }
    let channels = stage.convolution.outputs
    let normalization: Stage.Normalization
    switch configuration.normalization {
    case .instance: normalization = .plain(.instance)
    case .batch:
      normalization = .affine(
        .batch(try weights.runningStatistics(prefix + name, channels: channels)),
        scale: try weights.tensor("\(prefix)\(name).weight", shape: [channels]),
        shift: try weights.tensor("\(prefix)\(name).bias", shape: [channels]))
    case .spade(let kind, let hidden):
      normalization = .spade(
        try configuration.spade(name, channels: channels, kind, hiddenChannels: hidden)
          .layer(weights, prefix: prefix))
    }
    return Stage(convolution: convolution, normalization: normalization)
  }

  /// The picture `[N, 3, H, W]` in -1...1 of a layout `[N, L, H, W]`; both sides are multiples of
  /// `2^reductions`.
  public func callAsFunction(_ layout: Tensor, mode: NetworkMode = .evaluation) -> Tensor {
    let multiple = 1 << configuration.reductions
    check(
      layout.shape.rank == 4 && layout.shape[1] == configuration.layoutChannels
        && layout.shape[2] % multiple == 0 && layout.shape[3] % multiple == 0,
      "pix2pixHD generator: layout \(layout.shape)")
    let pyramid = LayoutPyramid(layout)
    let border = configuration.outerKernel / 2
    var h = first(layout.reflectionPadded(border), layout: pyramid, mode: mode).rectified()
    for stage in down { h = stage(h, layout: pyramid, mode: mode).rectified() }
    for block in blocks {
      var inner = h
      if configuration.concatenatesLayout {
        inner = .concatenated([inner, pyramid.level(like: inner)], axis: 1)
      }
      inner = block[0](inner.reflectionPadded(1), layout: pyramid, mode: mode).rectified()
      inner = block[1](inner.reflectionPadded(1), layout: pyramid, mode: mode)
      h = h + inner
    }
    for stage in up { h = stage(h, layout: pyramid, mode: mode).rectified() }
    return last(h.reflectionPadded(border), layout: pyramid, mode: mode).hyperbolicTangent()
  }
}
