import Layers
import TensorCore

/// A U-Net (Ronneberger et al. 2015) that reads classes off pictures: 3x3 convolutions, each with a
/// ReLU; every level halves the size, then levels are doubled again by bilinear interpolation and
/// meet the features of their size on the way down.
public struct UNet {
  /// What the network finds in pictures.
  public struct Output {
    /// Class scores `[N, K, H, W]`.
    public let scores: Tensor
    /// The means of every channel of the lowest level, `[N, C]`: what the pictures show, without
    /// where.
    public let features: Tensor
  }

  private let down: [[PlainConvolution]]
  private let up: [PlainConvolution]
  private let head: PlainConvolution

  /// Number of classes.
  public var classCount: Int { head.weight.shape[0] }
  /// Length of `Output.features`.
  public var featureCount: Int { down.last?.last?.weight.shape[0] ?? 0 }
  /// What the sides of pictures must be multiples of.
  public var multiple: Int { 1 << (down.count - 1) }

  /// Reads `unet.down{level}.{0,1}.*`, `unet.up{level}.*` and `unet.head.*`; normalisations are
  /// folded into the convolutions already.
  ///
  /// - Throws: `ModelError` for a missing, misshaped, surplus or not finite tensor.
  public init(_ weights: WeightTable) throws(ModelError) {
    func convolution(_ name: String, _ inputs: Int, stride: Int = 1) throws(ModelError)
      -> PlainConvolution
    {
      try weights.convolution("unet.\(name)", [nil, inputs, 3, 3], stride: stride)
    }
    var channels = 3
    var down: [[PlainConvolution]] = []
    while down.isEmpty || weights.shape(of: "unet.down\(down.count).0.weight") != nil {
      let name = "down\(down.count)"
      var level = [try convolution("\(name).0", channels, stride: down.isEmpty ? 1 : 2)]
      if weights.shape(of: "unet.\(name).1.weight") != nil {
        level.append(try convolution("\(name).1", level[0].weight.shape[0]))
      }
      channels = level[level.count - 1].weight.shape[0]
      down.append(level)
    }
    var up: [PlainConvolution] = []
    for level in down.dropLast().reversed() {
      let skipped = level[level.count - 1].weight.shape[0]
      up.append(try convolution("up\(up.count)", channels + skipped))
      channels = up[up.count - 1].weight.shape[0]
    }
    self.down = down
    self.up = up
    head = try weights.convolution("unet.head", [nil, channels, 1, 1])
    try weights.requireNothingRemains()
  }

  /// The classes and features of pictures `[N, 3, H, W]` in -1...1 whose sides are multiples of
  /// `multiple`.
  public func callAsFunction(_ pictures: Tensor) -> Output {
    check(
      pictures.shape.rank == 4 && pictures.shape[1] == 3 && pictures.shape[2] % multiple == 0
        && pictures.shape[3] % multiple == 0,
      "U-Net: pictures \(pictures.shape), sides must be multiples of \(multiple)")
    var h = pictures
    var levels: [Tensor] = []
    for level in down {
      for convolution in level { h = convolution(h).rectified() }
      levels.append(h)
    }
    let features = h.mean(axes: [2, 3])
    for (convolution, skipped) in zip(up, levels.dropLast().reversed()) {
      let enlarged = h.resizedBilinear(height: skipped.shape[2], width: skipped.shape[3])
      h = convolution(.concatenated([enlarged, skipped], axis: 1)).rectified()
    }
    return Output(scores: head(h), features: features)
  }
}
