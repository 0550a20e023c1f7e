import Checkpoints
import Layers
import TensorCore

/// The perceptual loss of SPADE and pix2pixHD (SPADE spec 6): mean absolute differences of VGG19's
/// features behind the first ReLU of each of its five sizes, deeper ones counting more. Pictures in
/// -1...1 go to the network as they are.
///
/// Weights are the user's: torchvision's `features.N.*`. Gradients (first order) flow to the pictures
/// that are judged.
public final class VGG19Distance {
  private let sizes: [[FrozenConvolution]]
  /// How much each size counts.
  public static let layerWeights: [Float] = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1]
  /// The smallest height and width of pictures, so that no pooling window is larger than its input.
  public static let minimumSide = 16

  /// Convolutions of each size, by their outputs and their numbers in torchvision's `features`; of the
  /// last size only the first matters.
  private static let layers: [(outputs: Int, numbers: [Int])] = [
    (64, [0, 2]), (128, [5, 7]), (256, [10, 12, 14, 16]), (512, [19, 21, 23, 25]), (512, [28]),
  ]

  /// Reads a published file (`vgg19-dcbb9e9d.pth`) or one that was imported.
  ///
  /// - Throws: `ModelError` when it is something else.
  public convenience init(contentsOf path: String) throws(ModelError) {
    let model: ImportedModel
    do throws(CheckpointError) {
      model = try ImportedModel(Checkpoint(contentsOf: path))
    } catch { throw .checkpoint(error) }
    try self.init(WeightTable(model.tensors, path: path))
  }

  /// Reads `features.N.*`; what follows relu5_1 is left out.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(_ weights: WeightTable) throws(ModelError) {
    var sizes: [[FrozenConvolution]] = []
    var channels = 3
    for (outputs, numbers) in Self.layers {
      var size: [FrozenConvolution] = []
      for number in numbers {
        size.append(
          FrozenConvolution(
            weight: try weights.tensor(
              "features.\(number).weight", shape: [outputs, channels, 3, 3]),
            bias: try weights.tensor("features.\(number).bias", shape: [outputs]), padding: 1,
            slope: 0))
        channels = outputs
      }
      sizes.append(size)
    }
    self.sizes = sizes
  }

  /// The distance of pictures `[N, 3, H, W]` from real ones, a scalar; the real ones are constants.
  public func callAsFunction(_ made: Tensor, to real: Tensor) -> Tensor {
    check(
      made.shape == real.shape && made.shape.rank == 4 && made.shape[1] == 3
        && min(made.shape[2], made.shape[3]) >= Self.minimumSide,
      "VGG19 distance: pictures \(made.shape) and \(real.shape)")
    let target = withoutRecording { features(real) }
    // Blocks hold 16 channels and all counts are multiples of that, so means over blocks are means
    // over channels.
    return zip(zip(features(made), target), Self.layerWeights)
      .map { ($0.0 - $0.1).absolute().mean() * $1 }.reduce(Tensor(0), +)
  }

  private func features(_ pictures: Tensor) -> [Tensor] {
    var h = pictures
    return sizes.enumerated().map { index, convolutions in
      if index > 0 { h = h.blockedMaxPooled() }
      h = convolutions[0](h)
      let compared = h
      for convolution in convolutions.dropFirst() { h = convolution(h) }
      return compared
    }
  }
}
