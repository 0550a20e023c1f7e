/// The sizes and variants of a SPADE generator (SPADE spec 2.2).
public struct SPADEConfiguration: Sendable, Equatable {
  /// How many times the first, smallest feature map is doubled.
  public enum Depth: String, Sendable, Equatable, CaseIterable {
    /// Five times.
    case normal
    /// Six times.
    case more
    /// Seven times; one more block, with half the filters.
    case most

    /// Number of doublings.
    public var doublings: Int {
      switch self {
      case .normal: 5
      case .more: 6
      case .most: 7
      }
    }
  }

  /// How the layout enters the residual blocks.
  public enum Conditioning: Sendable, Equatable {
    /// Spatially-adaptive normalisation.
    case spade
    /// Normalisation without parameters, and the layout concatenated to the input of both 3x3
    /// convolutions (the paper's ablation "decoder w/ Concat").
    case concatenation
  }

  /// Filters of the last block (`ngf`); the first has 16 times as many.
  public var filters: Int
  /// Channels of the layout: classes, and with them the don't-care and edge channels.
  public var layoutChannels: Int
  /// Channels between layout and modulation (`nhidden`).
  public var hiddenChannels: Int
  /// Numbers of the style code z; nil for a generator that starts from the layout.
  public var latentSize: Int?
  /// How many times the smallest feature map is doubled.
  public var depth: Depth
  /// Width of the pictures.
  public var cropSize: Int
  /// Width over height.
  public var aspectRatio: Double
  /// Normalisation and kernel of the SPADE layers.
  public var normalization: SPADENormalization
  /// How the layout enters.
  public var conditioning: Conditioning

  /// A configuration; sizes not given are the reference's.
  public init(
    layoutChannels: Int, filters: Int = 64, hiddenChannels: Int = 128, latentSize: Int? = nil,
    depth: Depth = .normal, cropSize: Int = 256, aspectRatio: Double = 1,
    normalization: SPADENormalization = .init(), conditioning: Conditioning = .spade
  ) {
    self.filters = filters
    self.layoutChannels = layoutChannels
    self.hiddenChannels = hiddenChannels
    self.latentSize = latentSize
    self.depth = depth
    self.cropSize = cropSize
    self.aspectRatio = aspectRatio
    self.normalization = normalization
    self.conditioning = conditioning
  }

  /// Width of the smallest feature map.
  public var baseWidth: Int { cropSize >> depth.doublings }
  /// Height of the smallest feature map; halves go to the even number.
  public var baseHeight: Int {
    Int((Double(baseWidth) / aspectRatio).rounded(.toNearestOrEven))
  }
  /// Width of the pictures.
  public var width: Int { baseWidth << depth.doublings }
  /// Height of the pictures.
  public var height: Int { baseHeight << depth.doublings }

  /// One residual block.
  public struct Block: Sendable, Equatable {
    /// Its name in checkpoints.
    public var name: String
    /// Channels of its input.
    public var inputs: Int
    /// Channels of its result.
    public var outputs: Int
    /// Whether its input is doubled in size first.
    public var doubles: Bool
    /// Channels between both convolutions.
    public var middle: Int { min(inputs, outputs) }
  }

  /// The residual blocks from the smallest feature map to the largest.
  public var blocks: [Block] {
    let wide = 16 * filters
    var result = [
      Block(name: "head_0", inputs: wide, outputs: wide, doubles: false),
      Block(name: "G_middle_0", inputs: wide, outputs: wide, doubles: true),
      Block(name: "G_middle_1", inputs: wide, outputs: wide, doubles: depth != .normal),
    ]
    var inputs = wide
    for index in 0..<(depth == .most ? 5 : 4) {
      result.append(
        Block(name: "up_\(index)", inputs: inputs, outputs: inputs / 2, doubles: true))
      inputs /= 2
    }
    return result
  }

  /// Channels before the last convolution.
  var lastChannels: Int { depth == .most ? filters / 2 : filters }
}
