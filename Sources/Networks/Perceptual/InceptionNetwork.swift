import Checkpoints
import Layers
import TensorCore

/// Inception v3 (Szegedy et al. 2016) as the Fréchet distance uses it: the network of pytorch-fid,
/// with the pooling of the TensorFlow original (formats spec 4).
public struct InceptionNetwork {
  private let stem: [InceptionUnit]
  private let blocks: [InceptionBlock]
  /// Length of the feature vectors.
  public let featureCount: Int
  private static let side = 299

  /// Reads a published file (`pt_inception-2015-12-05-6726825d.pth`) or one that was imported.
  ///
  /// - Throws: `ModelError` when it is something else.
  public init(contentsOf path: String) throws(ModelError) {
    let model: ImportedModel
    do throws(CheckpointError) {
      model = try ImportedModel(Checkpoint(contentsOf: path))
    } catch { throw .checkpoint(error) }
    try self.init(WeightTable(model.tensors, path: path))
  }

  /// Reads `inception.*`; the last linear layer is left out.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(_ weights: WeightTable) throws(ModelError) {
    func unit(_ name: String, from inputs: Int, stride: Int = 1, padding: Int? = nil)
      throws(ModelError) -> InceptionUnit
    {
      try InceptionUnit(weights, name, from: inputs, stride: stride, padding: padding)
    }
    let first = try unit("Conv2d_1a_3x3", from: 3, stride: 2, padding: 0)
    let second = try unit("Conv2d_2a_3x3", from: first.outputs, padding: 0)
    let third = try unit("Conv2d_2b_3x3", from: second.outputs)
    let fourth = try unit("Conv2d_3b_1x1", from: third.outputs)
    let fifth = try unit("Conv2d_4a_3x3", from: fourth.outputs, padding: 0)
    stem = [first, second, third, fourth, fifth]
    var channels = fifth.outputs
    var blocks: [InceptionBlock] = []
    for layout in InceptionBlock.Layout.all {
      blocks.append(try InceptionBlock(layout, weights, from: channels))
      channels = blocks[blocks.count - 1].outputs
    }
    self.blocks = blocks
    featureCount = channels
    try weights.requireNothingRemains(outside: ["inception.fc."])
  }

  /// Features `[N, 2048]` of pictures `[N, 3, H, W]` in -1...1. Pictures of another size are
  /// interpolated to 299 pixels without antialiasing, as pytorch-fid does.
  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    var h = pictures.resizedBilinear(height: Self.side, width: Self.side)
    for (index, unit) in stem.enumerated() {
      h = unit(h)
      if index == 2 || index == 4 { h = h.maxPooled(kernel: 3, stride: 2) }
    }
    for block in blocks { h = block(h) }
    return h.mean(axes: [2, 3])
  }
}

/// A convolution without bias, batch normalisation and ReLU.
struct InceptionUnit {
  private let convolution: PlainConvolution

  /// Channels of the result.
  var outputs: Int { convolution.weight.shape[0] }

  /// Reads `inception.NAME.conv.weight` and `inception.NAME.bn.*`; the normalisation, whose
  /// statistics are fixed, is folded into the convolution.
  init(
    _ weights: WeightTable, _ name: String, from inputs: Int, stride: Int = 1,
    padding: Int? = nil
  ) throws(ModelError) {
    let key = "inception.\(name)"
    let plain = try weights.convolution(
      "\(key).conv", [nil, inputs, nil, nil], stride: stride, padding: padding, bias: false)
    let normalization = try weights.normalization(
      "\(key).bn", plain.weight.shape[0], epsilon: 1e-3)
    convolution = plain.followed(by: normalization)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { convolution(x).rectified() }
}
